"""Answers as people read them: choices by name, instants in the reader's zone, numbers as they are dialled."""

from datetime import date, datetime
from typing import Any

import phonenumbers
from babel import Locale
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, to_locale

from packages.policy.fields import Field, Kind
from tickets.wording import day_and_time, policy_text


def answer_text(field: Field, value: Any) -> str:
    """Return a typed answer in the active language and zone; several are one a line."""
    if value in (None, "", []):
        return ""
    for choice in (*field.instead, *field.choices):
        if value == choice.code:
            return policy_text(choice.name)
    if field.kind is Kind.LIST and field.item is not None:
        return "\n".join(answer_text(field.item, one) for one in value)
    if field.kind is Kind.RECORDS:
        return "\n".join(_record(field, row) for row in value)
    return _SHOWN.get(field.kind, _plain)(value)


def _record(field: Field, row: dict[str, Any]) -> str:
    return " · ".join(answer_text(column, row[column.code]) for column in field.columns if column.code in row)


def _plain(value: Any) -> str:
    return str(value)


def _yes_no(value: Any) -> str:
    return gettext("Yes") if value else gettext("No")


def _instant(value: Any) -> str:
    return day_and_time(timezone.localtime(datetime.fromisoformat(value)))


def _date(value: Any) -> str:
    return date_format(date.fromisoformat(value), "DATE_FORMAT")


def phone_text(value: str) -> str:
    """Return an E.164 number in the spaced international form; as it is, where the library knows no plan for it."""
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def country_name(code: str) -> str:
    """Return a country's name in the active language."""
    return Locale.parse(to_locale(get_language() or "en")).territories.get(code, code)


def _files(value: Any) -> str:
    return str(len(value))


_SHOWN = {
    Kind.YES_NO: _yes_no,
    Kind.MUST_BE_YES: _yes_no,
    Kind.INSTANT: _instant,
    Kind.DATE: _date,
    Kind.PHONE: phone_text,
    Kind.COUNTRY: country_name,
    Kind.NUMBER: number_format,
    Kind.FILE: _files,
}
