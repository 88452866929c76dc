"""A topic's form as a person would see it under a draft, in a language of the portal."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

from packages.policy.document import parse
from packages.policy.editing import users_of_field
from packages.policy.inputs import LANGUAGE_NAMES
from packages.policy.reading import DocumentInvalid
from tickets.web.filing_page import upload_facts
from tickets.web.form_layout import questions_helper, severity_helper
from tickets.web.forms import Asking, TicketForm, asked_fields

LANGUAGE_CHOICES = tuple(LANGUAGE_NAMES.items())


def previewed_topic(document: Mapping[str, Any], part: str, code: str, field: str) -> str:
    """Return the topic whose form shows the part at hand best; "" where no form does."""
    topics = document["topics"]
    if part == "topics":
        return code if code in topics else next(iter(topics), "")
    if part == "fields":
        users = users_of_field(document, code)
        return next((user for user in users if user in topics), next(iter(topics), "") if users else "")
    return ""


def render_preview(request: HttpRequest, document: Mapping[str, Any], topic: str) -> str:
    """Return the form of a topic as HTML; where the draft makes no sense yet, what is wrong with it."""
    asked = request.POST if request.method == "POST" else request.GET
    language = asked.get("preview_language", "en")
    filer = asked.get("preview_filer", "partner")
    if language not in LANGUAGE_NAMES or filer not in ("partner", "client"):
        language, filer = "en", "partner"
    try:
        policy = parse(document)
    except DocumentInvalid as error:
        return render_to_string("admin/policy/_preview.html", {"problems": [str(one) for one in error.problems]})
    found = policy.topics[topic]
    with translation.override(language):
        form = TicketForm(Asking(found, policy, filer, asked_fields(found, filer)), {})
        for question in form.fields.values():
            # A preview asks nobody: the hints of codes are given where a ticket is written.
            attrs = question.widget.attrs
            question.widget.attrs = {name: value for name, value in attrs.items() if not name.startswith("data-hx-")}
        context = {
            "form": form,
            "severity_helper": severity_helper(form),
            "questions_helper": questions_helper(form),
            "name": found.name.get(language, topic),
            "summary": found.summary.get(language, ""),
            "language": language,
            "upload": upload_facts(""),
        }
        return render_to_string("admin/policy/_preview.html", context)
