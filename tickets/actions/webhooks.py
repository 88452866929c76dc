"""Add an endpoint, change it, replace its secret, switch it off and on, remove it; each with its entry in the audit."""

import base64
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.actions import audit
from accounts.models import Membership, Organisation, User
from accounts.sealing import seal
from tickets.models import Outbox, WebhookEndpoint
from tickets.notifications import outbox, receivers
from tickets.notifications.webhooks import PURPOSE
from tickets.policy.webhook_addresses import BadAddress
from tickets.policy.webhook_kinds import Group

PREFIX = "whsec_"
MOST = 10  # endpoints of an organisation
BOTH_SIGN = timedelta(hours=24)  # after a new secret: time to put it in place
FAILS_FOR = timedelta(days=3)  # without a delivery that arrived, then it is switched off
FAILS_OFTEN = 20  # times at least, however far apart


class BothSign(Exception):
    """The secret was replaced lately, and the old one still signs."""


def add_endpoint(
    organisation: Organisation, *, url: str, groups: Collection[str], by: User, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """Make an endpoint at an address that was checked; return it with its secret, which is never shown again.

    Raises: BadAddress, also for one that is there already ("taken") and one too many ("too_many").
    """
    receivers.look_up(url)  # takes a moment: not in the transaction
    return make_endpoint(organisation, url=url, groups=groups, by=by, now=now)


@transaction.atomic
def make_endpoint(
    organisation: Organisation, *, url: str, groups: Collection[str], by: User, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """As `add_endpoint`, without a look at the address: nothing is ever sent there unless it passes."""
    # Two at once must not pass the limit together.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    _refuse_taken(organisation, url)
    if WebhookEndpoint.objects.filter(organisation=organisation).count() >= MOST:
        raise BadAddress("too_many")
    secret = _new_secret()
    endpoint = WebhookEndpoint.objects.create(
        organisation=organisation,
        url=url,
        groups=_in_order(groups),
        secret=seal(secret, purpose=PURPOSE),
        secret_since=now,
        made_at=now,
    )
    audit.record("webhook.added", endpoint, by=by, now=now, after=_facts(endpoint))
    return endpoint, secret


def change_endpoint(
    endpoint: WebhookEndpoint, *, url: str, groups: Collection[str], by: User, now: datetime
) -> WebhookEndpoint:
    """Post to another address, or other events. What waits goes to the new address.

    Raises: BadAddress.
    """
    if url != endpoint.url:
        receivers.look_up(url)
    with transaction.atomic():
        current = _locked(endpoint)
        before = _facts(current)
        if url != current.url:
            _refuse_taken(current.organisation, url, besides=current)
            # Another address has not failed yet.
            current.failures, current.failing_since, current.paused_until = 0, None, None
        current.url, current.groups = url, _in_order(groups)
        if _facts(current) != before:
            current.save()
            audit.record("webhook.changed", current, by=by, now=now, before=before, after=_facts(current))
    return current


@transaction.atomic
def replace_secret(endpoint: WebhookEndpoint, *, by: User, now: datetime) -> tuple[WebhookEndpoint, str]:
    """Give an endpoint a new secret, which is never shown again. For a day the old one signs as well.

    Raises: BothSign, while two do: a page sent twice must not end the one that is in use.
    """
    current = _locked(endpoint)
    if current.old_secret_until is not None and now < current.old_secret_until:
        raise BothSign
    secret = _new_secret()
    current.old_secret, current.old_secret_until = current.secret, now + BOTH_SIGN
    current.secret, current.secret_since = seal(secret, purpose=PURPOSE), now
    current.save()
    after = {"both_sign_until": current.old_secret_until.isoformat()}
    audit.record("webhook.secret_replaced", current, by=by, now=now, after=after)
    return current, secret


@transaction.atomic
def end_old_secret(endpoint: WebhookEndpoint, *, by: User, now: datetime) -> WebhookEndpoint:
    """Sign with the new secret alone from now on."""
    current = _locked(endpoint)
    if current.old_secret:
        current.old_secret, current.old_secret_until = "", None
        current.save()
        audit.record("webhook.old_secret_ended", current, by=by, now=now)
    return current


@transaction.atomic
def switch_on(endpoint: WebhookEndpoint, *, by: User, now: datetime) -> WebhookEndpoint:
    """Post again what happens from now on. What was given up meanwhile can be sent again one by one."""
    current = _locked(endpoint)
    if not current.is_on:
        before = {"off": current.off}
        current.off = ""
        current.failures, current.failing_since, current.paused_until = 0, None, None
        current.save()
        audit.record("webhook.switched_on", current, by=by, now=now, before=before)
    return current


@transaction.atomic
def switch_off(endpoint: WebhookEndpoint, *, by: User, now: datetime) -> WebhookEndpoint:
    """Post nothing any more; what waits is given up."""
    current = _locked(endpoint)
    if current.is_on:
        switch_off_locked(current, WebhookEndpoint.Off.PERSON, by=by, now=now)
    return current


def switch_off_locked(endpoint: WebhookEndpoint, why: WebhookEndpoint.Off, *, by: User | None, now: datetime) -> None:
    """Switch off an endpoint whose row is taken. If no person did it (`by` None), the admins are told by mail."""
    endpoint.off = why
    endpoint.save(update_fields=["off"])
    waiting = Outbox.objects.filter(outbox.PENDING, endpoint=endpoint, channel=Outbox.Channel.WEBHOOK)
    waiting.update(dead_at=now, leased_until=None, error="switched_off")
    audit.record("webhook.switched_off", endpoint, by=by, now=now, after={"off": why.value})
    if by is None:
        Outbox.objects.bulk_create(_tell_admins(endpoint, now))


@transaction.atomic
def remove_endpoint(endpoint: WebhookEndpoint, *, by: User, now: datetime) -> None:
    """Remove an endpoint with its log. The audit keeps that it was there."""
    current = _locked(endpoint)
    audit.record("webhook.removed", current, by=by, now=now, before=_facts(current))
    current.delete()


def send_test(endpoint: WebhookEndpoint, *, now: datetime) -> Outbox | None:
    """Queue a test, ahead of what waits; None while the endpoint is off or a test is on its way."""
    with transaction.atomic():
        current = _locked(endpoint)
        waiting = Outbox.objects.filter(outbox.PENDING, endpoint=current, event=None, channel=Outbox.Channel.WEBHOOK)
        if not current.is_on or waiting.exists():
            return None
        # Whoever tests has just mended something.
        WebhookEndpoint.objects.filter(pk=current.pk).update(paused_until=None)
        row = outbox.webhook(current, None, now=now)
        row.send_at = now - timedelta(days=365)
        row.save()
    return row


def send_again(row: Outbox, *, now: datetime) -> bool:
    """Post a delivery once more under its id; False, if it waits already or its endpoint is off."""
    with transaction.atomic():
        endpoint = taken(row.endpoint_id or 0)
        if endpoint is None or not endpoint.is_on:
            return False
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(paused_until=None)
        return outbox.send_again(row, now=now) > 0


def taken(pk: int) -> WebhookEndpoint | None:
    """Take an endpoint's row until the transaction ends; None, if it was removed."""
    return WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk=pk).first()


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)


def _refuse_taken(organisation: Organisation, url: str, besides: WebhookEndpoint | None = None) -> None:
    others = WebhookEndpoint.objects.filter(organisation=organisation, url=url)
    if others.exclude(pk=besides.pk if besides else 0).exists():
        raise BadAddress("taken")


def _tell_admins(endpoint: WebhookEndpoint, now: datetime) -> list[Outbox]:
    admins = Membership.objects.filter(organisation=endpoint.organisation_id, is_admin=True, user__is_active=True)
    return [
        Outbox(
            endpoint=endpoint,
            channel=Outbox.Channel.EMAIL,
            user=admin.user,
            recipient=admin.user.email,
            is_urgent=True,
            queued_at=now,
            send_at=now,
        )
        for admin in admins.select_related("user").order_by("pk")
    ]


def _facts(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {"url": endpoint.url, "groups": endpoint.groups}


def _in_order(groups: Collection[str]) -> list[str]:
    return [group.value for group in Group if group in groups]


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
