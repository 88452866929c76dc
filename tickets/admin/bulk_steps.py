"""The pages that ask once more before the selected tickets are merged or sent back: what will happen, and to which."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language_info

from packages.policy.document import Topic
from packages.policy.wording import wording
from packages.queries.policies import version
from tickets.actions.promising import running
from tickets.admin.desk_frame import frame
from tickets.admin.desk_merging import shown_preview
from tickets.admin.refusals import merge_sentence
from tickets.models import Ticket
from tickets.policy.lifecycle import OPEN, Status
from tickets.queries.merging import preview
from tickets.wording import refusal

SHOWN = ("organisation", "topic", "promise")
MERGED_AT_ONCE = 20  # previews that a person can still read; each takes its queries
TOO_FEW = "Nothing was merged: select at least two tickets, one of them open."
NO_FIELDS = "Nothing was sent back: tick at least one field, and say for each what is wrong with it."
NONE_TO_SEND = "Nothing was sent back: each of the selected has its first response, or has ended."
NOTHING_COMMON = "Nothing was sent back: the selected topics ask for no field in common. Send them back one by one."


class Skip(Exception):
    """This one, or all of it, is left as it is; the message says why."""


class NotSaid(Skip):
    """What is needed for it was not chosen or written yet."""


def oldest(found: list[Ticket]) -> Ticket:
    """Return the ticket into which the others go: the one that was filed first, of those that can take others in.

    Raises: Skip.
    """
    able = [one for one in found if one.merged_into_id is None and one.state in OPEN | {Status.RESOLVED}]
    if len(found) < 2 or not able:
        raise Skip(TOO_FEW)
    return min(able, key=lambda one: (one.filed_at, one.pk))


def ask_merge(request: HttpRequest, found: list[Ticket], selected: dict[str, int], trouble: str = "") -> HttpResponse:
    """Show what merging the selected into the oldest of them would do. Raises: Skip."""
    now = timezone.now()
    target = oldest(found)
    if len(found) > MERGED_AT_ONCE:
        raise Skip(f"Nothing was merged: select {MERGED_AT_ONCE} tickets at most.")
    previews = [preview(one, target, now=now) for one in found if one.pk != target.pk]
    context = {
        "target": target,
        "will": [shown_preview(one, now=now) for one in previews if not one.refusal],
        "wont": [{"ticket": one.source, "why": merge_sentence(one.refusal)} for one in previews if one.refusal],
    }
    return _page(request, "bulk_merge", selected, **context)


def ask_send_back(
    request: HttpRequest, found: list[Ticket], selected: dict[str, int], trouble: str = ""
) -> HttpResponse:
    """Ask which of the fields that the selected topics have in common are missing or useless. Raises: Skip."""
    able = [one for one in found if running(one) is not None]
    if not able:
        raise Skip(NONE_TO_SEND)
    topics = [topic for topic in {_form(one): _topic(one) for one in able}.values() if topic is not None]
    fields, apart = common_fields(topics)
    if not fields:
        raise Skip(NOTHING_COMMON)
    chosen = request.POST.getlist("field")
    context = {
        "fields": [
            {
                "code": code,
                "label": label,
                "chosen": code in chosen,
                "reason": request.POST.get(f"reason_{code}", ""),
            }
            for code, label in fields.items()
        ],
        "apart": apart,
        "trouble": trouble,
        "able": able,
        "wont": [{"ticket": one, "why": refusal("answered_already")} for one in found if one not in able],
        "languages": sorted({get_language_info(one.language)["name"] for one in able}),
    }
    return _page(request, "bulk_send_back", selected, **context)


def asked_in(post: QueryDict) -> dict[str, str]:
    """Read which fields are asked for, each with its reason. Raises: NotSaid."""
    asks = {code: post.get(f"reason_{code}", "").strip() for code in post.getlist("field")}
    if not asks or not all(asks.values()):
        raise NotSaid(NO_FIELDS)
    return asks


def common_fields(topics: list[Topic]) -> tuple[dict[str, str], list[str]]:
    """Return the fields that all of the topics ask for, by code with their label, and the labels of the others."""
    shared = set.intersection(*({field.code for field in topic.all_fields} for topic in topics)) - {"client"}
    labels = {field.code: wording(field.label, "en") for topic in topics for field in topic.all_fields}
    common = {code: label for code, label in labels.items() if code in shared}
    return common, sorted({label for code, label in labels.items() if code not in shared | {"client"}})


def _form(ticket: Ticket) -> tuple[int, str]:
    return ticket.form_version_id, ticket.topic.code


def _topic(ticket: Ticket) -> Topic | None:
    return version(ticket.form_version_id).policy.topics.get(ticket.topic.code)


def _page(request: HttpRequest, name: str, selected: dict[str, int], **context: Any) -> HttpResponse:
    held = [f"{reference}:{seen}" for reference, seen in selected.items()]
    status = 400 if context.get("trouble") else 200
    context |= {"held": held, "back": request.POST.get("back", "")}
    return render(request, f"admin/desk/{name}.html", frame(request, **context), status=status)
