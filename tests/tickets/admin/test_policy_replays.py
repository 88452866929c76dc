"""What would have happened: asked for on a page, worked by a task, read with the tickets behind each figure."""

from datetime import timedelta

import pytest

from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.admin.policy_drafts import address, save, shipped_draft
from tickets.actions import replaying
from tickets.admin.policy_editor import replays
from tickets.models import Replay
from tickets.policy.replay_report import summed

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(cast, client, clock):
    client.force_login(cast.administrator)
    return client


@pytest.fixture
def draft(cast, admin):
    draft = shipped_draft(cast.administrator)
    save(admin, draft, "packages", "premium", targets__critical="15m")
    draft.refresh_from_db()
    return draft


@pytest.fixture
def woken(monkeypatch):
    """The ids that the worker was handed."""
    ids = []
    monkeypatch.setattr(replays.replay_task, "delay", ids.append)
    return ids


def ask(admin, draft, django_capture_on_commit_callbacks, days="90"):
    with django_capture_on_commit_callbacks(execute=True):
        return admin.post(address(draft, "replay"), {"days": days})


def worked(run):
    return replaying.run(run, clock=lambda: NOW + timedelta(hours=1))


def test_a_run_is_asked_for_worked_and_read(cast, admin, draft, clock, woken, django_capture_on_commit_callbacks):
    slow = make_ticket(cast.owner, "messaging_delays")
    answer_ticket(slow, cast.agent, now=NOW + timedelta(minutes=20))
    clock.now = NOW + timedelta(hours=1)

    answer = ask(admin, draft, django_capture_on_commit_callbacks)
    run = Replay.objects.get()
    path = f"/admin/policy/runs/{run.pk}/"
    assert answer.headers["Location"] == path
    assert woken == [run.pk]
    assert "every 2s" in admin.get(path).content.decode()

    worked(run)
    page = admin.get(path).content.decode()
    assert "every 2s" not in page
    assert "15 min earlier" in page
    behind = admin.get(path, {"by": "severity", "code": "critical", "figure": "would_be_late"}).content.decode()
    assert f'href="/admin/desk/{slow.reference}/"' in behind
    assert slow.reference not in page


def test_the_poll_brings_the_page_along_when_the_run_ended(
    admin, draft, clock, woken, django_capture_on_commit_callbacks
):
    ask(admin, draft, django_capture_on_commit_callbacks)
    run = Replay.objects.get()
    polled = {"HX-Request": "true"}
    path = f"/admin/policy/runs/{run.pk}/"

    assert "HX-Refresh" not in admin.get(path, headers=polled).headers
    admin.post(path, {"act": "stop"})
    assert admin.get(path, headers=polled).headers["HX-Refresh"] == "true"
    run.refresh_from_db()
    assert run.state == Replay.State.CANCELLED


def test_a_run_says_when_the_draft_was_changed_since(admin, draft, woken, django_capture_on_commit_callbacks):
    ask(admin, draft, django_capture_on_commit_callbacks)
    path = f"/admin/policy/runs/{Replay.objects.get().pk}/"

    assert "The draft was changed" not in admin.get(path).content.decode()
    save(admin, draft, "packages", "premium", targets__critical="20m")
    assert "The draft was changed" in admin.get(path).content.decode()


@pytest.mark.parametrize("days", ["", "0", "-3", "many", "99999"])
def test_days_that_make_no_sense_are_refused_as_typed(admin, draft, woken, django_capture_on_commit_callbacks, days):
    answer = ask(admin, draft, django_capture_on_commit_callbacks, days)

    assert answer.status_code == 400
    assert f'value="{days}"' in answer.content.decode()
    assert not Replay.objects.exists()


def test_a_broker_that_is_away_leaves_the_run_waiting(admin, draft, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(run):
        raise replays.OperationalError("no broker")

    monkeypatch.setattr(replays.replay_task, "delay", refuse)

    assert ask(admin, draft, django_capture_on_commit_callbacks).status_code == 302
    assert Replay.objects.get().state == Replay.State.WAITING


def test_a_run_that_no_worker_took_says_so_and_is_started_again(
    admin, draft, clock, woken, django_capture_on_commit_callbacks
):
    ask(admin, draft, django_capture_on_commit_callbacks)
    run = Replay.objects.get()
    path = f"/admin/policy/runs/{run.pk}/"
    fresh = admin.get(path).content.decode()
    assert "No worker has begun this" not in fresh
    assert "Start again" not in fresh

    clock.now = NOW + timedelta(minutes=3)
    page = admin.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "No worker has begun this in 3 min." in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin.post(path, {"act": "again"})

    another = Replay.objects.exclude(pk=run.pk).get()
    run.refresh_from_db()
    assert answer.headers["Location"] == f"/admin/policy/runs/{another.pk}/"
    assert woken == [run.pk, another.pk]
    assert (run.state, another.state, another.days) == (Replay.State.CANCELLED, Replay.State.WAITING, run.days)
    assert worked(run).state == Replay.State.CANCELLED  # a worker that comes late takes nothing
    assert worked(another).state == Replay.State.DONE


def test_a_run_whose_worker_died_says_so_and_what_it_still_says_is_not_taken(
    admin, draft, clock, woken, django_capture_on_commit_callbacks
):
    ask(admin, draft, django_capture_on_commit_callbacks)
    run = Replay.objects.get()
    Replay.objects.update(state=Replay.State.RUNNING, beat_at=NOW, total=5, done=2)
    path = f"/admin/policy/runs/{run.pk}/"

    clock.now = NOW + timedelta(minutes=1)
    assert "The worker has said nothing" not in admin.get(path).content.decode()
    clock.now = NOW + timedelta(minutes=5)
    page = admin.get(path).content.decode()
    assert "The worker has said nothing for 5 min" in page
    assert "Start again" in page
    admin.post(path, {"act": "stop"})
    stopped = admin.get(path).content.decode()
    assert "Cancelled" in stopped
    assert "Start again" in stopped


def test_only_administrators_read_start_or_stop_runs(cast, client, draft, clock, woken):
    run = replaying.ask_for_replay(draft, days=3, by=cast.administrator, now=NOW)
    client.force_login(cast.lead)

    assert client.get(f"/admin/policy/runs/{run.pk}/").status_code == 403
    assert client.post(f"/admin/policy/runs/{run.pk}/").status_code == 403
    assert client.post(address(draft, "replay"), {"days": "3"}).status_code == 403


def test_the_report_sums_up_and_names_at_most_200_tickets():
    def group(package, topic, moved):
        named = [f"{topic}-{number}" for number in range(moved)]
        return {
            "package": package, "severity": "urgent", "topic": topic, "promises": moved + 1, "moved": moved,
            "earlier": moved, "later": 0, "moved_sum": -60 * moved, "most_earlier": 60 * moved, "most_later": 0,
            "other_severity": 0, "would_be_late": 0, "would_be_kept": 0, "tickets": {"earlier": named},
        }  # fmt: skip

    report = {"groups": [group("standard", "a", 150), group("standard", "b", 100), group("premium", "a", 2)]}

    first, second = summed(report, "package")
    assert (first.code, first.counts["moved"], first.counts["promises"], first.mean_move) == ("standard", 250, 252, -60)
    assert (first.most_earlier, len(first.tickets["earlier"]), first.tickets["earlier"][150]) == (9000, 200, "b-0")
    assert (second.code, second.tickets["earlier"]) == ("premium", ["a-0", "a-1"])
    assert [one.counts["moved"] for one in summed(report)] == [252]
    assert [one.counts["moved"] for one in summed({})] == [0]
