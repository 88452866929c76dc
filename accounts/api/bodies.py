"""What a request's body may be: strict JSON, an object whose members have the types that the description names."""

import json
import math
from typing import Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from accounts.api.errors import Fault, ProblemError, faults_of, pointer_to

DEEPEST = 20  # levels of nesting; no body of ours has more than five
LONGEST_NAME = 100  # of a member's name, as it is repeated in an error
MOST_FAULTS = 200  # listed; who sends more mistakes than that reads no further


class JsonBody(BaseParser):
    """Reads UTF-8 JSON. Refuses what the standard leaves open, and text that no database keeps."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise too_large()
        try:
            value = json.loads(raw.decode("utf-8"), parse_constant=_no_number, parse_float=_finite)
        except (ValueError, RecursionError) as error:
            raise malformed(_("The body is not valid JSON in UTF-8.")) from error
        _look(value, "", 1)
        return value


class StrictText(serializers.CharField):
    """Text, and nothing that could be read as text."""

    default_error_messages = {"invalid": gettext_lazy("This must be text.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class StrictBoolean(serializers.BooleanField):
    """true or false, and no word for it."""

    default_error_messages = {"invalid": gettext_lazy("This must be true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Body(serializers.Serializer):
    """An object with known members only."""

    def to_internal_value(self, data: Any) -> Any:
        object_in(data)
        unknown = {name: [unknown_member()] for name in data if name not in self.fields}
        if unknown:
            raise serializers.ValidationError(unknown)  # type: ignore[arg-type]
        return super().to_internal_value(data)


def read(body: type[Body], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """Return a request's members, checked for type, name and presence (`partial`: not for presence).

    Raises: ProblemError, ValidationError.
    """
    given = body(data=object_in(request.data), partial=partial)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def shape_faults(body: type[Body], given: dict[str, Any]) -> list[Fault]:
    """Return what is wrong with names and types of the members given; what is missing is judged elsewhere."""
    fields = body().fields
    found: list[Fault] = []
    for name, value in given.items():
        if name not in fields:
            found += faults_of(serializers.ValidationError({name: [unknown_member()]}).get_full_details())
        elif value is not None:
            try:
                fields[name].run_validation(value)
            except serializers.ValidationError as error:
                found += faults_of(error.get_full_details(), f"/{name}")
    return found


def object_in(data: Any) -> dict[str, Any]:
    """Return a body that is an object. Raises: ProblemError."""
    if not isinstance(data, dict):
        raise invalid([Fault("", "", "wrong_type", _("The body must be a JSON object."))])
    return data


def invalid(faults: list[Fault]) -> ProblemError:
    """Return the refusal of a body of which each thing that is wrong is listed."""
    detail = _("Some things are missing or wrong. Each is listed in errors.")
    return ProblemError(400, "invalid", detail, errors=faults[:MOST_FAULTS])


def malformed(detail: str) -> ProblemError:
    return ProblemError(400, "parse_error", detail)


def too_large() -> ProblemError:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return ProblemError(413, "body_too_large", _("The body is larger than %(most)d bytes.") % {"most": most}, most=most)


def unknown_member() -> ErrorDetail:
    return ErrorDetail(_("There is no such member. The description of the API lists them."), "unknown_field")


def _look(value: Any, pointer: str, depth: int) -> None:
    """Refuse what is nested too deeply, and names or texts with a NUL or half a character."""
    if depth > DEEPEST:
        raise malformed(_("The body is nested too deeply."))
    if isinstance(value, str) and not _is_text(value):
        message = _("This holds characters that are no text: NUL, or half of a surrogate pair.")
        raise invalid([Fault(pointer, pointer.split("/")[1] if pointer else "", "not_text", message)])
    if isinstance(value, list):
        for index, item in enumerate(value):
            _look(item, f"{pointer}/{index}", depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            if len(name) > LONGEST_NAME:
                raise malformed(_("The name of a member is too long."))
            _look(name, pointer, depth)
            _look(item, pointer + pointer_to(name), depth + 1)


def _is_text(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is no number of JSON")
