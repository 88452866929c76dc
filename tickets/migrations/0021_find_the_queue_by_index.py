from django.db import migrations, models

OPEN = ["in_progress", "needs_information", "new", "waiting_partner", "waiting_platform"]


class Migration(migrations.Migration):
    dependencies = [("tickets", "0020_find_by_escalations")]

    operations = [
        migrations.RemoveIndex(model_name="ticket", name="ticket_working_order"),
        migrations.RemoveIndex(model_name="ticket", name="ticket_open_counted"),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("status__in", OPEN)),
                fields=[
                    "work_at", "id", "organisation", "assignee", "language", "status", "is_escalated", "severity"
                ],
                name="ticket_working_order",
            ),
        ),
    ]
