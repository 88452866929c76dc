"""Any part of a word, a number or an identifier is found by an index, on PostgreSQL. SQLite reads the text."""

from django.db import migrations

COLUMNS = ("search_all", "search_public")
# Somebody else than the owner may have to add the extension; without it a search is slower, and as right.
EXTENSION = """
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'pg_trgm could not be added (%), so searches read every ticket', SQLERRM;
END $$
"""


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(EXTENSION, params=None)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone() is None:
            return
    for column in COLUMNS:
        schema_editor.execute(
            f"CREATE INDEX ticket_{column}_words ON tickets_ticket USING gin ({column} gin_trgm_ops)"
        )


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for column in COLUMNS:
            schema_editor.execute(f"DROP INDEX IF EXISTS ticket_{column}_words")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_find_settled_promises")]

    operations = [migrations.RunPython(forwards, backwards)]
