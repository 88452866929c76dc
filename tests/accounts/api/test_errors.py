"""Every refusal of the API has the shape of RFC 9457."""

from django.test import Client


def post(api: Client, body: object, **headers: str):
    return api.post("/api/notes/", body, content_type="application/json", headers=headers)


def test_wrong_fields_are_listed_each_with_its_pointer(api):
    body = {"subject": "x" * 21, "fields": {"waba_id": "", "a/b": None}, "samples": [{"message": "m"}, {"code": "no"}]}

    problem = post(api, body).json()

    assert [(fault["pointer"], fault["field"], fault["code"]) for fault in problem["errors"]] == [
        ("/subject", "subject", "max_length"),
        ("/fields/waba_id", "waba_id", "blank"),
        ("/fields/a~1b", "a~1b", "null"),
        ("/samples/1/message", "samples", "required"),
        ("/samples/1/code", "samples", "invalid"),
    ]
    assert {fault["message"] for fault in problem["errors"]} >= {"This field may not be blank."}
    assert (problem["status"], problem["code"], problem["title"]) == (400, "invalid", "Bad Request")


def test_a_body_that_is_no_json_is_a_problem(api):
    response = post(api, "{")

    assert (response.status_code, response.json()["code"]) == (400, "parse_error")
    assert response["Content-Type"] == "application/problem+json"


def test_a_refusal_carries_its_facts(api):
    problem = post(api, {"subject": "refuse"}).json()

    assert (problem["status"], problem["code"], problem["current"]) == (409, "not_now", "resolved")
    assert problem["type"].endswith("/api/docs/#problem-not-now")


def test_other_methods_and_formats_are_problems_too(api):
    assert api.delete("/api/notes/").json()["code"] == "method_not_allowed"
    assert api.post("/api/notes/", "a=b", content_type="text/plain").json()["code"] == "unsupported_media_type"
    assert api.get("/api/notes/", headers={"Accept": "text/csv"}).status_code == 406


def test_an_address_that_is_none_is_a_problem_below_api(api):
    response = api.get("/api/nothing/")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_failure_of_ours_is_a_problem_without_its_cause(api):
    api.raise_request_exception = False

    response = api.get("/api/broken/")

    assert (response.status_code, response.json()["code"]) == (500, "server_error")
    assert b"foresaw" not in response.content


def test_errors_speak_the_language_asked_for(api):
    problem = post(api, {}, **{"Accept-Language": "de"}).json()

    assert problem["errors"][0]["message"] == "Dieses Feld ist zwingend erforderlich."
