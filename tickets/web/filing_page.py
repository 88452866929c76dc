"""The page on which a ticket is written: one draft, its form, and what stands beside it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from accounts.actor import Actor
from accounts.queries.access import own_clients
from packages.policy.document import Topic
from packages.policy.fields import Kind
from packages.queries.policies import InForce, in_force
from tickets.actions.filing import filer_kind
from tickets.models import Attachment, Draft, Ticket
from tickets.policy.answers import Checked, check
from tickets.policy.uploads import ACCEPT
from tickets.queries.access import draft_or_404
from tickets.queries.known_values import known_values
from tickets.queries.look_alikes import look_alikes
from tickets.queries.offers import Offer
from tickets.web.file_words import size_in_words
from tickets.web.filing_promise import offer_of_values, package_for, promise_context
from tickets.web.form_layout import questions_helper, severity_helper
from tickets.web.forms import FIRST, Asking, TicketForm, asked_fields
from tickets.web.typed import Typed
from tickets.wording import ago, policy_text

SHARED = FIRST[1]  # may the client's members see it? Posted and kept beside the client


@dataclass(frozen=True)
class Writing:
    """A draft as its person writes it: under the policy in force now."""

    actor: Actor
    draft: Draft
    version: InForce
    topic: Topic
    now: datetime

    @property
    def filer(self) -> str:
        return filer_kind(self.actor)

    @cached_property
    def files(self) -> list[Attachment]:
        return list(self.draft.attachments.filter(ticket=None).order_by("at"))

    @cached_property
    def asking(self) -> Asking:
        fields = asked_fields(self.topic, self.filer)
        known: dict[str, list[str]] = known_values(self.actor, fields)
        clients = [client.name for client in own_clients(self.actor)] if self.filer == "partner" else []
        return Asking(self.topic, self.version.policy, self.filer, fields, known | {"client": clients}, self.files)

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(field.code for field in asked_fields(self.topic, self.filer))

    def judge(self, form: TicketForm) -> Checked:
        """Return what the validator says of what was typed, its times read in the active zone."""
        return check(
            self.topic,
            form.raw_answers,
            filer=self.filer,
            now=self.now,
            zone=timezone.get_current_timezone(),
            files=[str(one.pk) for one in self.files],
        )


def writing_or_404(actor: Actor, pk: UUID, *, now: datetime) -> Writing:
    """Return the person's own draft with its topic. Raises: Http404, if it is not theirs or has no topic yet."""
    draft = draft_or_404(actor, pk)
    version = in_force(now)
    topic = version.policy.topics.get(draft.topic.code) if draft.topic else None
    if topic is None:
        raise Http404
    return Writing(actor, draft, version, topic, now)


def filed_from(actor: Actor, pk: UUID) -> Ticket | None:
    """Return the ticket that the person's draft became, so that a second tab lands on it."""
    return Ticket.objects.visible_to(actor).filter(draft_id=pk, filed_by=actor.user).first()


def preset(writing: Writing) -> Typed:
    """Return what the draft holds, with the person's language and production where nothing was said yet."""
    language = (get_language() or "en").lower()
    return {"language": language, "environment": "production", **writing.draft.answers}


def form_of(writing: Writing, typed: Typed, *, spare_rows: int = 0) -> TicketForm:
    """Return the form of a draft; a partner with clients is asked too whether the client may see the ticket."""
    form = TicketForm(writing.asking, typed, spare_rows=spare_rows)
    if writing.asking.known.get("client"):
        form.fields[SHARED] = forms.ChoiceField(
            label=gettext("May the client's members see it?"),
            help_text=gettext("Those who may see it can also answer on it."),
            choices=[
                ("", gettext("As the client has chosen")),
                ("yes", gettext("Yes, see it and answer on it")),
                ("no", gettext("No, only we see it")),
            ],
            required=False,
        )
        form.fields[SHARED].required = True  # never left open: the first choice is an answer
    return form


def page_context(
    writing: Writing,
    form: TicketForm,
    checked: Checked,
    *,
    confirmed: str = "",
    moved: Offer | None = None,
    file_errors: list[str] | None = None,
) -> dict[str, Any]:
    """Return the context of tickets/new_form.html."""
    offer, missing = offer_of_values(
        writing.actor, writing.topic, checked.values, version=writing.version, now=writing.now
    )
    package = package_for(writing.actor, writing.version, now=writing.now) if offer is None else offer.package
    return {
        "draft": writing.draft,
        "form": form,
        "severity_helper": severity_helper(form),
        "questions_helper": questions_helper(form),
        "topic": topic_card(writing.topic, package.code),
        "confirmed": confirmed,
        "moved": moved,
        "promise": promise_context(offer, missing, package=package, policy=writing.version.policy),
        "identifying": ",".join(field.code for field in writing.asking.fields if field.identifies),
        "alike": alike_rows(writing, checked),
        "upload": upload_facts(reverse("draft_files", args=[writing.draft.pk])),
        "loose_files": [one for one in writing.files if not form.fields.get(one.field)],
        "has_file_question": any(field.kind is Kind.FILE for field in writing.asking.fields),
        "file_errors": file_errors or [],
        "saved": ago(writing.draft.saved_at, now=writing.now),
    }


def topic_card(topic: Topic, package: str) -> dict[str, str]:
    """Return a topic in the reader's words, with the severity that the package lists it under ("" for none)."""
    listed = topic.listed.get(package)
    return {
        "code": topic.code,
        "name": policy_text(topic.name),
        "summary": policy_text(topic.summary),
        "severity": listed.value if listed else "",
    }


def alike_rows(writing: Writing, checked: Checked) -> list[dict[str, Any]]:
    """Return open tickets that look alike, for tickets/_look_alikes.html."""
    found = look_alikes(writing.actor, writing.topic, checked.values)
    return [{"ticket": ticket, "filed": ago(ticket.filed_at, now=writing.now)} for ticket in found]


def upload_facts(url: str) -> dict[str, Any]:
    """Return what an input for files says before a limit is met, and where it sends them."""
    most = settings.ATTACHMENT_MAX_BYTES
    note = gettext("PNG, JPEG, WebP, GIF, PDF, TXT, LOG, JSON or CSV. Up to %(count)s files of %(size)s each.")
    size = size_in_words(most)
    return {
        "url": url,
        "accept": ACCEPT,
        "most": most,
        "note": note % {"count": settings.ATTACHMENTS_MAX, "size": size},
    }
