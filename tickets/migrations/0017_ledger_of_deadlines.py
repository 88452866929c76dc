"""What the database itself must refuse: moving a deadline in its row, and settling a promise twice.

A deadline moves by another row; of the one before only the end is written, once.
"""

from django.db import migrations

# Spelled out, as everything in a migration: this is the rule at the time of its writing.
FIXED = (
    "ticket_id", "number", "version_id", "package_id", "calendar", "severity", "target", "started_at", "close_at",
    "due_at", "cause", "by_id", "made_at",
)  # fmt: skip
REFUSAL = "a promise is never changed: another row moves the deadline"

POSTGRES = f"""
CREATE FUNCTION promise_is_append_only() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.outcome IS NOT NULL
     OR ({", ".join(f"NEW.{one}" for one in FIXED)}) IS DISTINCT FROM ({", ".join(f"OLD.{one}" for one in FIXED)}) THEN
    RAISE EXCEPTION '{REFUSAL}';
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER promise_is_append_only BEFORE UPDATE OR DELETE ON tickets_promise FOR EACH ROW
  EXECUTE FUNCTION promise_is_append_only();
"""
POSTGRES_BACK = "DROP TRIGGER promise_is_append_only ON tickets_promise; DROP FUNCTION promise_is_append_only();"
SQLITE = f"""
CREATE TRIGGER promise_is_append_only BEFORE UPDATE ON tickets_promise
WHEN OLD.outcome IS NOT NULL OR {" OR ".join(f"NEW.{one} IS NOT OLD.{one}" for one in FIXED)}
BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
"""
SQLITE_BACK = "DROP TRIGGER promise_is_append_only"


def forwards(apps, schema_editor):
    schema_editor.execute(POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE)


def backwards(apps, schema_editor):
    schema_editor.execute(POSTGRES_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0016_count_the_open_by_index")]
    operations = [migrations.RunPython(forwards, backwards)]
