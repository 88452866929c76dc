"""The shapes of what the routes of tickets answer, for the description of the API."""

from rest_framework import serializers

from accounts.api.description import FaultShape
from packages.api.serializers import SEVERITIES, PackageHours
from tickets.models import Escalation, Ticket
from tickets.policy.lifecycle import Turn
from tickets.queries.promise_state import State

Instant = serializers.DateTimeField


class Named(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class Coded(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class Reason(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField()


class Interval(serializers.Serializer):
    """A stretch of open time that counts, within one local day."""

    starts_at = Instant()
    ends_at = Instant()
    starts_at_in_zone = Instant()
    ends_at_in_zone = Instant()
    seconds = serializers.FloatField()


class ClockChange(serializers.Serializer):
    at = Instant()
    offset_before_seconds = serializers.FloatField()
    offset_after_seconds = serializers.FloatField()


class Counted(serializers.Serializer):
    """What a deadline was counted from. The lengths in `explanation` add up to the target exactly."""

    severity = serializers.ChoiceField(SEVERITIES)
    package = Coded()
    policy_version = serializers.IntegerField()
    target = serializers.CharField(help_text="Opening time, as an ISO 8601 duration.")
    target_seconds = serializers.FloatField()
    started_at = Instant()
    zone = serializers.CharField(help_text="Support's time zone.")
    explanation = Interval(many=True)
    clock_changes = ClockChange(many=True)


class Offer(Counted):
    """What is promised if the ticket is filed now."""

    severity_name = serializers.CharField()
    reason = Reason()
    due_at = Instant(help_text="A response at this instant is late.")
    due_at_in_zone = Instant()
    is_open = serializers.BooleanField()
    basis = serializers.CharField(help_text="Send it when filing, to be told if the promise is no longer so.")


class PromiseLine(serializers.Serializer):
    """How a promise stands at the instant of the answer. Times are opening time."""

    state = serializers.ChoiceField([state.value for state in State])
    due_at = Instant(allow_null=True)
    answered_at = Instant(allow_null=True)
    resumes_at = Instant(allow_null=True, help_text="While support is closed: when time counts again.")
    closes_at = Instant(allow_null=True)
    is_open = serializers.BooleanField()
    used_seconds = serializers.FloatField()
    left_seconds = serializers.FloatField()
    late_by_seconds = serializers.FloatField()
    share = serializers.IntegerField(help_text="The used part, in per cent.")


class TicketPromise(PromiseLine):
    """A ticket's promise. Without one, or before it is given, only the state is there."""

    number = serializers.IntegerField(required=False)
    cause = serializers.CharField(required=False)
    severity = serializers.ChoiceField(SEVERITIES, required=False)
    package = Coded(required=False)
    policy_version = serializers.IntegerField(required=False)
    target = serializers.CharField(required=False)
    target_seconds = serializers.FloatField(required=False)
    started_at = Instant(required=False)
    zone = serializers.CharField(required=False)
    due_at_in_zone = Instant(required=False, allow_null=True)
    explanation = Interval(many=True, required=False)
    clock_changes = ClockChange(many=True, required=False)


class TicketLine(serializers.Serializer):
    reference = serializers.CharField()
    url = serializers.URLField()
    subject = serializers.CharField()
    topic = Coded()
    language = serializers.CharField()
    severity = serializers.ChoiceField(SEVERITIES)
    status = serializers.ChoiceField(Ticket.Status.values)
    status_text = serializers.CharField()
    turn = serializers.ChoiceField([turn.value for turn in Turn], help_text="Who has to act next.")
    organisation = Named(help_text="The owner.")
    client = Named(allow_null=True)
    client_name = serializers.CharField()
    escalated = serializers.BooleanField()
    filed_at = Instant()
    updated_at = Instant()
    promise = PromiseLine()


class InformationRequest(serializers.Serializer):
    at = Instant()
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField(), help_text="The field's code, and what is wrong with it."
    )


class TicketInFull(TicketLine):
    description = serializers.CharField()
    environment = serializers.CharField()
    impact = serializers.CharField()
    workaround = serializers.BooleanField()
    fields = serializers.DictField()  # type: ignore[assignment]
    typed = serializers.DictField(child=serializers.CharField(), help_text="What was typed, where cleaning changed it.")
    severity_reason = Reason()
    shared = serializers.BooleanField()
    confidential_from_partner = serializers.BooleanField()
    filed_by = serializers.CharField()
    status_since = Instant()
    next_update_by = Instant(allow_null=True)
    platform_case = serializers.CharField()
    resolved_at = Instant(allow_null=True)
    merged_into = serializers.CharField(
        allow_null=True, help_text="The reference of the ticket in which support goes on with this one."
    )
    information_request = InformationRequest(allow_null=True)
    promise = TicketPromise()


class TicketFiled(TicketInFull):
    warnings = FaultShape(many=True, help_text="What looks unusual. It was filed as it is.")


class Attachment(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    at = Instant()
    message = serializers.IntegerField(allow_null=True, help_text="Null: it came with the filing.")
    url = serializers.URLField()


class Message(serializers.Serializer):
    id = serializers.IntegerField()
    at = Instant()
    author = serializers.CharField()
    author_role = serializers.ChoiceField(["organisation", "growth_manager", "support"])
    internal = serializers.BooleanField()
    is_answer = serializers.BooleanField()
    disputed_at = Instant(allow_null=True)
    body = serializers.CharField()
    attachments = Attachment(many=True)


class Event(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    at = Instant()
    text = serializers.CharField()
    reason = serializers.CharField()
    internal = serializers.BooleanField(required=False, help_text="For support only.")


class Step(serializers.Serializer):
    text = serializers.CharField()
    state = serializers.CharField()
    note = serializers.CharField()


class EscalationInFull(serializers.Serializer):
    """What people wrote is for the partner, its growth manager and support; for others it is empty."""

    id = serializers.IntegerField()
    ticket = serializers.CharField()
    state = serializers.ChoiceField(Escalation.State.values)
    state_text = serializers.CharField()
    cause = serializers.CharField()
    reason = serializers.CharField()
    partner = Named()
    manager = serializers.CharField()
    asked_at = Instant(allow_null=True)
    decide_by = Instant(allow_null=True)
    escalated_at = Instant(allow_null=True)
    acknowledge_by = Instant(allow_null=True)
    acknowledged_at = Instant(allow_null=True)
    acknowledged_by = serializers.CharField()
    ended_at = Instant(allow_null=True)
    decline_reason = serializers.CharField()
    outcome = serializers.CharField()
    steps = Step(many=True)


class Manager(serializers.Serializer):
    name = serializers.CharField()
    email = serializers.EmailField()
    phone = serializers.CharField()


class EscalationsUsed(serializers.Serializer):
    used = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True, help_text="Null: as many as needed.")
    next_month_at = Instant()


class OwnOrganisation(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(["client", "partner"])
    tier = serializers.CharField(help_text="Empty: none.")
    partner = Named(allow_null=True)
    clients = Named(many=True)
    package = PackageHours()
    languages = serializers.ListField(child=serializers.CharField())
    growth_manager = Manager(allow_null=True)
    escalations = EscalationsUsed(allow_null=True, help_text="Null: not a partner in a tier.")


def page_of(row: type[serializers.Serializer], name: str) -> serializers.Serializer:
    """Return the shape of one page of a list."""
    members = {"results": row(many=True), "next": serializers.URLField(allow_null=True)}
    return type(name, (serializers.Serializer,), members)()


TicketPage = page_of(TicketLine, "TicketPage")
MessagePage = page_of(Message, "MessagePage")
AttachmentPage = page_of(Attachment, "AttachmentPage")
EventPage = page_of(Event, "EventPage")
EscalationPage = page_of(EscalationInFull, "EscalationPage")
