"""How the tests call the API, and bodies that it takes."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from packages.policy.document import COMMON_FIELDS, Policy
from tests.answers import answers_for

V1 = "/api/v1/"


@dataclass(frozen=True, slots=True)
class Caller:
    """Sends JSON with a token; addresses are below /api/v1/."""

    client: Client

    def get(self, address: str, query: Any = None, **headers: str) -> Any:
        return self.client.get(V1 + address, query, headers=_named(headers))

    def post(self, address: str, body: Any = None, **headers: str) -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps({} if body is None else body)
        return self.client.post(V1 + address, text, content_type="application/json", headers=_named(headers))

    def upload(self, address: str, file: Any, **fields: Any) -> Any:
        return self.client.post(V1 + address, {"file": file, **fields})


def ticket_body(
    policy: Policy, topic: str = "messaging_delays", *, filer: str = "partner", **changes: Any
) -> dict[str, Any]:
    """Return a body that files a ticket of a topic; `changes` replace top-level members (None leaves one out)."""
    answers = answers_for(policy.topics[topic], filer=filer)
    body: dict[str, Any] = {"topic": topic, **{code: answers[code] for code in COMMON_FIELDS if code in answers}}
    body["fields"] = {code: value for code, value in answers.items() if code not in COMMON_FIELDS}
    body |= changes
    return {name: value for name, value in body.items() if value is not None}


def pointers(response: Any) -> list[str]:
    """Return where the errors of a refusal point."""
    return [fault["pointer"] for fault in response.json()["errors"]]


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
