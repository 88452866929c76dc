"""Publish a draft: the comparison first, then from when on and why."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.web.zones import city
from packages.actions.versions import NotPublishable, publish
from packages.models import PolicyVersion
from packages.policy.reading import DocumentInvalid
from packages.queries.policies import InForce, in_force
from tickets.admin.policy_editor.guards import (
    State,
    draft_or_404,
    page_frame,
    person_of,
    policy_page,
    version_or_404,
    whole,
)
from tickets.admin.policy_editor.versions import changes_of


class PublishForm(forms.Form):
    """From when on, and why. Times of day are support's."""

    when = forms.ChoiceField(choices=[("now", "From now on"), ("later", "From a day and time on")])
    starts_at = forms.CharField(
        label="Day and time", required=False, max_length=30
    )  # a wall clock, read by no zone but support's
    reason = forms.CharField(
        label="Why",
        max_length=2000,
        error_messages={"required": "Say why: the history keeps it, and others read it later."},
    )

    def __init__(self, *args: Any, zone: ZoneInfo, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.now = zone, now

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("when") != "later":
            given["starts_at"] = self.now
            return given
        given["starts_at"] = self._instant(given.get("starts_at", ""))
        return given

    def _instant(self, typed: str) -> datetime | None:
        """Read a wall clock in support's zone, whatever zone the person's own pages are in."""
        try:
            wall = datetime.fromisoformat(typed).replace(tzinfo=None)
        except ValueError:
            self.add_error("starts_at", "Say from when on: a day and a time, such as 2026-12-01 08:00.")
            return None
        at = wall.replace(tzinfo=self.zone)
        if at.astimezone(ZoneInfo("UTC")).astimezone(self.zone).replace(tzinfo=None) != wall:
            self.add_error("starts_at", "The clocks skip that time on that day: use another one.")
            return None
        if at <= self.now:
            self.add_error("starts_at", "This has passed: promises were made under the version in force then.")
        return at


@policy_page("GET", "POST")
def publish_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the draft changes, then publish it. Who comes second is told, and keeps what was typed."""
    now = timezone.now()
    draft = version_or_404(pk) if request.method == "POST" else draft_or_404(pk)
    current = in_force(now)
    zone = support_zone(current)
    if request.method == "GET":
        return _page(request, draft, PublishForm(zone=zone, now=now, initial={"when": "now"}), current)
    form = PublishForm(request.POST, zone=zone, now=now)
    if not form.is_valid():
        return _page(request, draft, form, current, status=400)
    draft.lock_version = whole(request.POST.get("version"))
    try:
        version = publish(
            draft,
            starts_at=form.cleaned_data["starts_at"],
            by=person_of(request),
            now=now,
            reason=form.cleaned_data["reason"],
            after=whole(request.POST.get("after")),
        )
    except (NotPublishable, DocumentInvalid) as error:
        form.add_error(None, str(error))
        return _page(request, version_or_404(pk), form, in_force(now), status=409)
    messages.success(request, f"Policy {version.number} is published. Promises given before it stay as they are.")
    return redirect("admin:policy")


def support_zone(current: InForce) -> ZoneInfo:
    """Return the zone of support: that of the default package's calendar."""
    return ZoneInfo(current.policy.calendar_of(current.policy.default_package).zone)


def _page(
    request: HttpRequest, draft: PolicyVersion, form: PublishForm, current: InForce, *, status: int = 200
) -> HttpResponse:
    changes, problems = changes_of(draft, current.policy)
    published = PolicyVersion.objects.exclude(state=State.DRAFT)
    context = {
        "form": form,
        "zone": form.zone.key,
        "city": city(form.zone.key),
        "current": current,
        "scheduled": published.filter(state=State.PUBLISHED, starts_at__gt=form.now).defer("document"),
        "after": published.aggregate(last=Max("number"))["last"] or 0,
        "changes": changes,
        "problems": problems,
        "is_draft": draft.state == State.DRAFT,
    }
    return render(request, "admin/policy/publish.html", page_frame(request, draft, **context), status=status)
