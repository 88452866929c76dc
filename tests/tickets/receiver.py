"""A real HTTP server on this machine that plays an organisation's program: keeps what it got, answers as told."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook

from accounts.models import Organisation, User
from tickets.actions.webhooks import add_endpoint
from tickets.models import Outbox, WebhookEndpoint
from tickets.policy.webhook_kinds import Group

Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass(slots=True)
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> dict:
        """Return the payload as a receiver does. Raises: WebhookVerificationError."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass(slots=True)
class Receiver:
    """What came, in order, and how the next request is answered: a status, or a behaviour of its own."""

    url: str
    answer: int | Behaviour = 200
    got: list[Got] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.got]


def answer_with(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Behaviour:
    def behave(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return behave


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Listen on a port of this machine while the block runs."""
    receiver = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            receiver.got.append(Got(self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            behave = answer_with(receiver.answer) if isinstance(receiver.answer, int) else receiver.answer
            behave(self)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False  # one that hangs on purpose is not waited for

        def handle_error(self, *args: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def listen(
    organisation: Organisation, receiver: Receiver, *, by: User, now, path: str = "", groups=tuple(Group)
) -> tuple[WebhookEndpoint, str]:
    """Give an organisation an endpoint at a receiver. Return it with its secret."""
    return add_endpoint(organisation, url=receiver.url + path, groups=groups, by=by, now=now)


def at(instant: datetime) -> Callable[[], datetime]:
    """Return a clock that stands still."""
    return lambda: instant


def posted() -> list[Outbox]:
    """Return what was queued for endpoints, in order."""
    return list(Outbox.objects.filter(channel="webhook").order_by("queued_at", "event_id"))
