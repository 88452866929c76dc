"""The tables of tickets, imported here for Django."""

from tickets.models.agent import AgentProfile
from tickets.models.attachment import Attachment
from tickets.models.draft import Draft
from tickets.models.escalation import Escalation, EscalationGrant
from tickets.models.event import TicketEvent
from tickets.models.figures import FiguresCounted, HourFigure, WeekFigure
from tickets.models.incident import Incident, IncidentAnswer, IncidentReply, IncidentSubscription
from tickets.models.information import InformationRequest
from tickets.models.message import Message
from tickets.models.notice_choice import NoticeChoice
from tickets.models.outbox import Outbox
from tickets.models.prepared import PreparedAnswer
from tickets.models.promise import Promise
from tickets.models.replay import Replay
from tickets.models.retention import Retention
from tickets.models.ticket import Follower, Ticket, TicketLink
from tickets.models.timer import Heartbeat, Timer
from tickets.models.webhook import WebhookEndpoint
from tickets.models.words import TicketWords

__all__ = [
    "AgentProfile", "Attachment", "Draft", "Escalation", "EscalationGrant", "FiguresCounted", "Follower", "Heartbeat",
    "HourFigure", "Incident", "IncidentAnswer", "IncidentReply", "IncidentSubscription", "InformationRequest",
    "Message", "NoticeChoice", "Outbox", "PreparedAnswer", "Promise", "Replay", "Retention", "Ticket", "TicketEvent",
    "TicketLink", "TicketWords", "Timer", "WebhookEndpoint", "WeekFigure",
]  # fmt: skip
