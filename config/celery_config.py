"""Celery's settings and the whole schedule, in one table.

Losing a message, a worker, a scheduler or the broker loses nothing: each tick asks the database what is due. So no
result is kept, a tick that waited too long is dropped, and any number of schedulers may run.
"""

from typing import Any

from celery.schedules import crontab
from django.conf import settings
from kombu import Queue
from kombu.transport import TRANSPORT_ALIASES

broker_url = settings.CELERY_BROKER_URL
broker_connection_retry_on_startup = True
broker_transport_options: dict[str, Any] = {}
if broker_url.startswith("filesystem"):
    # One machine without a server: whoever writes a message and whoever reads it share one folder.
    TRANSPORT_ALIASES["filesystem"] = "config.folder_transport:Transport"
    broker_transport_options = {
        "folder": str(settings.BROKER_DIR),
        "polling_interval": 0.1,
    }
elif broker_url.startswith("redis"):
    broker_transport_options = {"visibility_timeout": 3600, "health_check_interval": 10, "socket_keepalive": True}

# Queues by urgency: with a worker for each, a flood of mails or a slow receiver never delays a breach.
task_queues = [Queue("timers"), Queue("mail"), Queue("webhooks"), Queue("default")]
task_default_queue = "default"
task_create_missing_queues = False
task_routes = {
    "tickets.tick": {"queue": "timers"},
    "tickets.deliver": {"queue": "mail"},
    "tickets.deliver_webhooks": {"queue": "webhooks"},
}

task_ignore_result = True
task_acks_late = True
worker_prefetch_multiplier = 1
task_soft_time_limit = 150
task_time_limit = 180
task_publish_retry_policy = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.5}
worker_enable_remote_control = False  # nothing in the product asks workers anything
worker_send_task_events = False
worker_cancel_long_running_tasks_on_connection_loss = False
worker_max_tasks_per_child = 20_000
task_serializer = "json"
accept_content = ["json"]
timezone = "UTC"  # no hour is skipped or doubled on the day when the clocks change
enable_utc = True

# In memory: what a scheduler remembered of its last run decides nothing.
beat_scheduler = "celery.beat:Scheduler"
beat_max_loop_interval = 0.5
beat_schedule = {
    "tick": {"task": "tickets.tick", "schedule": 0.5, "options": {"expires": 5}},
    "deliver": {"task": "tickets.deliver", "schedule": 1.0, "options": {"expires": 10}},
    "webhooks": {"task": "tickets.deliver_webhooks", "schedule": 1.0, "options": {"expires": 10}},
    "incidents": {"task": "tickets.answer_incidents", "schedule": 10.0, "options": {"expires": 10}},
    "figures": {"task": "tickets.count_figures", "schedule": crontab(minute="11"), "options": {"expires": 3000}},
    "purge": {"task": "tickets.purge", "schedule": crontab(hour="3", minute="20"), "options": {"expires": 3600}},
    "erase": {"task": "tickets.erase", "schedule": crontab(hour="3", minute="40"), "options": {"expires": 3600}},
}
