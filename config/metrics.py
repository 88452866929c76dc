"""Metrics for Prometheus, read from the database when asked: the same from every web process."""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tickets.models import Outbox
from tickets.queries import timers
from tickets.queries.webhooks import failing_endpoints


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the metrics to whoever holds METRICS_TOKEN; without one only while DEBUG is on (404 otherwise)."""
    if not _may_read(request):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(PortalCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return bool(settings.DEBUG)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())


class PortalCollector(Collector):
    """Timers, the recurring jobs and the outbox."""

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        yield from self._timers()
        ages = GaugeMetricFamily("portal_job_age_seconds", "Since a recurring job last ran.", labels=["job"])
        for job, at in timers.heartbeats().items():
            ages.add_metric([job], (now - at).total_seconds())
        yield ages
        yield from self._outbox()

    def _outbox(self) -> Iterator[Metric]:
        """Mails and webhooks apart: when a receiver is down it is its own matter, a mail server is everybody's."""
        now = timezone.now()
        waiting = GaugeMetricFamily("portal_outbox_waiting", "Deliveries that ought to have left.", labels=["channel"])
        oldest = GaugeMetricFamily(
            "portal_outbox_oldest_seconds", "For how long the oldest of them waits.", labels=["channel"]
        )
        dead = GaugeMetricFamily("portal_outbox_dead", "Deliveries given up.", labels=["channel"])
        for channel in Outbox.Channel.values:
            rows = timers.waiting_deliveries(now).filter(channel=channel)
            first = rows.values_list("send_at", flat=True).first()
            waiting.add_metric([channel], rows.count())
            oldest.add_metric([channel], (now - first).total_seconds() if first else 0)
            dead.add_metric([channel], timers.dead_deliveries().filter(channel=channel).count())
        yield from (waiting, oldest, dead)
        yield GaugeMetricFamily(
            "portal_webhooks_failing", "Endpoints whose last delivery failed.", value=failing_endpoints().count()
        )

    def _timers(self) -> Iterator[Metric]:
        now = timezone.now()
        late = timers.lateness(now)
        quantiles = GaugeMetricFamily(
            "portal_timer_lateness_seconds", "From due to fired, in the last 15 minutes.", labels=["quantile"]
        )
        for quantile, length in (("0.5", late.p50), ("0.95", late.p95), ("0.99", late.p99)):
            quantiles.add_metric([quantile], length.total_seconds())
        yield quantiles
        yield GaugeMetricFamily("portal_timers_fired", "Timers fired in the last 15 minutes.", value=late.count)
        yield GaugeMetricFamily("portal_timers_overdue", "Timers that are due.", value=timers.due(now).count())
        overdue = timers.oldest_overdue(now)
        yield GaugeMetricFamily(
            "portal_timers_oldest_overdue_seconds",
            "For how long the first of them is due.",
            value=overdue.total_seconds() if overdue is not None else 0,
        )
        yield GaugeMetricFamily("portal_timers_failing", "Timers that failed.", value=timers.failing().count())
