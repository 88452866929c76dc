"""Files: who gets them, and that no browser runs what is in one."""

import uuid

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.actor import actor_for
from tests.cast import NOW, make_ticket
from tickets.actions import attaching, conversation
from tickets.models import Attachment

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield NOW


def staged(person, name="log.txt", content=b"GET /hook 200\n"):
    return attaching.stage(SimpleUploadedFile(name, content), by=actor_for(person), now=NOW)


def address(file):
    return reverse("download", args=[file.pk])


def test_text_file_is_kept_and_never_shown(cast, client):
    file = staged(cast.owner, "<script>.txt", b"<script>alert(1)</script>")
    make_ticket(cast.owner, files=[file])
    client.force_login(cast.colleague)

    sent = client.get(address(file))

    assert sent.status_code == 200
    assert b"".join(sent.streaming_content) == b"<script>alert(1)</script>"
    assert sent["Content-Type"] == "text/plain; charset=utf-8"
    assert sent["Content-Disposition"] == 'attachment; filename="script.txt"'
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert sent["Cross-Origin-Resource-Policy"] == "same-origin"
    assert sent["Cache-Control"] == "private, max-age=300"


def test_picture_is_shown_as_what_it_was_found_to_be(cast, client):
    file = staged(cast.owner, "shot.png", PNG)
    make_ticket(cast.owner, files=[file])
    client.force_login(cast.owner)

    shown = client.get(address(file))
    kept = client.get(address(file) + "?download")

    assert (shown["Content-Type"], shown["Content-Disposition"]) == ("image/png", 'inline; filename="shot.png"')
    assert kept["Content-Disposition"] == 'attachment; filename="shot.png"'
    assert "sandbox" in shown["Content-Security-Policy"]


def test_name_of_a_file_is_never_asked_for_its_type(cast, client):
    file = staged(cast.owner)
    make_ticket(cast.owner, files=[file])
    Attachment.objects.filter(pk=file.pk).update(name="page.html", content_type="application/json")
    client.force_login(cast.owner)

    sent = client.get(address(file))

    assert sent["Content-Type"] == "application/json"
    assert sent["Content-Disposition"] == 'attachment; filename="page.html"'


@pytest.mark.parametrize("person", ["outsider", "nordlicht_member", "other_growth", "direct_member"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_file_of_a_ticket_is_not_there_for_who_may_not_see_it(cast, client, person, method):
    file = staged(cast.owner)
    make_ticket(cast.owner, files=[file])
    client.force_login(getattr(cast, person))

    refused = getattr(client, method)(address(file))
    missing = getattr(client, method)(reverse("download", args=[uuid.uuid4()]))

    assert (refused.status_code, missing.status_code) == (404, 404)


@pytest.mark.parametrize("person", ["owner", "growth"])
def test_file_of_an_internal_note_is_support_s_alone(cast, client, person):
    ticket = make_ticket(cast.owner)
    file = staged(cast.agent)
    conversation.add_note(ticket, "See the log.", by=actor_for(cast.agent), now=NOW, files=[file])

    client.force_login(cast.agent)
    assert client.get(address(file)).status_code == 200
    client.force_login(getattr(cast, person))
    assert client.get(address(file)).status_code == 404


def test_staged_file_is_its_person_s_alone(cast, client):
    file = staged(cast.owner)

    client.force_login(cast.owner)
    assert client.get(address(file)).status_code == 200
    client.force_login(cast.colleague)
    assert client.get(address(file)).status_code == 404


def test_file_that_is_gone_from_the_storage_is_not_there(cast, client):
    file = staged(cast.owner)
    make_ticket(cast.owner, files=[file])
    file.file.storage.delete(file.file.name)
    client.force_login(cast.owner)

    assert client.get(address(file)).status_code == 404


def test_visitor_signs_in_first_and_a_post_is_no_way_in(cast, client):
    file = staged(cast.owner)

    assert client.get(address(file)).status_code == 302
    client.force_login(cast.owner)
    assert client.post(address(file)).status_code == 405
