"""Where a webhook may go, as a table: the open internet, and nowhere else."""

import pytest

from tickets.policy.webhook_addresses import BadAddress, is_public, read_address

INSIDE = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.0.192", "192.0.2.1", "192.88.99.1",
    "192.168.1.1",
    "168.63.129.16", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1",
    "64:ff9b::808:808", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:a00:1::1", "2001:db8::1", "2001:10::1",
    "2001:20::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fd00:ec2::254",
    "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1",
    "", "example.com", "127.1", "0x7f.0.0.1", "2130706433", "127.0.0.1:80",
)  # fmt: skip
OUTSIDE = ("1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::6810:84e5", "2a00:1450::1")


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "not_an_address"),
        ("hooks.example.com", "not_an_address"),
        ("//hooks.example.com/", "not_an_address"),
        ("ftp://hooks.example.com/", "not_an_address"),
        ("file:///etc/passwd", "not_an_address"),
        ("gopher://hooks.example.com/", "not_an_address"),
        ("https:///path", "not_an_address"),
        ("https://hooks.example.com:port/", "not_an_address"),
        ("https://hooks.example.com:99999/", "not_an_address"),
        ("https://[::1/", "not_an_address"),
        ("https://[fe80::1%25eth0]/", "not_an_address"),
        ("https://hooks example.com/", "not_an_address"),
        ("https://hooks.example.com/a b", "not_an_address"),
        ("https://hooks.example.com/a\r\nHost: other", "not_an_address"),
        ("https://hooks.example.com/#part", "not_an_address"),
        ("https://.example.com/", "not_an_address"),
        ("https://-a.example.com\\@inside/", "credentials"),
        ("https://" + "a" * 64 + ".example.com/", "not_an_address"),
        ("https://hooks.example.com/" + "a" * 500, "too_long"),
        ("http://hooks.example.com/", "not_secure"),
        ("https://me:secret@hooks.example.com/", "credentials"),
        ("https://me@hooks.example.com/", "credentials"),
        ("https://@hooks.example.com/", "credentials"),
        ("https://hooks.example.com:22/", "port"),
        ("https://hooks.example.com:80/", "port"),
        ("https://hooks.example.com:6379/", "port"),
        ("https://hooks.example.com:0/", "port"),
    ],
)
def test_an_address_that_makes_no_sense_or_is_not_safe_is_refused(url, code):
    with pytest.raises(BadAddress) as refused:
        read_address(url)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("url", "host", "port", "target", "header"),
    [
        ("https://Hooks.Example.com", "hooks.example.com", 443, "/", "hooks.example.com"),
        ("https://hooks.example.com:8443/a?b=c", "hooks.example.com", 8443, "/a?b=c", "hooks.example.com:8443"),
        ("https://hooks.example.com?b=c", "hooks.example.com", 443, "/?b=c", "hooks.example.com"),
        ("https://münchen.example/", "xn--mnchen-3ya.example", 443, "/", "xn--mnchen-3ya.example"),
        ("https://[2606:4700::1]/", "2606:4700::1", 443, "/", "[2606:4700::1]"),
        ("https://１２７.0.0.1/", "127.0.0.1", 443, "/", "127.0.0.1"),  # read as what it means, then looked up
    ],
)
def test_an_address_is_read_into_its_parts(url, host, port, target, header):
    address = read_address(url)

    assert (address.host, address.port, address.target, address.host_header) == (host, port, target, header)


def test_http_and_other_ports_are_for_development_alone():
    address = read_address("http://127.0.0.1:8600/hook", local=True)

    assert (address.is_secure, address.port, address.host_header) == (False, 8600, "127.0.0.1:8600")
