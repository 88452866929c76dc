"""Fills in the page of a ticket as a browser would, from answers by field."""

import html
import json
import re
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client
from django.urls import reverse

from accounts.models import User
from packages.policy.document import parse
from tests.answers import answers_for
from tests.shipped_policy import shipped_document
from tickets.models import Draft
from tickets.web.typed import Typed, typed_from

POLICY = parse(json.loads(shipped_document()))
BERLIN = ZoneInfo("Europe/Berlin")


def typed_for(topic: str, *, filer: str = "partner", **changes: Any) -> Typed:
    """Return what a person types for a valid ticket; `changes` are typed answers, None leaves one out."""
    facts = POLICY.topics[topic]
    return typed_from(answers_for(facts, filer=filer, **changes), facts.all_fields, BERLIN)


def begin(client: Client, user: User, topic: str = "messaging_delays") -> Draft:
    """Sign in and choose a topic; return the draft."""
    client.force_login(user)
    response = client.post(reverse("new_ticket"), {"topic": topic})
    return Draft.objects.get(pk=response.url.split("/")[-2])


def page_of(draft: Draft) -> str:
    return reverse("new_ticket_form", args=[draft.pk])


def basis_in(response: Any) -> str:
    """Return the basis of the promise that a page shows."""
    found = re.search(r'name="basis" id="basis" value="([0-9a-f]*)"', response.content.decode())
    return found[1] if found else ""


def confirmed_in(response: Any) -> str:
    found = re.search(r'name="confirmed" value="([^"]*)"', response.content.decode())
    return found[1] if found else ""


def send(client: Client, draft: Draft, typed: Typed, **more: Any) -> Any:
    """Send the form with the promise that the page shows for these answers."""
    preview = client.post(reverse("draft_promise", args=[draft.pk]), typed)
    return client.post(page_of(draft), {"basis": basis_in(preview), **typed, **more})


def summary_of(response: Any) -> list[str]:
    """Return the ids to which the summary of errors leads."""
    found = re.search(r'<div class="summary".*?</div>', response.content.decode(), re.S)
    return re.findall(r'href="#([^"]+)"', found[0]) if found else []


def value_of(response: Any, name: str) -> str:
    """Return what stands in an input or text area of a page."""
    page = response.content.decode()
    area = re.search(rf'<textarea[^>]*name="{re.escape(name)}"[^>]*>\n?(.*?)</textarea>', page, re.S)
    if area:
        return html.unescape(area[1])
    found = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', found[0]) if found else None
    return html.unescape(value[1]) if value else ""
