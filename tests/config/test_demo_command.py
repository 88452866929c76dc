"""The demonstration says what is wrong before it starts anything."""

import socket

import pytest
from django.core.management import CommandError, call_command


def test_the_demonstration_is_refused_outside_development():
    with pytest.raises(CommandError, match="make demo"):
        call_command("demo")


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(settings, monkeypatch, port):
    settings.DEBUG = settings.DEMO = True
    monkeypatch.setenv("PORT", port)

    with pytest.raises(CommandError, match="which is no port"):
        call_command("demo")


def test_a_port_in_use_is_refused_with_the_way_out(settings, monkeypatch):
    settings.DEBUG = settings.DEMO = True
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))

        with pytest.raises(CommandError, match=f"Port {port} is in use .* make demo PORT={port + 1}"):
            call_command("demo")
