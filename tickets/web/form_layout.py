"""Where each question stands on the page: short ones side by side, those of which one is needed in a frame."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field as Placed
from crispy_forms.layout import Layout, LayoutObject, Row
from crispy_forms.utils import TEMPLATE_PACK
from django.template.loader import render_to_string

from tickets.web.forms import FIRST, LAST, SEVERITY, TicketForm
from tickets.web.questions import Question
from tickets.wording import policy_text


class OneOf(LayoutObject):
    """A frame around questions of which one must be answered."""

    def __init__(self, group: str, *fields: Any) -> None:
        self.group = group
        self.fields = list(fields)

    def render(self, form: TicketForm, context: Any, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> str:
        return render_to_string(
            "tickets/fields/one_of.html",
            {
                "group": self.group,
                "legend": policy_text(form.asking.topic.groups[self.group]),
                "errors": form.group_errors.get(self.group, []),
                "questions": self.get_rendered_fields(form, context, template_pack, **kwargs),
            },
        )


def severity_helper(form: TicketForm) -> FormHelper:
    """Return the helper of the section that decides the severity."""
    return _helper(*(_placed(form, code) for code in SEVERITY if code in form.fields))


def questions_helper(form: TicketForm) -> FormHelper:
    """Return the helper of everything else: whom it is about, the topic's own questions, the description."""
    own = [code for code in form.fields if code not in {*SEVERITY, *FIRST, *LAST}]
    first = [code for code in FIRST if code in form.fields]
    last = [code for code in LAST if code in form.fields]
    return _helper(*_arranged(form, first), *_arranged(form, own), *(_placed(form, code) for code in last))


def named_helper(form: TicketForm) -> FormHelper:
    """Return the helper of the fields that support named, one below the other: each carries a reason."""
    return _helper(*(_placed(form, code) for code in form.fields))


def _helper(*parts: Any) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.form_show_errors = False  # the page has one summary for all its sections
    helper.layout = Layout(*parts)
    helper.render_unmentioned_fields = False
    return helper


def _arranged(form: TicketForm, codes: Sequence[str]) -> Iterable[Any]:
    for group, members in groupby(codes, key=lambda code: _group(form, code)):
        inside = list(_paired(form, list(members)))
        if group:
            yield OneOf(group, *inside)
        else:
            yield from inside


def _paired(form: TicketForm, codes: Sequence[str]) -> Iterable[Any]:
    waiting: list[str] = []
    for code in codes:
        if code == "subject" or not _is_short(form, code):
            yield from _row(form, waiting)
            waiting = []
            yield _placed(form, code)
            continue
        waiting.append(code)
        if len(waiting) == 2:
            yield from _row(form, waiting)
            waiting = []
    yield from _row(form, waiting)


def _row(form: TicketForm, codes: Sequence[str]) -> Iterable[Any]:
    if codes:
        yield Row(*(_placed(form, code) for code in codes))


def _placed(form: TicketForm, code: str) -> Placed:
    field = form.fields[code]
    return Placed(code, template=field.template) if isinstance(field, Question) else Placed(code)


def _group(form: TicketForm, code: str) -> str:
    field = form.fields[code]
    return field.rule.one_of if isinstance(field, Question) else ""


def _is_short(form: TicketForm, code: str) -> bool:
    field = form.fields[code]
    return not isinstance(field, Question) or field.is_short
