"""Where a webhook may go: to an address in the open internet, over TLS, and nowhere else.

An organisation writes the address, our machine connects: whatever only our machine can reach must stay out of reach.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

LONGEST = 500
PORTS = frozenset({443, 8443})
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")
_PATH = re.compile(r"[!-~]*")  # visible ASCII: no line break gets into a request, no space either
# IPv6 hands out 2000::/3 and nothing else.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# What `is_global` lets pass, in the one or the other version of Python.
_NOT_FOR_US = (
    IPv4Network("192.0.0.0/24"),  # protocols' own, a cloud's metadata among them
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv4Network("168.63.129.16/32"),  # the host below a virtual machine at Azure, under a public address
    IPv6Network("2001::/23"),  # protocols' own; Teredo, a way back into IPv4
    IPv6Network("2002::/16"),  # 6to4, another
    IPv6Network("3fff::/20"),  # documentation
)


class BadAddress(ValueError):
    """Nothing is sent to such an address. `code` says why; `tickets.webhook_words` words it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts. `target` is the path with its query, `host` without the brackets of IPv6."""

    is_secure: bool
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"


def read_address(url: str, *, local: bool = False) -> Address:
    """Return a URL in its parts, if a webhook may go to one like it. `local` allows HTTP and every port.

    Raises: BadAddress.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError as error:  # UnicodeError is one
        raise BadAddress("not_an_address") from error
    if len(url) > LONGEST:
        raise BadAddress("too_long")
    if parts.scheme not in ("https", "http") or not host:
        raise BadAddress("not_an_address")
    if parts.scheme == "http" and not local:
        raise BadAddress("not_secure")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("credentials")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.fragment or not _PATH.fullmatch(target):
        raise BadAddress("not_an_address")
    is_secure = parts.scheme == "https"
    port = port if port is not None else (443 if is_secure else 80)
    if not local and port not in PORTS:
        raise BadAddress("port")
    return Address(is_secure=is_secure, host=host, port=port, target=target)


def is_public(text: str) -> bool:
    """Is this IP address one of the open internet, reached by everybody alike?"""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    # Mapped and translated IPv4 (::ffff:0:0/96, 64:ff9b::/96), ULA, link-local and multicast lie outside of it.
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not special and not any(address in network for network in _NOT_FOR_US)


def _host(name: str) -> str:
    """Return a host as DNS writes it, or an IPv6 address; "" for what is neither.

    Raises: UnicodeError.
    """
    if ":" in name:
        return str(IPv6Address(name)) if "%" not in name else ""
    ascii_name = name.encode("idna").decode("ascii").lower() if name else ""
    return ascii_name if _NAME.fullmatch(ascii_name) and len(ascii_name) <= 253 else ""
