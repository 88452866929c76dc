"""The project: settings, addresses, the Celery app. Importing it here makes tasks find their broker everywhere."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
