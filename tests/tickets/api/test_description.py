"""The API's description: for programs, as a page, and true of what the routes answer."""

import html
import re

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import get_resolver
from hypothesis import HealthCheck, settings
from rest_framework.views import APIView
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from config.wsgi import application
from tests.tickets.escalating import make_ticket
from tickets.api.reference import description, sections
from tickets.wording import refusal_codes

SCHEMA = schemathesis.openapi.from_dict(description())


def test_the_description_is_public_and_of_openapi_3_1(cast):
    response = Client().get("/api/schema/", {"format": "json"})

    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.1")
    assert response.json()["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_route_of_the_api_is_described():
    routed = {
        "/" + re.sub(r"<(?:[a-z_]+:)?([a-z]+)>", r"{\1}", pattern)
        for pattern, view in _routes(get_resolver().url_patterns, "")
        if pattern.startswith("api/v1/") and issubclass(getattr(view, "cls", object), APIView)
    }

    assert {_bare(path) for path in routed} == {_bare(path) for path in description()["paths"]}
    for path, methods in description()["paths"].items():
        for method, facts in methods.items():
            assert facts["summary"] and facts["description"], (method, path)


def test_the_page_shows_every_route_and_code_without_script_or_style_of_its_own(cast):
    response = Client().get("/api/docs/")
    page = response.content.decode()

    assert response.status_code == 200
    for section in sections():
        for operation in section.operations:
            assert f'id="{operation.anchor}"' in page
    for code in ("invalid", "promise_moved", "no_ticket", *refusal_codes()):
        assert f'id="problem-{code.replace("_", "-")}"' in page
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", page)
    assert "'unsafe" not in response["Content-Security-Policy"]


def test_the_example_on_the_page_files_a_ticket(api):
    page = html.unescape(Client().get("/api/docs/").content.decode())
    body = re.search(r"-d '(\{.*?\})'</code>", page, re.S)[1]

    response = api.post("tickets/", body)

    assert (response.status_code, response.json().get("warnings")) == (201, []), response.json()


def test_a_problem_leads_to_its_place_on_the_page(api):
    problem = api.get("tickets/TK-222222/").json()

    assert problem["type"].endswith("/api/docs/#problem-not-found")
    assert 'id="problem-not-found"' in Client().get("/api/docs/").content.decode()


@pytest.fixture
def token(api, cast):
    """Return what authorizes the requests; the server's way of ending one must not end the test's connection."""
    make_ticket(cast.meridian)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield api.client.defaults["HTTP_AUTHORIZATION"]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@SCHEMA.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_answers_are_as_described(case, token):
    case.call_and_validate(
        app=application,
        base_url="http://testserver",
        headers={"Authorization": token},
        checks=[not_a_server_error, content_type_conformance, response_schema_conformance],
    )


def _routes(patterns, prefix):
    for one in patterns:
        text = prefix + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _routes(one.url_patterns, text)
        else:
            yield text, one.callback


def _bare(path):
    return re.sub(r"\{[a-z]+\}", "{}", path)
