"""Incidents as they are shown: to who files, on a ticket, and to support."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from accounts.actor import Actor
from tickets.models import Incident, IncidentAnswer, IncidentReply, IncidentSubscription, Ticket

SHOWN = 200  # incidents of a list


def going_on_for(actor: Actor, *, topic_id: int | None = None) -> list[Incident]:
    """Return what goes on, of a topic or of all, the latest first; `is_awaited` says whether the person is told.

    One query. Who else wants to know is nobody's matter.
    """
    found = Incident.objects.going_on()
    if topic_id is not None:
        found = found.about(topic_id)
    return list(found.annotate(is_awaited=_awaited(actor)).order_by("-declared_at"))


def incident_of(ticket: Ticket, actor: Actor) -> Incident | None:
    """Return the incident that a ticket is part of, as `going_on_for` does. One query, none without one."""
    if ticket.incident_id is None:
        return None
    return Incident.objects.annotate(is_awaited=_awaited(actor)).get(pk=ticket.incident_id)


def incident_or_404(pk: int) -> Incident:
    """Return an incident, for what only support or the subscribing itself decides on. Raises: Http404."""
    incident = Incident.objects.filter(pk=pk).select_related("declared_by", "ended_by").first()
    if incident is None:
        raise Http404
    return incident


def going_on() -> list[Incident]:
    """Return what goes on, the latest first, for support's choice. One query."""
    return list(Incident.objects.going_on().order_by("-declared_at"))


def going_on_with_topics() -> list[Incident]:
    """Return what goes on with its topics, the latest first. Two queries."""
    return list(Incident.objects.going_on().prefetch_related("topics").order_by("-declared_at"))


def all_incidents(*, ended: bool) -> list[Incident]:
    """Return incidents, the latest first, with how many tickets and people (`ticket_count`, `waiting_count`).

    Two queries.
    """
    found = Incident.objects.filter(ended_at__isnull=not ended).select_related("declared_by", "ended_by")
    counted = found.annotate(
        ticket_count=_count(Ticket.objects.all()), waiting_count=_count(IncidentSubscription.objects.all())
    )
    return list(counted.prefetch_related("topics").order_by("-declared_at")[:SHOWN])


def linked_tickets(incident: Incident, *, limit: int) -> list[Ticket]:
    """Return the tickets of an incident in working order, with what their rows show. One query."""
    found = Ticket.objects.filter(incident=incident).select_related(
        "organisation", "topic", "assignee", "promise__package"
    )
    return list(found.in_working_order()[:limit])


def answers_of(incident: Incident) -> list[IncidentAnswer]:
    """Return the answers to an incident, the latest first, with `sent`, `left` and `skipped_count`. One query."""
    return list(
        IncidentAnswer.objects.filter(incident=incident)
        .select_related("by")
        .annotate(
            sent=Count("replies", filter=Q(replies__message__isnull=False)),
            left=Count("replies", filter=Q(replies__settled_at=None)),
            skipped_count=Count("replies", filter=~Q(replies__skipped="")),
        )
        .order_by("-at")
    )


def skipped_of(incident: Incident) -> list[IncidentReply]:
    """Return where the incident's answers were not said, with the ticket. One query."""
    found = IncidentReply.objects.filter(answer__incident=incident).exclude(skipped="").select_related("ticket")
    return list(found.only("answer_id", "skipped", "ticket__reference", "ticket__subject").order_by("pk"))


def _count(rows: QuerySet[Any]) -> Coalesce:
    """Count rows of an incident by themselves: joined, each ticket would be counted for each person."""
    counted = rows.filter(incident=OuterRef("pk")).order_by().values("incident").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def _awaited(actor: Actor) -> Exists:
    person = actor.user.pk if actor.user else 0
    return Exists(IncidentSubscription.objects.filter(incident=OuterRef("pk"), user=person))
