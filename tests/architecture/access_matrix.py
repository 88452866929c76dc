"""Walks every URL of the project as everybody, and says what came of it: the machinery behind `test_access.py`.

A cell is one of: ok (served, or refused only for what the body lacks), login, 403, 404, 405.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.actions.credentials import issue_token
from accounts.actor import actor_for
from accounts.models import ApiToken, Membership, User
from packages.actions.versions import make_draft
from packages.models import PolicyVersion
from tests.cast import Cast, answer_ticket, make_ticket
from tests.shipped_policy import shipped_document
from tickets.actions.escalations import ask
from tickets.actions.incidents import Declared, declare
from tickets.actions.replaying import ask_for_replay
from tickets.models import (
    Attachment,
    Draft,
    Escalation,
    Incident,
    Outbox,
    PreparedAnswer,
    Replay,
    Retention,
    Ticket,
    Timer,
)
from tickets.models.webhook import WebhookEndpoint
from tickets.policy.webhook_kinds import Group

TABLE = Path(__file__).with_name("access_matrix.txt")
PEOPLE = (
    "visitor", "owner", "colleague", "nordlicht_member", "outsider", "direct_member", "growth", "other_growth", "agent",
    "lead", "administrator",
)  # fmt: skip
METHODS = ("GET", "POST")
# Whose ticket it is; each is visible to other people.
OBJECTS = ("meridians", "shared_with_nordlicht", "nordlichts", "confidential", "silverlines")
NOBODYS = "nothing"  # a reference that no ticket has


@dataclass(slots=True)
class Stage:
    """Everything that a URL can point at, made once."""

    cast: Cast
    tickets: dict[str, Ticket]
    files: dict[str, Attachment]
    messages: dict[str, int]
    escalation: Escalation
    draft: Draft
    staged: Attachment
    tokens: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)  # by URL, where no ticket is meant
    visible: dict[str, frozenset[int]] = field(default_factory=dict)  # by person


def urls() -> dict[str, frozenset[str]]:
    """Return every named URL of the project, with its namespaces, and the arguments that it takes."""
    return dict(_walk(get_resolver(), "", frozenset()))


def _walk(resolver: URLResolver, space: str, taken: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for pattern in resolver.url_patterns:
        wanted = taken | set(pattern.pattern.converters) | set(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space, wanted)
        elif pattern.name:
            yield f"{space}{pattern.name}", wanted


def make_stage(cast: Cast) -> Stage:
    now = timezone.now()
    WebhookEndpoint.objects.create(
        organisation=cast.meridian, url="https://hooks.example.com/", groups=list(Group), secret="sealed",
        secret_since=now, made_at=now,
    )  # fmt: skip
    tickets = {
        "meridians": make_ticket(cast.owner, "messaging_delays", now=now),
        "shared_with_nordlicht": make_ticket(cast.owner, now=now, client=str(cast.nordlicht.pk)),
        "nordlichts": make_ticket(cast.nordlicht_member, now=now),
        "confidential": make_ticket(cast.nordlicht_member, "changing_partners", now=now),
        "silverlines": make_ticket(cast.outsider, now=now),
    }
    Ticket.objects.filter(pk=tickets["shared_with_nordlicht"].pk).update(is_shared=True)
    files = {name: _file(ticket.filed_by, ticket) for name, ticket in tickets.items()}
    messages = {name: answer_ticket(ticket, cast.agent, now=now).pk for name, ticket in tickets.items()}
    escalation = ask(tickets["meridians"], cause="late", reason="It is late.", by=actor_for(cast.owner), now=now)
    PreparedAnswer.objects.create(name="Restart", texts={"en": "Please restart it."})
    words = {"en": "Messages arrive late"}
    declare(Declared(words, words), by=actor_for(cast.agent), now=now)
    draft = Draft.objects.create(
        user=cast.owner, organisation=cast.meridian, topic=tickets["meridians"].topic, saved_at=now
    )
    Retention.objects.create(days=365)
    policy = make_draft(json.loads(shipped_document()), by=cast.administrator, now=now)
    ask_for_replay(policy, days=1, by=cast.administrator, now=now)
    stage = Stage(cast, tickets, files, messages, escalation, draft, _file(cast.owner, None))
    for name in PEOPLE:
        stage.clients[name] = Client(raise_request_exception=True)
        if name != "visitor":
            person = getattr(cast, name)
            stage.clients[name].force_login(person)
            _, stage.tokens[name] = issue_token(
                user=person, organisation=actor_for(person).organisation, name="matrix", by=None, now=now
            )
    stage.keys |= _keys(cast)
    return stage


def _file(person: User | None, ticket: Ticket | None) -> Attachment:
    attachment = Attachment(
        organisation=ticket.organisation if ticket else None, uploaded_by=person, ticket=ticket, name="log.txt",
        content_type="text/plain", digest="0" * 64, size=5, at=timezone.now(),
    )  # fmt: skip
    attachment.file.save("log.txt", ContentFile(b"hello"), save=False)
    attachment.save()
    return attachment


def sees(stage: Stage, person: str, thing: str) -> bool:
    if person == "visitor":
        return False
    if person not in stage.visible:
        actor = actor_for(getattr(stage.cast, person))
        stage.visible[person] = frozenset(Ticket.objects.visible_to(actor).values_list("pk", flat=True))
    return stage.tickets[thing].pk in stage.visible[person]


def targets(stage: Stage, name: str, wanted: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Return the addresses of a URL: one for each owner where it points at a ticket, else one under the name ""."""
    of_ticket = "reference" in wanted or name in ("download", "admin:desk_file")
    for thing in (NOBODYS, *OBJECTS) if of_ticket else ("",):
        arguments = {key: _argument(stage, name, key, thing) for key in wanted}
        yield thing, reverse(name, kwargs=arguments)


def _argument(stage: Stage, name: str, key: str, thing: str) -> Any:
    if key == "reference":
        return "TK-222222" if thing == NOBODYS else stage.tickets[thing].reference
    if key == "delivery":
        return Outbox.objects.filter(channel="webhook").values_list("pk", flat=True).first()
    if key == "draft":
        return stage.draft.pk
    if key == "pk":
        return _primary_key(stage, name, thing)
    if key == "object_id":
        return _row(name)
    if key == "run":
        return Replay.objects.values_list("pk", flat=True).first()
    return {"part": "timers" if name == "admin:policy_part" else "topics", "field": "what_was_tried",
            "code": _code(name), "to": "take_up", "token": "nothing", "key": "nothing", "uidb36": "x",
            "url": "nothing", "content_type_id": 1, "app_label": "accounts", "table": "weeks"}[key]  # fmt: skip


def _code(name: str) -> str:
    return "standard" if name == "admin:policy_closed_days" else "other"


def _primary_key(stage: Stage, name: str, thing: str) -> Any:
    if name in ("download", "admin:desk_file"):
        return uuid.UUID(int=1) if thing == NOBODYS else stage.files[thing].pk
    if name == "dispute_answer":
        return stage.messages.get(thing, 1)
    if name.startswith("admin:policy_"):
        return PolicyVersion.objects.values_list("pk", flat=True).get(state=PolicyVersion.State.DRAFT)
    if "webhook" in name:
        return WebhookEndpoint.objects.values_list("pk", flat=True).first()
    if "file" in name or name == "api_attachment":
        return stage.staged.pk
    if "grant" in name:
        return stage.cast.meridian.pk
    if "escalation" in name:
        return stage.escalation.pk
    return stage.keys.get(name, 1)


def _keys(cast: Cast) -> dict[str, Any]:
    incident = Incident.objects.values_list("pk", flat=True).first()
    return {
        "member": Membership.objects.get(user=cast.owner).pk,
        "end_token": ApiToken.objects.filter(user=cast.owner).values_list("pk", flat=True).first(),
        "portrait": cast.growth.pk,
        "admin:agent": cast.agent.pk,
        **dict.fromkeys(_OF_INCIDENTS, incident),
        "admin:desk_prepared": PreparedAnswer.objects.values_list("pk", flat=True).first(),
        "admin:send_again": Outbox.objects.values_list("pk", flat=True).first() or uuid.uuid4(),
        "admin:try_timer": Timer.objects.values_list("pk", flat=True).first(),
    }


_OF_INCIDENTS = (
    "await_incident", "admin:incident", "admin:answer_incident", "admin:change_incident", "admin:conclude_incident",
)  # fmt: skip


def _row(name: str) -> Any:
    """Return a row of the model that a stock page of the admin is about; 0 where there is none."""
    if name == "admin:view_on_site":
        return 0
    app, _, rest = name.removeprefix("admin:").partition("_")
    model = apps.get_model(app, rest.rpartition("_")[0])
    return model._default_manager.values_list("pk", flat=True).first() or 0


def outcome(stage: Stage, person: str, method: str, address: str) -> str:
    """Ask as somebody; what the request changed is undone."""
    headers = {} if address.startswith("/api/") else {"accept": "text/html"}
    if address.startswith("/api/v1/") and person in stage.tokens:
        headers = {"authorization": f"Bearer {stage.tokens[person]}"}
    client = stage.clients[person]
    session = client.session.session_key if person != "visitor" else None
    with transaction.atomic():
        if method == "POST" and address.startswith("/api/"):
            response = client.post(address, data="{}", content_type="application/json", headers=headers)
        else:
            response = client.generic(method, address, headers=headers)
        if getattr(response, "streaming", False):
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    if session is not None and client.session.session_key != session:
        client.force_login(getattr(stage.cast, person))
    return word(response.status_code, response.headers.get("Location", ""))


def word(status: int, location: str) -> str:
    if status == 401 or (status in (302, 303) and "/account/login/" in location):
        return "login"
    if status in (403, 404, 405):
        return str(status)
    return "ok" if status < 500 else str(status)


def read_table() -> dict[tuple[str, str, str], tuple[str, ...]]:
    """Return the expected cells by method, name and owner."""
    rows = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        method, label, *cells = line.split()
        name, _, thing = label.partition("@")
        rows[(method, name, thing)] = tuple(cells)
    return rows
