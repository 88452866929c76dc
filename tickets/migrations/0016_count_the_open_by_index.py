from django.db import migrations, models

OPEN = ["in_progress", "needs_information", "new", "waiting_partner", "waiting_platform"]


class Migration(migrations.Migration):
    dependencies = [("tickets", "0015_find_by_words")]

    operations = [
        migrations.RemoveIndex(model_name="promise", name="promise_running_by_due"),
        migrations.RemoveIndex(model_name="ticket", name="ticket_open_by_assignee"),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                condition=models.Q(("outcome", None)), fields=["close_at", "due_at"], name="promise_running_by_close"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("status__in", OPEN)),
                fields=["assignee", "language", "status", "is_escalated"],
                name="ticket_open_counted",
            ),
        ),
    ]
