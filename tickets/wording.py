"""Words for the codes that people are shown: durations, states, severities, refusals. One place, five languages."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, pgettext

from packages.policy.severity import Reason
from packages.policy.wording import Text, wording
from packages.web.wording import date_words
from tickets.models import Ticket
from tickets.policy.lifecycle import Status, Turn

_REASONS = {
    Reason.IMPACT: gettext_lazy("Your answers on impact and workaround make it so."),
    Reason.TOPIC: gettext_lazy("This topic is listed so in your package."),
    Reason.BOTH: gettext_lazy("Your answers make it so, and this topic is listed so in your package."),
    Reason.TEST_ENVIRONMENT: gettext_lazy("A test environment is always Standard."),
    Reason.DEFAULT: gettext_lazy("Neither your answers nor the topic make it more severe."),
}

_REFUSALS = {
    "files_for_nobody": gettext_lazy("You belong to no organisation, so you can't file a ticket."),
    "unknown_topic": gettext_lazy("There is no such topic. Choose one of the list."),
    "support_only": gettext_lazy("Only support can do this."),
    "partner_only": gettext_lazy("Only the people of the organisation can do this."),
    "partner_or_support": gettext_lazy("Only the people of the organisation and support can do this."),
    "needs_lead": gettext_lazy(
        "Most of the time is used, or it was sent back or lowered before: this needs a support lead."
    ),
    "answered_already": gettext_lazy("The first response was given, so this is no longer possible."),
    "name_the_fields": gettext_lazy("Name at least one field, and say for each what is wrong with it."),
    "not_asked": gettext_lazy("Support did not ask for this field."),
    "nothing_asked": gettext_lazy("Support is not waiting for information on this ticket."),
    "answer_first": gettext_lazy("Give the first response before this."),
    "no_first_response": gettext_lazy(
        "A ticket can't be resolved without a first response; the resolving message may be it."
    ),
    "reason_needed": gettext_lazy("Say why: the organisation reads it."),
    "same_severity": gettext_lazy("It has this severity already."),
    "same_topic": gettext_lazy("It has this topic already."),
    "case_needed": gettext_lazy("Name the platform's case number."),
    "date_ahead_needed": gettext_lazy("Choose a date that lies ahead."),
    "not_support": gettext_lazy("Choose a person of support."),
    "absence_unclear": gettext_lazy("An absence has a first and a last day, in this order."),
    "ended": gettext_lazy("This ticket has ended."),
    "closed_for_messages": gettext_lazy("This ticket is closed. Write a new one that is linked to it."),
    "merged": gettext_lazy("This ticket was merged into another one. Write there: its page leads to it."),
    "not_an_answer": gettext_lazy("This message is not an answer."),
    "not_to_be_rated": gettext_lazy("Only a resolved ticket can be rated."),
    "not_a_colleague": gettext_lazy("Nobody with this address may see the ticket."),
    "no_client": gettext_lazy("This ticket is about no client in the portal."),
    "empty": gettext_lazy("Write something, or attach a file."),
    "too_long": gettext_lazy("This is too long. Attach it as a file instead."),
    "promise_moved": gettext_lazy(
        "What is promised changed meanwhile. Nothing was filed: look at the new promise and send again."
    ),
    "stale": gettext_lazy(
        "The ticket changed while you were writing. Nothing is lost: look at the change and send again."
    ),
}
_NOT_FROM = gettext_lazy("This is not possible any more: the ticket is now “%(status)s”.")


def refusal(code: str, **params: Any) -> str:
    """Return the sentence that says why something can't be done, and what to do."""
    if code.startswith("not_from_"):
        status = code.removeprefix("not_from_")
        return str(_NOT_FROM) % {"status": Ticket.Status(status).label}
    return str(_REFUSALS[code]) % params if code in _REFUSALS else gettext("This is not possible now.")


def refusal_codes() -> list[str]:
    """Return the codes that have a sentence, for the description of the API."""
    return sorted(_REFUSALS)


def policy_text(text: Text) -> str:
    """Return a text of the policy in the active language."""
    return wording(text, (get_language() or "en").lower())


def duration(length: timedelta) -> str:
    """Return a length of time as people say it: "46 min", "2 h 20 min", "24 h", "3 days"."""
    minutes = int(length.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(m)d min") % {"m": rest}
    if not rest:
        return gettext("%(h)d h") % {"h": hours}
    return gettext("%(h)d h %(m)02d min") % {"h": hours, "m": rest}


def time_left(left: timedelta) -> str:
    """Return "1 h 05 min left", a begun minute counted whole: what countdown.js writes from then on."""
    return gettext("%(time)s left") % {"time": duration(left + timedelta(seconds=59))}


def late_by(late: timedelta) -> str:
    """Return "Late by 1 h 05 min", whole minutes only: what countdown.js writes from then on."""
    return gettext("Late by %(time)s") % {"time": duration(late)}


def exact_duration(length: timedelta) -> str:
    """Return a length to the second, and below where there is something: for what must add up."""
    seconds = length.seconds % 60
    parts = [duration(length)]
    if seconds or length.microseconds:
        second = f"{seconds}.{length.microseconds:06d}".rstrip("0").rstrip(".")
        parts.append(gettext("%(s)s s") % {"s": second})
        if length < timedelta(minutes=1):
            parts = parts[1:]
    return " ".join(parts)


def time_of_day(at: datetime) -> str:
    """Return "03:40", in the zone of the instant that was given."""
    return f"{at:%H:%M}"


def day(at: datetime) -> str:
    """Return "Wed 25 Nov", in the zone of the instant that was given."""
    return _day(at.date(), get_language())


@lru_cache(maxsize=1024)  # a list writes the same few days again and again
def _day(on: date, _language: str | None) -> str:
    return date_words(on, pgettext("day of a year, as Django's date filter writes it", "D j M"))


def day_and_time(at: datetime) -> str:
    """Return "Wed 25 Nov, 03:40", in the zone of the instant that was given."""
    return f"{day(at)}, {time_of_day(at)}"


def short_moment(at: datetime, *, now: datetime) -> str:
    """Return the shortest that is clear, in the active zone: "15:17" today, "Wed 04:20" in three days, else the day."""
    local, today = timezone.localtime(at), timezone.localtime(now)
    if local.date() == today.date():
        return time_of_day(local)
    # Three days before and three after are seven days with seven names: further away, "Thu" could be either Thursday.
    if abs(local.date() - today.date()) <= timedelta(days=3):
        return f"{date_words(local, 'D')} {time_of_day(local)}"
    return day_and_time(local)


def ago(at: datetime, *, now: datetime) -> str:
    """Return how long ago, in whole words: "just now", "6 min ago", "3 h ago", "yesterday", else the day."""
    passed = now - at
    if passed < timedelta(minutes=1):
        return gettext("just now")
    if passed < timedelta(hours=1):
        return gettext("%(m)d min ago") % {"m": passed.seconds // 60}
    if passed < timedelta(hours=12):
        return gettext("%(h)d h ago") % {"h": passed.seconds // 3600}
    local, today = timezone.localtime(at), timezone.localtime(now)
    if local.date() == today.date():
        return gettext("today, %(time)s") % {"time": time_of_day(local)}
    if (today.date() - local.date()).days == 1:
        return gettext("yesterday")
    return day(local) if local.year == today.year else date_format(local, "DATE_FORMAT")


def zone_city(zone: str) -> str:
    """Return the city by which people know a zone: "Europe/Berlin" is "Berlin"."""
    return zone.rpartition("/")[2].replace("_", " ")


def severity_reason(code: str) -> str:
    """Return why a severity was found; `code` is a Reason or "support"."""
    if code == "support":
        return gettext("Support set it, with a reason that stands in the record.")
    return str(_REASONS[Reason(code)])


def status_word(ticket: Ticket, *, is_staff: bool) -> tuple[str, bool]:
    """Return a ticket's state in the reader's words, and whether it is the reader's turn."""
    if ticket.merged_into_id is not None:
        return pgettext("ticket", "Merged"), False
    if not is_staff and ticket.turn is Turn.PARTNER:
        return gettext("Your turn"), True
    if not is_staff and ticket.state is Status.WAITING_PLATFORM:
        return gettext("Waiting for the platform"), False
    return str(Ticket.Status(ticket.status).label), False


def fields_missing(count: int) -> str:
    return ngettext("%(n)d field missing", "%(n)d fields missing", count) % {"n": count}
