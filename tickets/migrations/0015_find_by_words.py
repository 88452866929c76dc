"""The words that a ticket is found by get a table of their own, and on PostgreSQL vectors with one index.

Spelled out, as everything in a migration: this is how a text was read when it was written.
"""

import re
import unicodedata

import django.db.models.deletion
from django.db import migrations, models

# The vectors are read ticket by ticket and stay in the row; the texts, which only grow, go out of it first.
VECTORS = """
ALTER TABLE tickets_ticketwords
  ADD public_vector tsvector NOT NULL
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(public), ' '))) STORED,
  ADD internal_vector tsvector NOT NULL
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(internal), ' '))) STORED,
  ALTER public_vector SET STORAGE MAIN,
  ALTER internal_vector SET STORAGE MAIN
"""
# Without the extension, which somebody else than the owner may have to add, a part of a number is found by reading.
IDENTIFIERS = ", public_identifiers gin_trgm_ops, internal_identifiers gin_trgm_ops"
NUMBER = re.compile(r"\d(?:[ ()./-]{0,3}\d){5,}")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            identifiers = IDENTIFIERS if cursor.fetchone() else ""
        schema_editor.execute(VECTORS)
        schema_editor.execute(
            f"CREATE INDEX ticket_words ON tickets_ticketwords USING gin (public_vector, internal_vector{identifiers})"
        )
    rows = apps.get_model("tickets", "Ticket").objects.values_list("pk", "search_all", "search_public")
    Words = apps.get_model("tickets", "TicketWords")
    Words.objects.bulk_create((_row(Words, *row) for row in rows.iterator(1000)), batch_size=1000)


def _row(Words, pk, everything, public):
    shown, identifiers = _read(public)
    kept, kept_identifiers = _read(everything)
    return Words(
        pk=pk, public=_text(shown), public_identifiers=_text(identifiers), internal=_text(kept - shown),
        internal_identifiers=_text(kept_identifiers - identifiers),
    )  # fmt: skip


def _read(text):
    plain = unicodedata.normalize("NFKC", text).casefold().replace("(0)", "")
    joined = NUMBER.sub(lambda number: re.sub(r"\D", "", number[0]), plain)
    words = {word[:60] for word in re.findall(r"[^\W_]+", joined)}
    identifiers = {word for word in words if len(word) > 4 and any(one.isdigit() for one in word)}
    spelled = {one for word in words - identifiers for one in (word, word.translate(UMLAUTS))}
    return {_folded(word) for word in spelled}, {_folded(word) for word in identifiers}


def _folded(word):
    return "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))[:60]


def _text(words):
    return f" {' '.join(sorted(words))} " if words else ""


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for column in ("search_all", "search_public"):
            schema_editor.execute(f"DROP INDEX IF EXISTS ticket_{column}_words")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0014_webhooks")]

    operations = [
        migrations.CreateModel(
            name="TicketWords",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("public", models.TextField(blank=True, default="")),
                ("public_identifiers", models.TextField(blank=True, default="")),
                ("internal", models.TextField(blank=True, default="")),
                ("internal_identifiers", models.TextField(blank=True, default="")),
            ],
        ),
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.RunPython(drop_indexes, migrations.RunPython.noop),
        migrations.RemoveField(model_name="ticket", name="search_all"),
        migrations.RemoveField(model_name="ticket", name="search_public"),
    ]
