"""Choose what a ticket is about, in the words of the person; go on with a draft, or throw it away."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.policy.roles import May
from accounts.web.guards import actor_of, requires
from packages.policy.document import Policy, Topic
from packages.queries.policies import in_force
from tickets.actions.change import NotNow
from tickets.actions.drafting import choose_topic, discard_draft, start_draft
from tickets.models import Draft
from tickets.queries.access import draft_or_404
from tickets.web.filing_page import filed_from, topic_card
from tickets.web.filing_promise import package_for
from tickets.web.incidents import shown_incidents
from tickets.wording import ago, policy_text, refusal


@requires(May.FILE)
def new_ticket(request: HttpRequest) -> HttpResponse:
    """Show the topics as cards, found by a search; choosing one begins a draft, or gives a draft another topic."""
    actor, now = actor_of(request), timezone.now()
    given = request.POST.get("draft") or request.GET.get("draft") or ""
    draft = draft_or_404(actor, _uuid(given)) if given else None
    error = ""
    if request.method == "POST":
        try:
            topic = request.POST.get("topic", "")
            draft = choose_topic(draft, topic, now=now) if draft else start_draft(by=actor, now=now, topic=topic)
            return redirect("new_ticket_form", draft=draft.pk)
        except NotNow as refused:
            error = refusal(refused.code, **refused.params)
    version = in_force(now)
    package = package_for(actor, version, now=now)
    text = request.GET.get("q", "")[:200]
    context = {
        "cards": [topic_card(topic, package.code) for topic in _found(version.policy, text)],
        "text": text,
        "draft": draft,
        "error": error,
        "draft_days": settings.DRAFT_DAYS,
    }
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, "tickets/_topics.html", context)
    context["incidents"] = shown_incidents(actor, now=now)
    if draft is None:
        context["drafts"] = _drafts(actor, version.policy, now)
    return render(request, "tickets/new.html", context, status=400 if error else 200)


@require_POST
@requires(May.FILE)
def discard(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Throw a draft of one's own away."""
    actor = actor_of(request)
    if filed_from(actor, draft) is None:
        discard_draft(draft_or_404(actor, draft))
        messages.success(request, _("The draft is gone."))
    return redirect("new_ticket")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # nobody's


def _found(policy: Policy, text: str) -> list[Topic]:
    """Return the topics that a search finds, the best first; without one all, in the policy's order."""
    topics = list(policy.topics.values())
    words = plain(text).split()
    if not words:
        return topics
    scored = [(score(topic, words), topic) for topic in topics]
    return [topic for points, topic in sorted(scored, key=lambda pair: -pair[0]) if points]


def score(topic: Topic, words: Iterable[str]) -> int:
    """Return how well a topic fits: what its name says counts more than its summary, and that more than its words.

    A word counts from its beginning ("late" is no "template"); with another ending it counts half.
    """
    texts = [
        (weight, f" {plain(policy_text(text))} {plain(text.get('en', ''))}")
        for weight, text in ((8, topic.name), (4, topic.summary), (2, topic.words))
    ]
    return sum(_points(word, text, weight) for word in words for weight, text in texts)


def _points(word: str, text: str, weight: int) -> int:
    if f" {word}" in text:
        return weight
    stem = word[:-2] if len(word) > 5 else word
    return weight // 2 if f" {stem}" in text else 0


def plain(text: str) -> str:
    """Return a text as people search it: words without capitals, accents and marks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(one for one in decomposed if not unicodedata.combining(one))
    return " ".join(re.findall(r"\w+", kept))


def _drafts(actor: Actor, policy: Policy, now: Any) -> list[dict[str, Any]]:
    rows = []
    for draft in Draft.objects.filter(user=actor.user).select_related("topic").order_by("-saved_at")[:10]:
        topic = policy.topics.get(draft.topic.code) if draft.topic else None
        rows.append(
            {
                "draft": draft,
                "subject": draft.answers.get("subject", "").strip() or _("No subject yet"),
                "topic": policy_text(topic.name) if topic else _("No topic yet"),
                "saved": ago(draft.saved_at, now=now),
            }
        )
    return rows
