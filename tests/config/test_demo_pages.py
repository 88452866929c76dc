"""The mails of the demonstration can be read, and its pages exist nowhere else."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(settings, tmp_path):
    """Send two mails the way the demonstration does."""
    settings.ROOT_URLCONF = "tests.config.demo_urls"
    settings.EMAIL_FILE_PATH = tmp_path
    with get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=tmp_path) as connection:
        for subject, text in (
            ("Reset your password", "Go to http://127.0.0.1:8000/r/x/"),
            ("Antwort für Sie", "Grüße"),
        ):
            mail = EmailMultiAlternatives(
                subject, text, "support@example.com", ["ana@example.org"], connection=connection
            )
            mail.attach_alternative(f"<p style='margin:0'>{text}</p>", "text/html")
            mail.send()


def test_mails_are_listed_newest_first_and_can_be_read(sent, client):
    page = client.get("/demo/outbox/")

    mails = page.context["mails"]
    assert [(mail.subject, mail.recipient) for mail in mails] == [
        ("Antwort für Sie", "ana@example.org"),
        ("Reset your password", "ana@example.org"),
    ]
    text = client.get(reverse("demo_mail", args=[mails[1].key])).content.decode()
    assert '<a href="http://127.0.0.1:8000/r/x/"' in text
    assert "Grüße" in client.get(reverse("demo_mail_html", args=[mails[0].key])).content.decode()


def test_only_the_mail_itself_may_carry_its_styles(sent, client):
    page = client.get("/demo/outbox/")
    html = client.get(reverse("demo_mail_html", args=[page.context["mails"][0].key]))

    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in html.headers["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in html.headers["Content-Security-Policy"]


def test_a_mail_that_is_not_there_is_not_found(sent, client):
    assert client.get("/demo/outbox/none/").status_code == 404


def test_without_a_mail_the_page_says_what_to_do(settings, tmp_path, client):
    settings.ROOT_URLCONF = "tests.config.demo_urls"
    settings.EMAIL_FILE_PATH = tmp_path / "none"

    assert "No e-mail was sent yet" in client.get("/demo/outbox/").content.decode()


def test_every_component_is_shown(sent, client):
    assert client.get("/demo/components/").status_code == 200


def test_the_partners_program_takes_webhooks(sent):
    assert Client(enforce_csrf_checks=True).post("/demo/hook/", b"{}", "application/json").status_code == 204


def test_outside_the_demonstration_there_are_no_such_pages(client):
    assert client.get("/demo/outbox/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo_outbox")


@pytest.mark.parametrize("address", ["/nowhere/", "/tickets/TK-222222/"])
def test_what_is_not_there_is_answered_by_the_portal_itself(settings, cast, address):
    settings.DEBUG = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "config.demo.not_found.NotFoundMiddleware"]
    client = Client(raise_request_exception=False)
    client.force_login(cast.owner)

    page = client.get(address)

    assert page.status_code == 404
    assert "There is nothing here" in page.content.decode()
    assert client.get("/organisation").url == "/organisation/"
