"""How to file: each topic with what it asks, examples and the severity it is listed under, from the policy's data."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from packages.policy.document import Policy, Topic
from packages.policy.fields import Condition, Field, Test
from packages.policy.wording import wording

PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class FieldGuide:
    label: str
    need: str  # "mandatory", "optional", or when it is
    is_mandatory: bool
    help: str
    where: str
    example: str
    choices: list[str]


@dataclass(frozen=True, slots=True)
class ListedUnder:
    package: str
    severity: str
    name: str


@dataclass(frozen=True, slots=True)
class TopicGuide:
    code: str
    name: str
    summary: str
    listed: list[ListedUnder]  # empty: the answers about impact alone decide
    confidential: bool
    fields: list[FieldGuide]


def filing_guide(policy: Policy, language: str) -> list[TopicGuide]:
    """Return every topic in the policy's order, with its own fields."""
    return [
        TopicGuide(
            code=topic.code,
            name=wording(topic.name, language),
            summary=wording(topic.summary, language),
            listed=list(_listed(policy, topic, language)),
            confidential=topic.confidential_from_partner,
            fields=[_field(topic, field, language) for field in topic.fields],
        )
        for topic in policy.topics.values()
    ]


def common_fields(policy: Policy, language: str) -> list[FieldGuide]:
    """Return what every topic asks."""
    topic = next(iter(policy.topics.values()), None)
    return [_field(topic, field, language) for field in topic.common] if topic else []


def _listed(policy: Policy, topic: Topic, language: str) -> Iterator[ListedUnder]:
    for package, severity in topic.listed.items():
        yield ListedUnder(
            package=wording(policy.packages[package].name, language),
            severity=severity,
            name=wording(policy.severities[severity].name, language),
        )


def _field(topic: Topic, field: Field, language: str) -> FieldGuide:
    return FieldGuide(
        label=wording(field.label, language),
        need=_need(topic, field, language),
        is_mandatory=field.mandatory is True or bool(field.one_of),
        help=wording(field.help, language),
        where=wording(field.where, language),
        example=field.example,
        choices=[wording(choice.name, language) for choice in (*field.choices, *field.instead)],
    )


def _need(topic: Topic, field: Field, language: str) -> str:
    if field.one_of:
        return wording(topic.groups[field.one_of], language)
    if isinstance(field.mandatory, Condition):
        return _mandatory_when(topic, field.mandatory, language)
    if field.mandatory:
        return _("mandatory")
    return _("optional")


def _mandatory_when(topic: Topic, condition: Condition, language: str) -> str:
    if condition.filer:
        return _("mandatory when a partner files") if condition.filer == PARTNER else _("mandatory when a client files")
    other = topic.field(condition.field)
    if other is None:
        return _("mandatory in some cases")
    facts = {"field": wording(other.label, language), "answers": _answers(other, condition, language)}
    if condition.test is Test.IS:
        return _("mandatory when “%(field)s” is %(answers)s") % facts
    if condition.test is Test.IS_NOT:
        return _("mandatory unless “%(field)s” is %(answers)s") % facts
    return _("mandatory when “%(field)s” is given") % facts


def _answers(field: Field, condition: Condition, language: str) -> str:
    names = {choice.code: wording(choice.name, language) for choice in field.choices}
    return ", ".join(_("“%(answer)s”") % {"answer": names.get(value, value)} for value in condition.values)
