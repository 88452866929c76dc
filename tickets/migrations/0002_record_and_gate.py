"""What the database itself must refuse: changing the record, and an escalation without a valid, open ticket of a
partner in a tier with a growth manager."""

from django.db import migrations

# Spelled out, as everything in a migration: this is the rule at the time of its writing.
GATE = """
SELECT 1 FROM tickets_ticket t
  JOIN accounts_organisation o ON o.id = t.organisation_id
  JOIN accounts_organisation p ON p.id = NEW.partner_id
 WHERE t.id = NEW.ticket_id
   AND t.status IN ('new', 'in_progress', 'waiting_partner', 'waiting_platform')
   AND (o.id = p.id OR o.partner_id = p.id)
   AND p.tier <> '' AND p.growth_manager_id IS NOT NULL
"""

POSTGRES = f"""
CREATE FUNCTION ticket_record_is_append_only() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'the record of a ticket is append-only';
END $$ LANGUAGE plpgsql;
CREATE TRIGGER ticket_record_is_append_only BEFORE UPDATE OR DELETE ON tickets_ticketevent FOR EACH ROW
  EXECUTE FUNCTION ticket_record_is_append_only();
CREATE FUNCTION escalation_needs_a_ticket() RETURNS trigger AS $$
BEGIN
  IF NOT EXISTS ({GATE}) THEN
    RAISE EXCEPTION 'no escalation without a valid, open ticket' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER escalation_needs_a_ticket BEFORE INSERT ON tickets_escalation FOR EACH ROW
  EXECUTE FUNCTION escalation_needs_a_ticket();
"""
POSTGRES_BACK = """
DROP TRIGGER ticket_record_is_append_only ON tickets_ticketevent;
DROP FUNCTION ticket_record_is_append_only();
DROP TRIGGER escalation_needs_a_ticket ON tickets_escalation;
DROP FUNCTION escalation_needs_a_ticket();
"""
SQLITE = (
    """
CREATE TRIGGER ticket_record_is_append_only BEFORE UPDATE ON tickets_ticketevent
BEGIN SELECT RAISE(ABORT, 'the record of a ticket is append-only'); END
""",
    f"""
CREATE TRIGGER escalation_needs_a_ticket BEFORE INSERT ON tickets_escalation WHEN NOT EXISTS ({GATE})
BEGIN SELECT RAISE(ABORT, 'no escalation without a valid, open ticket'); END
""",
)
SQLITE_BACK = ("DROP TRIGGER ticket_record_is_append_only", "DROP TRIGGER escalation_needs_a_ticket")


def forwards(apps, schema_editor):
    for statement in (POSTGRES,) if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in (POSTGRES_BACK,) if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
