"""Posts to an address that somebody else wrote: looked up once, checked, and connected to as checked.

Between look-up and connection nothing is looked up again, so that a name can't point elsewhere in between (DNS
rebinding). Redirects are not followed, proxies of the environment not used, and nothing is read but the status.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from time import monotonic

from django.conf import settings

from tickets.policy.webhook_addresses import Address, BadAddress, is_public, read_address

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 15.0  # from connecting to the status; much shorter than a lease
MOST_READ = 16 * 1024  # of a body that nobody needs: a receiver should see it taken
MOST_TRIED = 4  # addresses of one host


class NoAnswer(Exception):
    """The receiver gave no status. `code` says why (`tickets.webhook_words` words it), `detail` what exactly."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Receiver:
    """An address with what it was looked up as; each of these was checked."""

    address: Address
    ips: tuple[str, ...]


def look_up(url: str) -> Receiver:
    """Return where a URL leads, if a webhook may go there.

    Raises: BadAddress, also for a host that can't be found.
    """
    address = read_address(url, local=settings.WEBHOOKS_TO_LOCAL)
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadAddress("unknown_host") from error
    ips = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    # All of them: a host with one address inside is up to something.
    if not settings.WEBHOOKS_TO_LOCAL and not all(is_public(ip) for ip in ips):
        raise BadAddress("not_public")
    return Receiver(address, ips[:MOST_TRIED])


def post(receiver: Receiver, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """Post to a receiver; return the status and its reason.

    Raises: NoAnswer.
    """
    connection = _Connection(receiver, end=monotonic() + WHOLE_SECONDS)
    # A time-out of the socket counts from byte to byte: who answers one a second would never be done.
    cut = threading.Timer(WHOLE_SECONDS, connection.cut)
    cut.daemon = True
    cut.start()
    try:
        connection.putrequest("POST", receiver.address.target, skip_host=True, skip_accept_encoding=True)
        sent = {"Host": receiver.address.host_header, **headers, "Content-Length": str(len(body))}
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        _take_some(connection, answer)
        return answer.status, answer.reason[:100]
    except TimeoutError as error:
        raise NoAnswer("timeout") from error
    except ssl.SSLCertVerificationError as error:
        raise NoAnswer("certificate", error.verify_message) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if connection.is_cut:
            raise NoAnswer("timeout") from error
        raise NoAnswer("unreachable", f"{type(error).__name__}: {error}") from error
    finally:
        cut.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to addresses that were looked up before, secured for the host's name."""

    def __init__(self, receiver: Receiver, *, end: float) -> None:
        super().__init__(receiver.address.host, receiver.address.port)
        self._receiver = receiver
        self._end = end
        self.is_cut = False

    def connect(self) -> None:
        self.sock = self._plain_socket()
        self.sock.settimeout(self._left())
        if self._receiver.address.is_secure:
            # The handshake comes after, so that `cut` finds the socket on which it is waited.
            secured = _tls().wrap_socket(
                self.sock, server_hostname=self._receiver.address.host, do_handshake_on_connect=False
            )
            self.sock = secured
            secured.do_handshake()

    def _plain_socket(self) -> socket.socket:
        failed: OSError = ConnectionRefusedError("no address")
        for ip in self._receiver.ips:
            try:
                # An IP address, not the name: nothing is looked up here.
                there = (ip, self._receiver.address.port)
                return socket.create_connection(there, timeout=min(CONNECT_SECONDS, self._left()))
            except OSError as error:
                failed = error
        raise failed

    def _left(self) -> float:
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def cut(self) -> None:
        """End it from another thread: whoever waits on it wakes up."""
        self.is_cut = True
        with contextlib.suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def _take_some(connection: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> None:
    """Take what is there of the body, once: the status decides, and a body without an end is nobody's."""
    with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
        if connection.sock is not None:
            connection.sock.settimeout(1.0)
        answer.read1(MOST_READ)


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
