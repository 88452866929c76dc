"""Celery is set up so that losing it loses nothing."""

import structlog

from config.celery import app
from tickets import tasks


def test_every_scheduled_task_exists_and_has_its_queue():
    app.loader.import_default_modules()
    queues = {queue.name for queue in app.conf.task_queues}
    routes = {}
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
        routes[entry["task"]] = app.amqp.router.route({}, entry["task"])["queue"].name

    assert routes == {
        "tickets.tick": "timers",
        "tickets.deliver": "mail",
        "tickets.deliver_webhooks": "webhooks",
        "tickets.answer_incidents": "default",
        "tickets.count_figures": "default",
        "tickets.purge": "default",
        "tickets.erase": "default",
    }
    assert queues == {"timers", "mail", "webhooks", "default"}


def test_a_backlog_of_ticks_never_forms():
    tick = app.conf.beat_schedule["tick"]

    assert tick["schedule"] == 0.5
    assert tick["options"]["expires"] <= 10


def test_messages_are_acknowledged_late_one_at_a_time_and_leave_no_results():
    assert app.conf.task_acks_late
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None


def test_every_task_has_limits_that_end_before_the_broker_would_repeat_it():
    app.loader.import_default_modules()
    for name in (
        "tickets.tick",
        "tickets.deliver",
        "tickets.deliver_webhooks",
        "tickets.count_figures",
        "tickets.purge",
    ):
        task = app.tasks[name]
        hard = task.time_limit or app.conf.task_time_limit
        soft = task.soft_time_limit or app.conf.task_soft_time_limit
        assert soft < hard < 3600


def test_the_request_id_follows_into_the_task():
    seen = {}

    @app.task(name="tests.look", bind=True)
    def look(self):
        seen.update(structlog.contextvars.get_contextvars())

    structlog.contextvars.bind_contextvars(request_id="req-12345678")
    headers: dict[str, object] = {}
    from celery import signals

    signals.before_task_publish.send(sender="tests.look", headers=headers, body=None)
    structlog.contextvars.clear_contextvars()
    look.apply(headers=headers)

    assert seen["request_id"] == "req-12345678"
    assert structlog.contextvars.get_contextvars() == {}


def test_the_tasks_do_nothing_twice_when_there_is_nothing(db):
    for _ in range(2):
        tasks.tick()
        tasks.deliver()
        tasks.webhooks()
        tasks.purge()
