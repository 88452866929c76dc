"""Answers and internal notes at the desk: first response, files, drafts, and what stays internal."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tickets.models import Attachment, Message

pytestmark = pytest.mark.django_db


def test_an_answer_is_the_first_response_and_moves_the_ticket_on(post, cast, ticket):
    answer = post(ticket, "message", kind="answer", body="Restart it.", then="waiting_partner", nonce=uuid4())

    ticket.refresh_from_db()
    assert answer.status_code == 302
    assert (ticket.status, ticket.promise.outcome, ticket.assignee) == ("waiting_partner", "kept", cast.agent)


def test_a_message_that_is_no_answer_yet_leaves_the_clock_running(post, ticket):
    post(ticket, "message", kind="answer", body="We look into it.", not_answer="on")

    ticket.refresh_from_db()
    assert ticket.promise.outcome is None
    assert not Message.objects.get(ticket=ticket).is_answer


def test_an_answer_can_resolve_in_the_same_step(post, ticket):
    post(ticket, "message", kind="answer", body="Fixed.", then="resolved")

    ticket.refresh_from_db()
    assert (ticket.status, ticket.promise.outcome) == ("resolved", "kept")


def test_an_internal_note_stays_internal(post, client, cast, ticket):
    post(ticket, "message", kind="note", body="The client is a known case", then="resolved")

    ticket.refresh_from_db()
    message = Message.objects.get(ticket=ticket)
    assert (message.kind, message.is_answer, ticket.status) == ("note", False, "new")
    assert {"known", "case"} <= set(ticket.words.internal.split())
    assert not {"known", "case"} & set(ticket.words.public.split())
    client.force_login(cast.owner)
    assert "known case" not in client.get(f"/tickets/{ticket.reference}/").content.decode()


def test_the_same_form_sent_twice_is_said_once(post, ticket):
    nonce = uuid4()

    for _ in range(2):
        assert post(ticket, "message", kind="answer", body="Once.", nonce=nonce).status_code == 302

    assert Message.objects.filter(ticket=ticket).count() == 1


def test_an_empty_message_is_refused_with_a_sentence(post, ticket):
    answer = post(ticket, "message", kind="answer", body="  ")

    assert answer.status_code == 400
    assert "Write something, or attach a file." in answer.content.decode()


def test_files_go_with_the_message_and_those_of_a_note_stay_internal(desk, post, cast, ticket):
    upload = desk.post(f"/admin/desk/{ticket.reference}/files/", {"file": SimpleUploadedFile("log.txt", b"504 again")})
    staged = Attachment.objects.get()
    assert str(staged.pk) in upload.content.decode()

    post(ticket, "message", kind="note", body="See the log", files=[str(staged.pk)])

    staged.refresh_from_db()
    assert (staged.ticket, staged.is_internal) == (ticket, True)


def test_a_file_of_a_kind_that_is_not_taken_is_refused_in_plain_words(desk, ticket):
    answer = desk.post(f"/admin/desk/{ticket.reference}/files/", {"file": SimpleUploadedFile("a.exe", b"MZ\x00\x01")})

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert Attachment.objects.count() == 0


def test_without_scripts_a_file_is_sent_with_the_form(post, ticket):
    post(ticket, "message", kind="answer", body="", upload=SimpleUploadedFile("log.txt", b"504 again"))

    assert Attachment.objects.get().message.ticket == ticket


def test_one_removes_only_ones_own_staged_file(desk, cast, ticket):
    desk.post(f"/admin/desk/{ticket.reference}/files/", {"file": SimpleUploadedFile("log.txt", b"504 again")})
    address = f"/admin/desk/files/{Attachment.objects.get().pk}/"

    desk.force_login(cast.second_agent)
    assert desk.post(address).status_code == 404
    desk.force_login(cast.agent)
    assert desk.post(address).status_code == 200
    assert Attachment.objects.count() == 0


def test_a_draft_is_kept_on_the_server_until_it_is_sent(desk, post, ticket):
    desk.post(f"/admin/desk/{ticket.reference}/draft/", {"body": "Half a sentence", "kind": "note"})
    page = desk.get(f"/admin/desk/{ticket.reference}/")
    assert (page.context["body"], page.context["kind"]) == ("Half a sentence", "note")

    post(ticket, "message", kind="note", body="A whole sentence")

    assert desk.get(f"/admin/desk/{ticket.reference}/").context["body"] == ""


def test_the_preview_shows_markdown_and_no_html(desk):
    assert desk.post("/admin/desk/preview/", {"body": "**a** <script>b</script>"}).content.decode() == (
        "<p><strong>a</strong> &lt;script&gt;b&lt;/script&gt;</p>\n"
    )
