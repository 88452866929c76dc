"""Links between tickets, and that a merged ticket is a closed one.

SQLite makes a table anew to give it a constraint, which a trigger that reads the table forbids: the gate of escalations
is taken away meanwhile, and put back as it was.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


GATE = """
CREATE TRIGGER escalation_needs_a_ticket BEFORE INSERT ON tickets_escalation WHEN NOT EXISTS (
SELECT 1 FROM tickets_ticket t
  JOIN accounts_organisation o ON o.id = t.organisation_id
  JOIN accounts_organisation p ON p.id = NEW.partner_id
 WHERE t.id = NEW.ticket_id
   AND t.status IN ('new', 'in_progress', 'waiting_partner', 'waiting_platform')
   AND (o.id = p.id OR o.partner_id = p.id)
   AND p.tier <> '' AND p.growth_manager_id IS NOT NULL
)
BEGIN SELECT RAISE(ABORT, 'no escalation without a valid, open ticket'); END
"""


def open_gate(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER escalation_needs_a_ticket")


def shut_gate(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(GATE)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_idempotency_keys'),
        ('packages', '0002_published_stays'),
        ('tickets', '0010_prepared_answers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TicketLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.AlterField(
            model_name='promise',
            name='cause',
            field=models.CharField(choices=[('filed', 'Filed'), ('completed', 'Information completed'), ('corrected', 'Severity corrected'), ('worse', 'It got worse'), ('topic', 'Topic changed'), ('unmerged', 'Merge undone')], max_length=10),
        ),
        migrations.RunPython(open_gate, shut_gate),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('status', 'closed'), models.Q(('merged_into', models.F('id')), _negated=True)), _connector='OR'), name='ticket_merged_is_closed'),
        ),
        migrations.RunPython(shut_gate, open_gate),
        migrations.AddField(
            model_name='ticketlink',
            name='first',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='ticketlink',
            name='second',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket'),
        ),
        migrations.AddConstraint(
            model_name='ticketlink',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='ticket_link_once'),
        ),
        migrations.AddConstraint(
            model_name='ticketlink',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='ticket_link_in_order'),
        ),
    ]
