"""An organisation's webhooks: added, shown once, tested, replayed and removed by its admins alone."""

import re
import socket
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from tests.cast import make_ticket
from tests.tickets.receiver import answer_with, listen
from tickets.actions import webhooks
from tickets.actions.webhook_delivery import deliver_webhooks
from tickets.models import Outbox, WebhookEndpoint
from tickets.notifications import receivers

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # each of them is quick, all of them take long

NEW = "/organisation/webhooks/new/"
ALL = ["filed", "messages", "status", "promise", "escalations", "details"]


@pytest.fixture
def admin(client, cast):
    """A browser in which Meridian's admin is signed in."""
    client.force_login(cast.colleague)
    return client


@pytest.fixture
def endpoint(cast, receiver) -> WebhookEndpoint:
    return listen(cast.meridian, receiver, by=cast.colleague, now=timezone.now())[0]


def page_of(endpoint: WebhookEndpoint, more: str = "") -> str:
    return f"/organisation/webhooks/{endpoint.pk}/{more}"


def audited() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_an_admin_adds_an_endpoint_and_sees_its_secret_once(admin, cast, receiver):
    answer = admin.post(NEW, {"url": receiver.url, "groups": ["status", "messages"]})

    secret = re.search(r"whsec_[\w+/=]{40,}", answer.content.decode())[0]
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.organisation, endpoint.url, endpoint.groups) == (
        cast.meridian,
        receiver.url,
        ["messages", "status"],
    )
    assert "no-store" in answer["Cache-Control"]
    assert secret not in endpoint.secret
    for address in ("/organisation/", page_of(endpoint), page_of(endpoint, "secret/")):
        page = admin.get(address).content.decode()
        assert (secret in page, "127.0.0.1" in page) == (False, True)
    assert secret not in str(list(AuditEntry.objects.values()))
    assert audited() == ["webhook.added"]

    admin.post(page_of(endpoint), {"do": "test"})
    deliver_webhooks(timezone.now)
    assert receiver.got[0].verified(secret)["type"] == "webhook.test"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("hooks.example.com", "Write a whole address"),
        ("http://hooks.example.com/", "Use https://"),
        ("https://127.0.0.1/", "private network"),
        ("https://me:pass@hooks.example.com/", "Leave the name and the password out"),
        ("https://hooks.example.com:22/", "Use port 443 or 8443"),
        ("https://nowhere.example/", "This host can&#x27;t be found"),
        ("https://hooks.example.com/" + "a" * 500, "500"),
    ],
)
def test_an_address_that_is_not_taken_is_said_at_its_field_and_nothing_typed_is_lost(admin, url, says):
    page = admin.post(NEW, {"url": url, "groups": ["messages"]}).content.decode()

    field = page[page.index('id="div_id_url"') :].split("</fieldset>")[0]
    assert says in field
    assert f'value="{url}"' in field
    assert re.search(r'value="messages"[^>]*checked', page)
    assert not WebhookEndpoint.objects.exists()


def test_no_event_at_all_makes_no_sense(admin, receiver):
    assert "Choose at least one." in admin.post(NEW, {"url": receiver.url}).content.decode()


def test_an_address_is_added_once_and_there_are_ten_at_most(admin, cast, receiver):
    admin.post(NEW, {"url": receiver.url, "groups": ALL})
    assert "already" in admin.post(NEW, {"url": receiver.url, "groups": ALL}).content.decode()
    for n in range(9):
        listen(cast.meridian, receiver, by=cast.colleague, now=timezone.now(), path=f"?n={n}")

    assert "Remove one first" in admin.post(NEW, {"url": f"{receiver.url}?n=more", "groups": ALL}).content.decode()
    assert WebhookEndpoint.objects.count() == 10


def test_an_admin_changes_address_and_events(admin, endpoint, receiver):
    form = admin.get(page_of(endpoint, "change/")).content.decode()
    assert f'value="{receiver.url}"' in form

    admin.post(page_of(endpoint, "change/"), {"url": f"{receiver.url}?v=2", "groups": ["messages"]})
    admin.post(page_of(endpoint, "change/"), {"url": f"{receiver.url}?v=2", "groups": ["messages"]})

    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.groups) == (f"{receiver.url}?v=2", ["messages"])
    entry = AuditEntry.objects.get(verb="webhook.changed")  # once: the second changed nothing
    assert entry.before == {"url": receiver.url, "groups": ALL}
    assert entry.after == {"url": f"{receiver.url}?v=2", "groups": ["messages"]}


def test_a_changed_address_is_checked_like_a_new_one(admin, endpoint, receiver, settings):
    settings.WEBHOOKS_TO_LOCAL = False

    page = admin.post(page_of(endpoint, "change/"), {"url": "https://10.0.0.1/", "groups": ALL}).content.decode()

    assert "private network" in page
    endpoint.refresh_from_db()
    assert endpoint.url == receiver.url


def test_a_test_shows_in_the_log_how_it_went(admin, endpoint, receiver):
    receiver.answer = answer_with(503)
    admin.post(page_of(endpoint), {"do": "test"})
    page = admin.post(page_of(endpoint), {"do": "test"}, follow=True).content.decode()
    assert "on its way already" in page

    deliver_webhooks(timezone.now)

    page = admin.get(page_of(endpoint)).content.decode()
    assert "webhook.test" in page
    assert "503 Service Unavailable" in page
    assert "next attempt" in page
    assert "Nothing has arrived since" in page


def test_the_log_lists_deliveries_and_sends_one_again_under_its_id(admin, cast, endpoint, receiver):
    ticket = make_ticket(cast.owner, now=timezone.now())
    deliver_webhooks(timezone.now)
    (row,) = Outbox.objects.filter(channel="webhook")
    page = admin.get(page_of(endpoint)).content.decode()
    assert f"/tickets/{ticket.reference}/" in page
    assert "ticket.filed" in page

    answer = admin.post(page_of(endpoint, f"deliveries/{row.pk}/"), follow=True)
    assert "It is sent again" in answer.content.decode()
    deliver_webhooks(timezone.now)

    assert receiver.ids == [str(row.pk)] * 2
    admin.post(page_of(endpoint), {"do": "switch_off"})
    answer = admin.post(page_of(endpoint, f"deliveries/{row.pk}/"), follow=True)
    assert "switched off" in answer.content.decode()


def test_the_log_says_nothing_of_a_ticket_that_is_not_visible_any_more(admin, cast, endpoint, receiver):
    ticket = make_ticket(cast.nordlicht_member, now=timezone.now())
    deliver_webhooks(timezone.now)
    row = Outbox.objects.get(channel="webhook")
    cast.nordlicht.partner = cast.silverline
    cast.nordlicht.save()

    page = admin.get(page_of(endpoint)).content.decode()

    assert (ticket.reference in page, "ticket.filed" in page) == (False, False)
    assert admin.post(page_of(endpoint, f"deliveries/{row.pk}/")).status_code == 404


def test_a_secret_is_replaced_and_a_page_sent_twice_ends_none(admin, endpoint):
    first = admin.post(page_of(endpoint, "secret/")).content.decode()
    assert re.search(r"whsec_[\w+/=]{40,}", first)

    second = admin.post(page_of(endpoint, "secret/"), follow=True).content.decode()

    assert "whsec_" not in second
    assert "End the old one first" in second
    admin.post(page_of(endpoint), {"do": "end_old_secret"})
    assert re.search(r"whsec_[\w+/=]{40,}", admin.post(page_of(endpoint, "secret/")).content.decode())
    verbs = ["webhook.added", "webhook.secret_replaced", "webhook.old_secret_ended", "webhook.secret_replaced"]
    assert audited() == verbs


def test_switching_off_gives_up_what_waits_and_switching_on_begins_anew(admin, cast, endpoint, receiver):
    make_ticket(cast.owner, now=timezone.now())
    admin.post(page_of(endpoint), {"do": "switch_off"})
    make_ticket(cast.owner, now=timezone.now())
    deliver_webhooks(timezone.now)
    assert receiver.got == []
    assert "Switch on" in admin.get(page_of(endpoint)).content.decode()

    admin.post(page_of(endpoint), {"do": "switch_on"})
    make_ticket(cast.owner, now=timezone.now())
    deliver_webhooks(timezone.now)

    assert len(receiver.got) == 1
    assert audited() == ["webhook.added", "webhook.switched_off", "webhook.switched_on"]


def test_removing_takes_the_log_along_and_leaves_its_trace(admin, cast, endpoint):
    make_ticket(cast.owner, now=timezone.now())
    assert admin.get(page_of(endpoint, "remove/")).status_code == 200
    assert WebhookEndpoint.objects.exists()

    answer = admin.post(page_of(endpoint, "remove/"))

    assert answer["Location"] == "/organisation/"
    assert (WebhookEndpoint.objects.count(), Outbox.objects.filter(channel="webhook").count()) == (0, 0)
    entry = AuditEntry.objects.get(verb="webhook.removed")
    assert (entry.actor, entry.before["url"]) == (cast.colleague, endpoint.url)


PATHS = ("", "change/", "secret/", "remove/", "deliveries/00000000-0000-0000-0000-000000000001/")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 403), ("outsider_admin", 404), ("nordlicht_admin", 404), ("growth", 404), ("agent", 404)],
)
def test_only_admins_of_its_organisation_come_to_an_endpoint(client, cast, endpoint, who, status, path):
    client.force_login(getattr(cast, who))

    assert client.post(page_of(endpoint, path), {"do": "switch_off"}).status_code == status
    endpoint.refresh_from_db()
    assert endpoint.is_on


def test_members_who_are_no_admins_see_nothing_of_webhooks(client, cast, endpoint):
    client.force_login(cast.owner)

    assert "webhook" not in client.get("/organisation/").content.decode().lower().split("<main")[1]


def test_a_name_that_points_inside_later_is_refused_when_it_is_sent(admin, cast, settings, monkeypatch):
    answers = [["93.184.216.34"], ["169.254.169.254"]]

    def look_up(host, port, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in answers.pop(0)]

    monkeypatch.setattr(receivers.socket, "getaddrinfo", look_up)
    admin.post(NEW, {"url": "https://hooks.example.com/", "groups": ALL})
    make_ticket(cast.owner, now=timezone.now())

    assert deliver_webhooks(timezone.now).failed == 1

    endpoint = WebhookEndpoint.objects.get()
    assert "leads to a private network" in admin.get(page_of(endpoint)).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_as_many_queries_for_more_rows(admin, cast, endpoint, rows, django_assert_num_queries):
    for _ in range(rows):
        make_ticket(cast.owner, now=timezone.now())
    admin.get(page_of(endpoint))

    with django_assert_num_queries(7):
        admin.get(page_of(endpoint))


def test_the_log_has_pages(admin, cast, endpoint):
    now = timezone.now()
    for n in range(26):
        Outbox.objects.create(
            endpoint=endpoint, channel="webhook", recipient=str(endpoint.pk), queued_at=now - timedelta(hours=n),
            send_at=now, dead_at=now, error="timeout",
        )  # fmt: skip

    first, second = admin.get(page_of(endpoint)).content.decode(), admin.get(f"{page_of(endpoint)}?page=2")

    assert (first.count("webhook.test"), second.content.decode().count("webhook.test")) == (25, 1)
    assert 'href="?page=2"' in first
    assert admin.get(f"{page_of(endpoint)}?page=nonsense").status_code == 200


def test_support_sees_a_failed_delivery_and_sends_it_again(client, cast, endpoint, receiver):
    receiver.answer = 410
    make_ticket(cast.owner, now=timezone.now())
    deliver_webhooks(timezone.now)
    row = Outbox.objects.get(channel="webhook")
    client.force_login(cast.agent)

    page = client.get("/admin/outbox/").content.decode()
    assert "410 Gone" in page
    assert "of Meridian Messaging" in page
    assert "/hook" not in page  # the path may be a secret of its own
    answer = client.post(f"/admin/outbox/{row.pk}/again/", follow=True).content.decode()
    assert "switched off" in answer

    webhooks.switch_on(endpoint, by=cast.colleague, now=timezone.now())
    receiver.answer = 200
    client.post(f"/admin/outbox/{row.pk}/again/")
    deliver_webhooks(timezone.now)
    assert receiver.ids == [str(row.pk)] * 2
