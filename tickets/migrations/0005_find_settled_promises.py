from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_find_failing_timers")]

    operations = [
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                condition=models.Q(("outcome__in", ["kept", "missed"])),
                fields=["ended_at"],
                name="promise_settled_by_end",
            ),
        ),
    ]
