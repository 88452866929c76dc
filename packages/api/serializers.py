"""The shapes of what the routes about packages answer, for the description of the API."""

from rest_framework import serializers

from packages.policy.fields import Kind
from packages.policy.severity import Severity

SEVERITIES = [severity.value for severity in Severity]


class TopicLine(serializers.Serializer):
    """A topic. `listed` is the severity that each package lists it under; a package that lists none is left out."""

    code = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    words = serializers.CharField(help_text="Words that people search by.")
    listed = serializers.DictField(child=serializers.ChoiceField(SEVERITIES))
    confidential_from_partner = serializers.BooleanField()


class Topics(serializers.Serializer):
    policy_version = serializers.IntegerField()
    topics = TopicLine(many=True)


class Condition(serializers.Serializer):
    """When it holds: by who files ("partner" or "client"), else by another answer, `field`, that `test` judges."""

    filer = serializers.CharField(required=False)
    field = serializers.CharField(required=False)
    test = serializers.ChoiceField(["is", "is_not", "given"], required=False)
    values = serializers.ListField(child=serializers.CharField(), required=False)


class Choice(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    help = serializers.CharField()
    when = Condition(allow_null=True)


class Rules(serializers.Serializer):
    """What a value keeps to; a rule that a field does not have is left out."""

    min_length = serializers.IntegerField(required=False)
    max_length = serializers.IntegerField(required=False)
    pattern = serializers.CharField(required=False, help_text="Refused when the whole value does not match.")
    usual = serializers.CharField(required=False, help_text="Asked about, never refused, when it does not match.")
    usual_length = serializers.ListField(child=serializers.IntegerField(), required=False)
    no_spaces = serializers.BooleanField(required=False)
    case = serializers.CharField(required=False)
    minimum = serializers.FloatField(required=False)
    maximum = serializers.FloatField(required=False)
    above = serializers.FloatField(required=False)
    decimals = serializers.BooleanField(required=False)
    time = serializers.CharField(required=False, help_text='"past": it can\'t lie ahead.')
    before = serializers.CharField(required=False, help_text="The field that this is earlier than.")
    not_before = serializers.CharField(required=False, help_text="The field that this is not earlier than.")
    date_from = serializers.CharField(required=False, help_text="The field that gives a clock time its date.")
    min_items = serializers.IntegerField(required=False)
    max_items = serializers.IntegerField(required=False)
    distinct = serializers.BooleanField(required=False)
    distinct_hosts = serializers.BooleanField(required=False)
    differs_from = serializers.CharField(required=False)


class Part(serializers.Serializer):
    """What a field, an item of a list or a column of its records takes."""

    code = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField([kind.value for kind in Kind])
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()
    where = serializers.CharField(help_text="Where to find the value.")
    example = serializers.CharField()
    message = serializers.CharField(help_text="What is said when the value is refused.")
    mandatory = serializers.BooleanField(help_text="Always; see also mandatory_when and one_of.")
    mandatory_when = Condition(allow_null=True)
    asked_when = Condition(allow_null=True, help_text="Null: always.")
    one_of = serializers.CharField(allow_null=True, help_text="The group of which one field must be given.")
    choices = Choice(many=True)
    other_values = serializers.BooleanField(help_text="A value that is no choice is taken as well.")
    instead = Choice(many=True, help_text="Answers that count in place of a real one.")
    suggestions = serializers.ListField(child=serializers.CharField())
    rules = Rules()
    item = serializers.JSONField(allow_null=True, help_text="The part that a list repeats, in this same shape.")
    columns = serializers.ListField(
        child=serializers.JSONField(), help_text="The parts of each record, in this same shape."
    )


class TopicField(Part):
    pointer = serializers.CharField(help_text="Where the answer stands in the body of a ticket.")


class Group(serializers.Serializer):
    message = serializers.CharField()
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


class TopicInFull(TopicLine):
    one_of = serializers.DictField(child=Group())
    fields = TopicField(many=True)  # type: ignore[assignment]


class ClosedDay(serializers.Serializer):
    date = serializers.DateField()
    name = serializers.CharField(allow_blank=True)


class Target(serializers.Serializer):
    severity = serializers.ChoiceField(SEVERITIES)
    name = serializers.CharField()
    within = serializers.CharField(help_text="Opening time until the first response, as an ISO 8601 duration.")


class PackageHours(serializers.Serializer):
    """A package: its hours on the wall clock of `zone`, its closed days of the next year, and its targets."""

    code = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    zone = serializers.CharField()
    is_open = serializers.BooleanField()
    closes_at = serializers.DateTimeField(allow_null=True)
    next_opening_at = serializers.DateTimeField(allow_null=True)
    week = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    closed_days = ClosedDay(many=True)
    targets = Target(many=True)


class SupportHours(serializers.Serializer):
    at = serializers.DateTimeField()
    policy_version = serializers.IntegerField()
    default_package = serializers.CharField()
    packages = PackageHours(many=True)
