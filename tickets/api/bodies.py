"""The shapes of what is sent to the routes of tickets. What a ticket needs is judged by the validator, not here."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.bodies import Body, StrictBoolean, StrictText
from packages.policy.severity import Environment, Impact

IMPACTS = ", ".join(impact.value for impact in Impact)
ENVIRONMENTS = ", ".join(environment.value for environment in Environment)
MOST_FILES = "Ids of files that were staged at `attachments/`."


@extend_schema_field({"type": ["string", "integer"]})
class ClientField(serializers.Field):
    """One of the partner's clients by id, or a name."""

    def to_internal_value(self, data: object) -> object:
        if isinstance(data, bool) or not isinstance(data, str | int):
            raise serializers.ValidationError("This must be a name, or the id of a client.", code="invalid")
        return data


class FileIds(serializers.ListField):
    child = serializers.UUIDField()


class PromiseBody(Body):
    """What decides a severity. Nothing is saved."""

    topic = StrictText(help_text="The code of a topic.")
    impact = StrictText(allow_blank=True, help_text=f"One of: {IMPACTS}.")
    workaround = StrictBoolean(help_text="Is there a workaround?")
    environment = StrictText(allow_blank=True, help_text=f"One of: {ENVIRONMENTS}.")


class TicketBody(Body):
    """A ticket to file."""

    topic = StrictText(allow_blank=True, help_text="The code of a topic.")
    subject = StrictText(allow_blank=True)
    description = StrictText(allow_blank=True, help_text="Markdown. Never a key, a token or a PIN.")
    language = StrictText(allow_blank=True, help_text="The language to answer in: en, pt-br, de, es or ru.")
    environment = StrictText(allow_blank=True, help_text=f"One of: {ENVIRONMENTS}. It may stand in `fields` as well.")
    impact = StrictText(allow_blank=True, help_text=f"One of: {IMPACTS}.")
    workaround = StrictBoolean(help_text="Is there a workaround?")
    client = ClientField(
        required=False, help_text="Of a partner: the affected client, by id or name, or anybody by name."
    )
    fields = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="The answers to the topic's own fields, by code: see `topics/{code}/`."
    )
    attachments = FileIds(required=False, help_text=MOST_FILES)
    shared = StrictBoolean(
        required=False, help_text="May the client see the ticket and answer? Left out: as the client wishes."
    )
    basis = StrictText(
        required=False,
        help_text="Of a promise seen before: when another one would be given, it is 409 `promise_moved`.",
    )


class CompleteBody(Body):
    """The fields that support asked for, given anew. Those of every topic may stand at the top, as when filing."""

    subject = StrictText(required=False, allow_blank=True)
    description = StrictText(required=False, allow_blank=True)
    language = StrictText(required=False, allow_blank=True)
    environment = StrictText(required=False, allow_blank=True)
    impact = StrictText(required=False, allow_blank=True)
    workaround = StrictBoolean(required=False)
    client = ClientField(required=False)
    fields = serializers.DictField(required=False)  # type: ignore[assignment]
    attachments = FileIds(required=False, help_text=MOST_FILES)
    basis = StrictText(required=False)


class NothingBody(Body):
    """No members: an empty object, or no body at all."""


class ReopenBody(Body):
    reason = StrictText(required=False, allow_blank=True, max_length=5000, help_text="What is still wrong.")


class WorseBody(Body):
    """It got worse: possible until the first response. Only support lowers a severity."""

    impact = serializers.ChoiceField([impact.value for impact in Impact])
    workaround = StrictBoolean()
    reason = StrictText(max_length=5000)


class MessageBody(Body):
    body = StrictText(required=False, allow_blank=True, help_text="Markdown. It may be empty when files come with it.")
    attachments = FileIds(required=False, help_text=MOST_FILES)
    is_answer = StrictBoolean(
        required=False, help_text="Of support: this is an answer, and so counts as a first response. Not unless said."
    )
    internal = StrictBoolean(required=False, help_text="Of support: an internal note, which nobody else sees.")


class FileBody(serializers.Serializer):
    file = serializers.FileField(help_text="PNG, JPEG, WebP, GIF, PDF, TXT, LOG, JSON or CSV, judged by its content.")


class TicketFileBody(FileBody):
    body = serializers.CharField(required=False, help_text="What is said with it.")


class EscalationBody(Body):
    """Why it is needed now."""

    cause = StrictText(
        allow_blank=True, help_text="late, no_progress, impact_grew, wrong_answer, other: as the policy lists."
    )
    reason = StrictText(allow_blank=True, help_text="What the decision is based on.")


class DeclineBody(Body):
    reason = StrictText(allow_blank=True, help_text="The partner reads it.")


class ConcludeBody(Body):
    outcome = StrictText(allow_blank=True, help_text="How it ended. The partner reads it.")
