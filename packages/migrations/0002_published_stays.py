"""A published document stays as it is: a trigger refuses what code should never try."""

from django.db import migrations

POSTGRES = """
CREATE FUNCTION policy_version_stays() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'a published policy version never changes';
END $$ LANGUAGE plpgsql;
CREATE TRIGGER policy_version_stays BEFORE UPDATE ON packages_policyversion FOR EACH ROW
  WHEN (OLD.state <> 'draft' AND (OLD.document IS DISTINCT FROM NEW.document OR OLD.number IS DISTINCT FROM NEW.number
        OR OLD.starts_at IS DISTINCT FROM NEW.starts_at OR OLD.digest IS DISTINCT FROM NEW.digest OR NEW.state = 'draft'))
  EXECUTE FUNCTION policy_version_stays();
CREATE TRIGGER policy_version_is_kept BEFORE DELETE ON packages_policyversion FOR EACH ROW
  WHEN (OLD.state <> 'draft') EXECUTE FUNCTION policy_version_stays();
"""
POSTGRES_BACK = """
DROP TRIGGER policy_version_stays ON packages_policyversion;
DROP TRIGGER policy_version_is_kept ON packages_policyversion;
DROP FUNCTION policy_version_stays();
"""
SQLITE = """
CREATE TRIGGER policy_version_stays BEFORE UPDATE ON packages_policyversion
  WHEN OLD.state <> 'draft' AND (OLD.document IS NOT NEW.document OR OLD.number IS NOT NEW.number
       OR OLD.starts_at IS NOT NEW.starts_at OR OLD.digest IS NOT NEW.digest OR NEW.state = 'draft')
BEGIN SELECT RAISE(ABORT, 'a published policy version never changes'); END
"""


def forwards(apps, schema_editor):
    schema_editor.execute(POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_BACK)
    else:
        schema_editor.execute("DROP TRIGGER policy_version_stays")


class Migration(migrations.Migration):
    dependencies = [("packages", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
