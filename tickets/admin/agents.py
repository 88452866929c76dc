"""Support's people: who speaks which languages, takes which topics, is away, and has how much."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.policy.roles import May
from accounts.web.forms import PortalForm
from packages.models import Topic
from packages.policy.wording import wording
from packages.queries.policies import in_force
from tickets.actions.agents import change_agent
from tickets.actions.change import NotNow
from tickets.admin.desk_frame import actor_of, frame
from tickets.models import AgentProfile
from tickets.queries.agents import agent_of, agent_or_404, open_by_assignee, profile_of, support_people
from tickets.wording import refusal

Choices = list[tuple[str, str]]


class AgentForm(PortalForm):
    languages = forms.MultipleChoiceField(
        label="Languages",
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="“Next ticket” gives tickets in these. None ticked: in every language.",
    )
    topics = forms.MultipleChoiceField(
        label="Topics",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: every topic. What none of the others takes is given to everybody, so nothing waits.",
    )
    away_from = forms.DateField(
        label="Away from",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="“Next ticket” then offers this person's tickets to colleagues, when it is support's turn.",
    )
    away_until = forms.DateField(
        label="Last day away",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="In the person's own time zone, this day included.",
    )

    def __init__(self, *args: Any, topics: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = topics  # type: ignore[attr-defined]


@require_GET
def agents(request: HttpRequest) -> HttpResponse:
    """List the people of support."""
    actor, now = actor_of(request), timezone.now()
    people = support_people().prefetch_related("agent_profile__topics")
    names, has = dict(_topics()), open_by_assignee()
    is_lead = actor.may(May.LEAD)
    rows = [
        _row(person, names, is_lead or person == actor.user, now=now) | {"has": has.get(person.pk, 0)}
        for person in people
    ]
    return render(request, "admin/desk/agents.html", frame(request, rows=rows))


@require_http_methods(["GET", "POST"])
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what one person works on and when they are away."""
    actor, now = actor_of(request), timezone.now()
    person = agent_or_404(actor, pk)
    form = AgentForm(request.POST or None, topics=_topics(), initial=_initial(person))
    if request.method == "POST" and form.is_valid():
        try:
            change_agent(person, by=actor, now=now, **form.cleaned_data)
        except NotNow as problem:
            form.add_error("away_until", refusal(problem.code))
        else:
            messages.success(request, f"What {person} works on is kept.")
            return redirect("admin:agents")
    status = 400 if form.is_bound else 200
    return render(request, "admin/desk/agent.html", frame(request, form=form, person=person), status=status)


def _row(person: User, names: dict[str, str], may_change: bool, *, now: datetime) -> dict[str, Any]:
    profile, facts = profile_of(person), agent_of(person)
    spoken = [name for code, name in settings.LANGUAGES if code in facts.languages]
    topics = sorted(names.get(topic.code, topic.code) for topic in profile.topics.all()) if profile else []
    absence = ""
    if profile and profile.away_from and profile.away_until and profile.away_until >= now.date():
        first, last = date_format(profile.away_from, "j M"), date_format(profile.away_until, "j M")
        absence = f"until {last}" if facts.is_away(now) else f"from {first} until {last}"
    return {
        "person": person,
        "role": person.get_role_display(),
        "languages": ", ".join(spoken) or "Every language",
        "topics": ", ".join(topics) or "Every topic",
        "queue_url": f"{reverse('admin:queue')}?assignee={person.pk}",
        "is_away": facts.is_away(now),
        "absence": absence,
        "url": reverse("admin:agent", args=[person.pk]) if may_change else "",
    }


def _topics() -> Choices:
    """Return the topics of the policy in force, by name: those that rows exist for."""
    policy = in_force(timezone.now()).policy
    known = set(Topic.objects.values_list("code", flat=True))
    return [(code, wording(topic.name, "en")) for code, topic in policy.topics.items() if code in known]


def _initial(person: User) -> dict[str, Any]:
    profile: AgentProfile | None = profile_of(person)
    if profile is None:
        return {}
    return {
        "languages": profile.languages,
        "topics": list(profile.topics.values_list("code", flat=True)),
        "away_from": profile.away_from,
        "away_until": profile.away_until,
    }
