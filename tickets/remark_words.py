"""What is said at a field: the policy's own words where it has some, else words for the code."""

from django.utils.translation import gettext, gettext_lazy, ngettext

from packages.policy.fields import Field, Kind
from tickets.policy.remarks import Remark
from tickets.wording import policy_text

_BY_CODE = {
    "required": gettext_lazy("This is needed."),
    "wrong_type": gettext_lazy("This can't be read. Give it as the field asks for."),
    "too_long": gettext_lazy("At most %(most)s characters; there are %(length)s."),
    "too_short": gettext_lazy("At least %(least)s characters."),
    "spaces": gettext_lazy("There must be no spaces inside."),
    "invalid": gettext_lazy("This can't be read."),
    "secret": gettext_lazy("There seems to be a key or a token in it. Replace it by ***: support never needs it."),
    "not_a_choice": gettext_lazy("Choose one of the answers."),
    "choice_not_here": gettext_lazy("This answer doesn't fit the others. Choose another one."),
    "not_yes_no": gettext_lazy("Answer with yes or no."),
    "must_be_yes": gettext_lazy("This must be in place before support can act."),
    "not_a_number": gettext_lazy("Give a number."),
    "not_whole": gettext_lazy("Give a whole number."),
    "out_of_range": gettext_lazy("This number is outside of what is possible."),
    "future": gettext_lazy("This is in the future; is the zone right?"),
    "no_zone": gettext_lazy("Add the time zone, such as 2026-11-24T09:12:00+01:00."),
    "no_such_time": gettext_lazy("The clocks skipped this time on that day. Choose another one."),
    "out_of_order": gettext_lazy("The times are not in order; are the two swapped?"),
    "not_a_country": gettext_lazy("Choose the country from the list."),
    "no_such_file": gettext_lazy("This file is not here any more. Attach it again."),
    "too_many": gettext_lazy("At most %(most)s."),
    "unknown_field": gettext_lazy("This topic has no such field."),
    "unknown_client": gettext_lazy("This is none of your clients. Choose one, or write the name."),
    "unchanged": gettext_lazy("This is what stood there before. Support asked for something else."),
    "long_ago": gettext_lazy("This is more than 90 days ago. Is it right?"),
    "unusual": gettext_lazy("This looks unusual. Is it right?"),
    "inner_address": gettext_lazy("This is an inner address; the public one is needed. Is it right?"),
    "same_host": gettext_lazy("Two of the links are on one site. Is it right?"),
    "same_as": gettext_lazy("This is the same as another number on this page. Is it right?"),
}
_INSTANT_INVALID = gettext_lazy("Give the day and the time, such as 2026-11-24T09:12:00+01:00.")
_DATE_INVALID = gettext_lazy("Give the day, such as 2026-11-24.")


def remark_text(remark: Remark, field: Field | None) -> str:
    """Return the sentence for a remark, in the active language: what is wrong, and what would be right."""
    if remark.text:
        return policy_text(remark.text)
    if remark.code == "too_few":
        have, need = remark.params["have"], remark.params["need"]
        return ngettext(
            "%(have)d of %(need)d is there, add %(more)d.", "%(have)d of %(need)d are there, add %(more)d.", have
        ) % {"have": have, "need": need, "more": need - have}
    if remark.code == "one_of":
        return policy_text(remark.params["group"])
    if remark.code == "required" and field is not None and remark.params.get("need", 1) > 1:
        return gettext("At least %(need)d are needed.") % {"need": remark.params["need"]}
    if remark.code == "invalid" and field is not None and field.kind is Kind.INSTANT:
        return str(_INSTANT_INVALID)
    if remark.code == "invalid" and field is not None and field.kind is Kind.DATE:
        return str(_DATE_INVALID)
    return str(_BY_CODE[remark.code]) % remark.params
