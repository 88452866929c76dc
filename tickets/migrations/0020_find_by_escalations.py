"""Support finds a ticket by what was written about its escalations too.

Among the internal words: a client's people read the ticket, but not what its partner and the growth manager wrote.
Spelled out, as everything in a migration: this is how a text was read when it was written.
"""

import re
import unicodedata

from django.db import migrations

NUMBER = re.compile(r"\d(?:[ ()./-]{0,3}\d){5,}")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
TEXTS = ("reason", "decline_reason", "outcome")


def forwards(apps, schema_editor):
    Words = apps.get_model("tickets", "TicketWords")
    escalated = apps.get_model("tickets", "Escalation").objects.filter(ticket__erased_at=None).order_by("ticket_id")
    for pk, *texts in escalated.values_list("ticket_id", *TEXTS).iterator(1000):
        row = Words.objects.filter(pk=pk).first()
        if row is None:
            continue
        plain, identifiers = _read("\n".join(texts))
        row.internal = _with(row.internal, plain)
        row.internal_identifiers = _with(row.internal_identifiers, identifiers)
        row.save(update_fields=["internal", "internal_identifiers"])


def _read(text):
    plain = unicodedata.normalize("NFKC", text).casefold().replace("(0)", "")
    joined = NUMBER.sub(lambda number: re.sub(r"\D", "", number[0]), plain)
    words = {word[:60] for word in re.findall(r"[^\W_]+", joined)}
    identifiers = {word for word in words if len(word) > 4 and any(one.isdigit() for one in word)}
    spelled = {one for word in words - identifiers for one in (word, word.translate(UMLAUTS))}
    return {_folded(word) for word in spelled}, {_folded(word) for word in identifiers}


def _folded(word):
    return "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))[:60]


def _with(text, words):
    missing = sorted(words.difference(text.split()))
    return f"{text or ' '}{' '.join(missing)} " if missing else text


class Migration(migrations.Migration):
    dependencies = [("tickets", "0019_figures")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
