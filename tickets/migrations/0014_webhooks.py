import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_idempotency_keys'),
        ('tickets', '0013_count_public_events'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=500, verbose_name='address')),
                ('groups', models.JSONField(default=list)),
                ('secret', models.TextField()),
                ('secret_since', models.DateTimeField()),
                ('old_secret', models.TextField(blank=True, default='')),
                ('old_secret_until', models.DateTimeField(blank=True, null=True)),
                ('off', models.CharField(blank=True, choices=[('person', 'Switched off'), ('gone', 'Switched off: its address answered that it is gone'), ('failing', 'Switched off: it failed for too long')], default='', max_length=7)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('paused_until', models.DateTimeField(blank=True, null=True)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'webhook endpoint',
                'verbose_name_plural': 'webhook endpoints',
            },
        ),
        migrations.RemoveIndex(
            model_name='outbox',
            name='outbox_pending',
        ),
        migrations.AddField(
            model_name='outbox',
            name='queued_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='outbox',
            name='status',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='outbox',
            name='event',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='tickets.ticketevent'),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhook_endpoints', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='outbox',
            name='endpoint',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='tickets.webhookendpoint'),
        ),
        migrations.AddIndex(
            model_name='outbox',
            index=models.Index(condition=models.Q(('dead_at', None), ('sent_at', None)), fields=['channel', 'send_at'], name='outbox_pending'),
        ),
        migrations.AddIndex(
            model_name='outbox',
            index=models.Index(condition=models.Q(('channel', 'webhook'), ('dead_at', None), ('sent_at', None)), fields=['endpoint', 'send_at'], name='outbox_pending_webhooks'),
        ),
        migrations.AddIndex(
            model_name='outbox',
            index=models.Index(condition=models.Q(('endpoint__isnull', False)), fields=['endpoint', '-queued_at'], name='outbox_by_endpoint'),
        ),
        migrations.AddConstraint(
            model_name='outbox',
            constraint=models.CheckConstraint(condition=models.Q(('event__isnull', False), ('endpoint__isnull', False), _connector='OR'), name='outbox_tells_of_something'),
        ),
        migrations.AddConstraint(
            model_name='outbox',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'email'), ('user__isnull', False)), models.Q(('channel', 'webhook'), ('endpoint__isnull', False)), _connector='OR'), name='outbox_has_a_reader'),
        ),
        migrations.AddConstraint(
            model_name='webhookendpoint',
            constraint=models.UniqueConstraint(fields=('organisation', 'url'), name='webhook_url_once'),
        ),
        migrations.AddConstraint(
            model_name='webhookendpoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('old_secret', ''), ('old_secret_until', None)), models.Q(models.Q(('old_secret', ''), _negated=True), ('old_secret_until__isnull', False)), _connector='OR'), name='webhook_old_secret_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='webhookendpoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('failing_since', None), ('failures', 0)), models.Q(('failing_since__isnull', False), ('failures__gt', 0)), _connector='OR'), name='webhook_failing_is_counted'),
        ),
    ]
