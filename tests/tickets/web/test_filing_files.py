"""Files of a draft: kept one by one, judged by content, limits said before they are met, and theirs alone."""

from zlib import crc32

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.actor import actor_for
from packages.queries.policies import in_force
from tests.answers import answers_for
from tests.cast import NOW, Cast
from tests.tickets.web.filling import basis_in, begin, page_of, send, summary_of, typed_for
from tickets.actions.attaching import discard, stage
from tickets.actions.filing import Filing, file_ticket
from tickets.models import Attachment, Draft, Ticket, TicketWords
from tickets.policy.uploads import FileRefused

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def wide(width: int, height: int) -> bytes:
    """A picture that says it has so many pixels."""
    head = PNG[12:16] + width.to_bytes(4) + height.to_bytes(4) + PNG[24:29]
    return PNG[:12] + head + crc32(head).to_bytes(4) + PNG[33:]


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def png(name: str = "error.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG, content_type="image/png")


def upload(client, draft: Draft, file, field: str = ""):
    return client.post(f"{reverse('draft_files', args=[draft.pk])}?field={field}", {"file": file})


def test_a_file_is_kept_with_the_draft_and_goes_with_the_ticket(client, cast: Cast):
    draft = begin(client, cast.owner)

    fragment = upload(client, draft, png("delivery <times>.png"))
    send(client, draft, typed_for("messaging_delays"))

    assert "delivery times.png" in fragment.content.decode()
    attachment = Attachment.objects.get()
    assert (attachment.ticket, attachment.draft, attachment.name) == (Ticket.objects.get(), None, "delivery times.png")


def test_a_file_answers_the_question_that_asks_for_one(client, cast: Cast):
    draft = begin(client, cast.owner, "number_porting")
    typed = typed_for("number_porting", error_message=None)

    without = send(client, draft, typed)
    upload(client, draft, png(), "screenshot")
    filed = send(client, draft, typed)

    assert summary_of(without) == ["id_error_message"]
    assert filed.status_code == 302
    assert Ticket.objects.get().answers["screenshot"] == [str(Attachment.objects.get().pk)]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("error.png", b"MZ this is no picture", "is not what its name says"),
        ("tool.exe", b"MZ\x90\x00", "can't be taken"),
        ("empty.txt", b"", "is empty"),
        ("log.txt", b"x" * 2000, "is larger than"),
        ("bomb.png", wide(8001, 8000), "can't be taken"),
        ("bomb.png", wide(100_000, 100_000), "can't be taken"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(client, cast: Cast, settings, name, content, message):
    settings.ATTACHMENT_MAX_BYTES = 1000
    draft = begin(client, cast.owner)

    response = upload(client, draft, SimpleUploadedFile(name, content))

    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/plain")
    assert message in response.content.decode()
    assert name in response.content.decode()
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("error.PNG", "error.PNG"),
        ("error", "error.png"),
        ("error.hta", "error.hta.png"),
        ("\u202egnp.bat", "gnp.bat.png"),
        ("error.png.", "error.png"),
        ("x" * 300 + ".exe", "x" * 190 + ".exe.png"),
    ],
)
def test_a_picture_is_kept_under_a_name_that_opens_as_one(client, cast: Cast, name, kept):
    draft = begin(client, cast.owner)

    upload(client, draft, png(name))

    assert Attachment.objects.get().name == kept


def test_a_picture_as_large_as_screens_are_is_taken(client, cast: Cast):
    draft = begin(client, cast.owner)

    assert upload(client, draft, SimpleUploadedFile("long.png", wide(1440, 30_000))).status_code == 200


def test_the_limits_stand_at_the_input_before_they_are_met(client, cast: Cast, settings):
    settings.ATTACHMENT_MAX_BYTES, settings.ATTACHMENTS_MAX = 3 * 1024 * 1024, 2
    draft = begin(client, cast.owner)

    page = client.get(page_of(draft)).content.decode()
    refused = [upload(client, draft, png()).status_code for _ in range(3)]

    assert "Up to 2 files of 3 MB each." in page
    assert refused == [200, 200, 400]


def test_without_javascript_files_come_with_the_form(client, cast: Cast):
    draft = begin(client, cast.owner)
    typed = typed_for("messaging_delays")

    wrong = client.post(page_of(draft), {**typed, "file.": [png(), SimpleUploadedFile("bad.exe", b"MZ")]})
    kept = Attachment.objects.get()
    filed = client.post(page_of(draft), {**typed, "basis": basis_in(wrong)})

    assert wrong.status_code == 400
    assert "bad.exe can" in wrong.content.decode()
    assert filed.status_code == 302
    assert Attachment.objects.get() == kept


def test_a_file_is_removed_with_and_without_javascript(client, cast: Cast):
    draft = begin(client, cast.owner)
    upload(client, draft, png("one.png"))
    upload(client, draft, png("two.png"))
    one, two = Attachment.objects.order_by("name")

    by_script = client.delete(reverse("staged_file", args=[one.pk]))
    by_form = client.post(page_of(draft), {"subject": "Kept", "remove_file": str(two.pk)})

    assert (by_script.status_code, by_form.status_code) == (200, 200)
    assert 'value="Kept"' in by_form.content.decode()
    assert not Attachment.objects.exists()


def test_another_persons_file_is_not_found_and_a_filed_one_stays(client, cast: Cast):
    draft = begin(client, cast.owner)
    upload(client, draft, png())
    url = reverse("staged_file", args=[Attachment.objects.get().pk])

    client.force_login(cast.colleague)
    stranger = client.delete(url)
    client.force_login(cast.owner)
    send(client, draft, typed_for("messaging_delays"))
    filed = client.delete(url)

    assert (stranger.status_code, filed.status_code) == (404, 404)
    assert Attachment.objects.count() == 1


def test_discarding_a_draft_takes_its_files_along(client, cast: Cast):
    draft = begin(client, cast.owner)
    upload(client, draft, png())

    client.post(reverse("discard_draft", args=[draft.pk]))

    assert not Attachment.objects.exists()


# While it is being filed -------------------------------------------------------------------------------------------


def test_a_file_that_came_at_the_last_moment_goes_with_the_ticket(client, cast: Cast):
    draft = begin(client, cast.owner)
    actor = actor_for(cast.owner)
    filing = Filing("other", answers_for(in_force(NOW).policy.topics["other"], filer="partner", now=NOW), draft=draft)
    stage(png("late.png"), by=actor, now=NOW, draft=draft)  # after the filing had read the draft's files

    ticket = file_ticket(filing, by=actor, now=NOW)

    assert [one.name for one in ticket.attachments.all()] == ["late.png"]
    assert "late" in TicketWords.objects.get(ticket=ticket).public


def test_a_file_that_was_sent_since_it_was_read_stays(client, cast: Cast):
    draft = begin(client, cast.owner)
    staged = stage(png(), by=actor_for(cast.owner), now=NOW, draft=draft)
    send(client, draft, typed_for("messaging_delays"))

    discard(staged)

    assert Attachment.objects.get().file.open().read() == PNG


def test_a_file_that_came_too_late_is_refused_and_not_kept(client, cast: Cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    draft = begin(client, cast.owner)
    seen = Draft.objects.get(pk=draft.pk)
    send(client, draft, typed_for("messaging_delays"))

    with pytest.raises(FileRefused, match="filed"):
        stage(png(), by=actor_for(cast.owner), now=NOW, draft=seen)

    assert not Attachment.objects.exists()
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
