"""Writing on a ticket: said once, with its files, its secrets masked; refused, nothing typed is lost."""

import re
import uuid

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tickets.actions import attaching, ending, triage
from tickets.models import Attachment, Draft, Message, Ticket


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.owner)
    return client


def write(browser, ticket, body="It still fails.", **more):
    return browser.post(reverse("write_message", args=[ticket.reference]), {"body": body, **more})


def fresh(ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def page_of(ticket) -> str:
    return reverse("ticket", args=[ticket.reference])


def log(name="log.txt", content=b"GET /hook 200\n"):
    return SimpleUploadedFile(name, content)


def told(response) -> list[str]:
    return [str(one) for one in get_messages(response.wsgi_request)]


def test_message_is_said_and_gives_the_turn_back_to_support(cast, browser):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    triage.wait_for_partner(fresh(ticket), by=actor_for(cast.agent), now=NOW)

    sent = write(browser, ticket)

    said = Message.objects.latest("pk")
    assert (sent.status_code, sent["Location"]) == (303, f"{page_of(ticket)}#m{said.pk}")
    assert (said.body, said.author, said.is_answer) == ("It still fails.", cast.owner, False)
    assert fresh(ticket).status == "in_progress"


def test_form_sent_twice_says_it_once(cast, browser):
    ticket = make_ticket(cast.owner)
    nonce = str(uuid.uuid4())

    first = write(browser, ticket, nonce=nonce)
    second = write(browser, ticket, nonce=nonce)

    assert first["Location"] == second["Location"]
    assert Message.objects.count() == 1


def test_page_gives_each_form_a_nonce_of_its_own(cast, browser):
    ticket = make_ticket(cast.owner)

    nonces = [browser.get(page_of(ticket)).context["nonce"] for _ in range(2)]

    assert nonces[0] != nonces[1]


@pytest.mark.parametrize("secret", ["EAA" + "a1" * 20, "D360-API-KEY: abcdefghijklmnop", "Bearer abcdefghijklmnopqrst"])
def test_secret_is_masked_before_anything_is_saved_and_the_person_is_told(cast, browser, secret):
    ticket = make_ticket(cast.owner)

    sent = write(browser, ticket, f"Use {secret} please")

    said = Message.objects.get()
    assert "***" in said.body
    kept = fresh(ticket).words
    assert secret[-10:].lower() not in f"{said.body} {kept.public} {kept.public_identifiers}".lower()
    assert "replaced by ***" in told(sent)[0]


@pytest.mark.parametrize(
    ("body", "sentence"), [("  ", "Write something, or attach a file."), ("x" * 50_001, "too long")]
)
def test_message_that_is_refused_comes_back_with_what_was_typed(cast, browser, body, sentence):
    ticket = make_ticket(cast.owner)

    sent = write(browser, ticket, body)

    assert sent.status_code == 400
    assert sentence in sent.context["error"]
    assert sent.context["typed"] == body
    assert Message.objects.count() == 0


def test_growth_manager_s_word_is_no_first_response(cast, client):
    ticket = make_ticket(cast.owner)
    client.force_login(cast.growth)

    write(client, ticket)

    assert Message.objects.get().is_answer is False
    assert fresh(ticket).promise.outcome is None
    assert fresh(ticket).status == "new"


def test_client_answers_on_a_ticket_that_is_shared_with_it(cast, client):
    ticket = make_ticket(cast.owner, client=str(cast.nordlicht.pk))
    Ticket.objects.filter(pk=ticket.pk).update(is_shared=True)
    client.force_login(cast.nordlicht_member)

    assert write(client, ticket).status_code == 303


# Files


def test_staged_files_go_with_the_message(cast, browser):
    ticket = make_ticket(cast.owner)
    staged = browser.post(reverse("message_files", args=[ticket.reference]), {"file": log()})
    file = Attachment.objects.get()

    write(browser, ticket, files=[str(file.pk)])

    assert staged.status_code == 201
    assert staged.content.decode().lstrip().startswith('<li class="file">')
    assert f'name="files" value="{file.pk}"' in staged.content.decode()
    file.refresh_from_db()
    assert (file.ticket, file.message) == (ticket, Message.objects.get())
    assert "log.txt" in browser.get(page_of(ticket)).content.decode()


@pytest.mark.parametrize("refused", ["too long", "closed", "bad file"])
def test_a_message_that_is_refused_comes_back_with_its_files(cast, browser, refused):
    ticket = make_ticket(cast.owner)
    browser.post(reverse("message_files", args=[ticket.reference]), {"file": log()})
    file = Attachment.objects.get()
    if refused == "closed":
        ending.withdraw(ticket, by=actor_for(cast.owner), now=NOW)
    with_form = [log("second.txt"), log("tool.exe", b"MZ")] if refused == "bad file" else []

    sent = write(browser, ticket, "x" * 50_001 if refused == "too long" else "Why?", files=[file.pk], file=with_form)

    assert sent.status_code == (409 if refused == "closed" else 400)
    kept = re.findall(r'name="files" value="([^"]+)"', sent.content.decode())
    assert kept == [str(one.pk) for one in Attachment.objects.order_by("at", "name")]
    assert len(kept) == (2 if refused == "bad file" else 1)


def test_a_message_takes_no_more_files_than_it_may(cast, browser, settings):
    settings.ATTACHMENTS_MAX = 2
    ticket = make_ticket(cast.owner)
    for name in ("a.txt", "b.txt", "c.txt"):
        browser.post(reverse("message_files", args=[ticket.reference]), {"file": log(name)})
    ids = [str(one.pk) for one in Attachment.objects.order_by("name")]

    refused = write(browser, ticket, files=ids)
    taken = write(browser, ticket, files=ids[:2])

    assert "There are 2 files already. Remove one before you attach" in refused.context["error"]
    assert (refused.status_code, taken.status_code) == (400, 303)
    assert Message.objects.get().attachments.count() == 2


def test_files_sent_with_the_form_itself_go_too(cast, browser):
    ticket = make_ticket(cast.owner)

    write(browser, ticket, "", file=[log(), log("other.log")])

    assert sorted(Message.objects.get().attachments.values_list("name", flat=True)) == ["log.txt", "other.log"]


def test_file_of_somebody_else_is_not_taken_along(cast, browser):
    ticket = make_ticket(cast.owner)
    theirs = attaching.stage(log(), by=actor_for(cast.colleague), now=NOW)

    write(browser, ticket, files=[str(theirs.pk), "nonsense"])

    theirs.refresh_from_db()
    assert theirs.message is None


@pytest.mark.parametrize(
    "file", [log("empty.txt", b""), log("run.exe", b"MZ\x90\x00\x03\x00\x00"), log("a.png", b"text")]
)
def test_file_that_is_not_taken_says_why_and_keeps_the_text(cast, browser, file):
    ticket = make_ticket(cast.owner)

    alone = browser.post(reverse("message_files", args=[ticket.reference]), {"file": file})
    file.seek(0)
    along = write(browser, ticket, "My words", file=file)

    assert (alone.status_code, alone["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert file.name in alone.content.decode()
    assert (along.status_code, along.context["typed"]) == (400, "My words")
    assert file.name in along.context["error"]
    assert Message.objects.count() == 0


def test_staged_file_can_be_removed_and_one_of_a_ticket_can_not(cast, browser):
    ticket = make_ticket(cast.owner)
    staged = attaching.stage(log(), by=actor_for(cast.owner), now=NOW)
    write(browser, ticket, file=log("kept.txt"))
    kept = Attachment.objects.get(name="kept.txt")

    removed = browser.post(reverse("remove_message_file", args=[ticket.reference, staged.pk]))
    refused = browser.post(reverse("remove_message_file", args=[ticket.reference, kept.pk]))

    assert (removed.status_code, refused.status_code) == (200, 404)
    assert list(Attachment.objects.all()) == [kept]


def test_picture_is_shown_in_the_conversation(cast, browser):
    from tests.tickets.web.test_downloads import PNG

    ticket = make_ticket(cast.owner)
    write(browser, ticket, file=SimpleUploadedFile("shot.png", PNG))
    picture = Attachment.objects.get()

    page = browser.get(page_of(ticket)).content.decode()

    assert f'<img src="{reverse("download", args=[picture.pk])}" alt="shot.png"' in page


# Preview


def test_preview_shows_what_the_message_will_be(cast, browser):
    ticket = make_ticket(cast.owner)

    shown = browser.post(
        reverse("preview_message", args=[ticket.reference]), {"body": "**so** EAA" + "a1" * 20 + "<script>"}
    )

    assert shown.content.decode() == "<p><strong>so</strong> ***&lt;script&gt;</p>\n"
    assert Message.objects.count() == 0


# After the end


def test_message_on_a_ticket_that_closed_meanwhile_is_not_lost(cast, browser):
    ticket = make_ticket(cast.owner)
    ending.withdraw(ticket, by=actor_for(cast.colleague), now=NOW)

    sent = write(browser, ticket, "My words")

    assert sent.status_code == 409
    assert sent.context["typed"] == "My words"
    assert reverse("follow_up_ticket", args=[ticket.reference]) in sent.content.decode()
    assert Message.objects.count() == 0


def test_writing_on_a_ticket_that_ended_begins_a_linked_draft(cast, browser):
    ticket = make_ticket(cast.owner, "templates")
    ending.withdraw(ticket, by=actor_for(cast.owner), now=NOW)
    staged = attaching.stage(log(), by=actor_for(cast.owner), now=NOW)

    sent = browser.post(
        reverse("follow_up_ticket", args=[ticket.reference]), {"body": "It came back.", "files": [str(staged.pk)]}
    )

    draft = Draft.objects.get()
    assert (sent.status_code, sent["Location"]) == (303, reverse("new_ticket_form", args=[draft.pk]))
    assert (draft.follows, draft.user, draft.topic.code) == (ticket, cast.owner, "templates")
    assert (draft.answers["subject"], draft.answers["description"]) == (ticket.subject, "It came back.")
    assert list(draft.attachments.all()) == [staged]


def test_growth_manager_can_not_begin_a_ticket(cast, client):
    ticket = make_ticket(cast.owner)
    ending.withdraw(ticket, by=actor_for(cast.owner), now=NOW)
    client.force_login(cast.growth)

    sent = client.post(reverse("follow_up_ticket", args=[ticket.reference]), {"body": "Again"})

    assert sent.status_code == 403
    assert Draft.objects.count() == 0
