"""The Celery app: the hands. The truth about what is due is the database's."""

import logging
import logging.config
import os
from typing import Any

import structlog
from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("config.celery_config")
app.autodiscover_tasks(["tickets"])


@signals.setup_logging.connect
def _log_as_the_portal_does(**kwargs: Any) -> None:
    """Keep Celery from setting up logs of its own: a task's line looks like a request's."""
    from django.conf import settings  # not before Django is set up

    logging.config.dictConfig(settings.LOGGING)
    # Several ticks a second would drown the rest. What a task did, it says itself.
    for chatty in ("celery.app.trace", "celery.worker.strategy", "celery.beat"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@signals.before_task_publish.connect
def _send_request_id(headers: dict[str, Any] | None = None, **kwargs: Any) -> None:
    """Put the id of the request at hand into the message, so that it follows into the task."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id and headers is not None:
        headers.setdefault("request_id", request_id)


@signals.task_prerun.connect
def _bind_request_id(task_id: str = "", task: Any = None, **kwargs: Any) -> None:
    structlog.contextvars.clear_contextvars()
    sent = task.request.get("headers") or {}
    request_id = sent.get("request_id") or task_id
    structlog.contextvars.bind_contextvars(request_id=request_id, task=task.name)


@signals.task_postrun.connect
def _forget_request_id(**kwargs: Any) -> None:
    structlog.contextvars.clear_contextvars()
