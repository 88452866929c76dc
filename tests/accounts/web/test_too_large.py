"""What is larger than the portal takes is refused with a page that says the limit and where the text is."""

from django.core.files.uploadedfile import SimpleUploadedFile


def test_a_form_that_is_too_large_is_refused_with_the_limit_and_changes_nothing(cast, signed_in, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024

    answer = signed_in(cast.owner).post("/settings/", {"name": "x" * 3000})

    page = answer.content.decode()
    assert answer.status_code == 413
    assert "can hold 2.0\xa0KB" in page
    assert "what you typed is still there" in page
    cast.owner.refresh_from_db()
    assert cast.owner.name == "Ana Prado"


def test_a_form_with_a_file_counts_its_fields_alone(cast, signed_in, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024

    answer = signed_in(cast.owner).post(
        "/settings/", {"name": "x" * 3000, "file": SimpleUploadedFile("log.txt", b"GET /hook 200")}
    )

    assert answer.status_code == 413


def test_a_visitors_form_that_is_too_large_is_refused_in_their_language(client, policy, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024

    answer = client.post("/account/login/", {"login": "x" * 3000}, headers={"accept-language": "de"})

    assert answer.status_code == 413
    assert '<html lang="de"' in answer.content.decode()
