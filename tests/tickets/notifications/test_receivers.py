"""Looked up once, checked, connected to as checked; TLS is for the host's name."""

import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.tickets.receiver import receiving
from tickets.notifications import receivers
from tickets.notifications.receivers import NoAnswer, look_up, post
from tickets.policy.webhook_addresses import Address, BadAddress

NAME = "hooks.example.com"


@pytest.fixture
def dns(monkeypatch):
    """A resolver of our own: `answers` by name, a list a look-up; `asked` says what was looked up."""

    class Resolver:
        answers: dict[str, list[list[str]]] = {}
        asked: list[str] = []

        def look_up(self, host, port, *args, **kwargs):
            self.asked.append(host)
            if host not in self.answers:
                raise socket.gaierror(socket.EAI_NONAME, "no such host")
            rounds = self.answers[host]
            ips = rounds.pop(0) if len(rounds) > 1 else rounds[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ips]

    resolver = Resolver()
    resolver.answers, resolver.asked = {}, []
    monkeypatch.setattr(receivers.socket, "getaddrinfo", resolver.look_up)
    return resolver


@pytest.fixture
def connected(monkeypatch):
    """Where a connection was wanted to; none is made."""
    wanted = []

    def refuse(there, **kwargs):
        wanted.append(there[0])
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr(receivers.socket, "create_connection", refuse)
    return wanted


def test_a_host_that_leads_inside_is_refused(dns):
    dns.answers[NAME] = [["10.0.0.7"]]

    with pytest.raises(BadAddress) as refused:
        look_up(f"https://{NAME}/")

    assert refused.value.code == "not_public"


def test_one_address_inside_among_others_is_enough_to_refuse(dns):
    dns.answers[NAME] = [["93.184.216.34", "127.0.0.1"]]

    with pytest.raises(BadAddress):
        look_up(f"https://{NAME}/")


def test_a_host_that_is_not_there_is_refused(dns):
    with pytest.raises(BadAddress) as refused:
        look_up(f"https://{NAME}/")

    assert refused.value.code == "unknown_host"


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "127.1", "[::1]", "[::ffff:7f00:1]", "0"])
def test_an_address_inside_is_refused_however_it_is_written(host, monkeypatch):
    real = socket.getaddrinfo

    def numbers_only(name, port, **kwargs):
        return real(name, port, flags=socket.AI_NUMERICHOST, **kwargs)

    monkeypatch.setattr(receivers.socket, "getaddrinfo", numbers_only)

    with pytest.raises(BadAddress) as refused:
        look_up(f"https://{host}/")

    assert refused.value.code == "not_public"


def test_a_name_that_points_inside_the_second_time_is_not_asked_a_second_time(dns, connected):
    dns.answers[NAME] = [["93.184.216.34"], ["127.0.0.1"]]

    with pytest.raises(NoAnswer):
        post(look_up(f"https://{NAME}/"), b"{}", {})

    assert dns.asked == [NAME]
    assert connected == ["93.184.216.34"]


def test_each_checked_address_is_tried_in_turn(dns, connected):
    dns.answers[NAME] = [["93.184.216.34", "2606:4700::1"]]

    with pytest.raises(NoAnswer) as failed:
        post(look_up(f"https://{NAME}/"), b"{}", {})

    assert connected == ["93.184.216.34", "2606:4700::1"]
    assert (failed.value.code, "nobody listens" in failed.value.detail) == ("unreachable", True)


def test_proxies_of_the_environment_are_not_used(monkeypatch, settings):
    settings.WEBHOOKS_TO_LOCAL = True
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with receiving() as receiver:
        assert post(look_up(receiver.url), b"{}", {})[0] == 200

        assert receiver.got[0].body == b"{}"


# TLS ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def secured(tmp_path, monkeypatch):
    """Return a receiver over TLS with a certificate for a name, which the portal trusts."""

    def serve(name):
        return _secured(name, tmp_path, monkeypatch)

    return serve


def _secured(name, folder, monkeypatch):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )  # fmt: skip
    certificate = built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(pem + certificate)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    ours = ssl.create_default_context(cadata=certificate.decode())
    monkeypatch.setattr(receivers, "_tls", lambda: ours)
    return server


@pytest.mark.parametrize(("certified", "error"), [(NAME, ""), ("other.example.com", "certificate")])
def test_the_certificate_must_be_the_hosts_though_the_connection_is_to_an_ip(secured, certified, error):
    context = secured(certified)
    with receiving(context) as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        there = receivers.Receiver(Address(is_secure=True, host=NAME, port=port, target="/hook"), ("127.0.0.1",))

        if error:
            with pytest.raises(NoAnswer) as failed:
                post(there, b"{}", {})
            assert (failed.value.code, receiver.got) == (error, [])
        else:
            assert post(there, b"{}", {})[0] == 200
            assert receiver.got[0].headers["host"] == f"{NAME}:{port}"


def test_a_handshake_that_never_ends_is_cut_off(monkeypatch):
    monkeypatch.setattr(receivers, "WHOLE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        there = receivers.Receiver(Address(is_secure=True, host=NAME, port=port, target="/"), ("127.0.0.1",))

        with pytest.raises(NoAnswer) as failed:
            post(there, b"{}", {})

    assert failed.value.code == "timeout"
