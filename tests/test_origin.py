"""Promise: a socket comes from the site's own pages: one exact Origin; a refusal is logged once, with the cure."""

import logging

import pytest

from chat import origin


@pytest.fixture(autouse=True)
def nothing_told():
    """Forget which origins have been logged."""
    origin._told.clear()


def scope(*origins, host="chat.example.org", scheme="ws"):
    """Return a handshake with these Origin headers."""
    headers = [(b"host", host.encode()), *((b"origin", each.encode("latin-1")) for each in origins)]
    return {"type": "websocket", "scheme": scheme, "headers": headers}


@pytest.mark.parametrize(
    ("given", "host", "scheme"),
    [
        ("http://chat.example.org", "chat.example.org", "ws"),
        ("http://chat.example.org", "Chat.Example.org:80", "ws"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "ws"),
        ("http://localhost:8000", "localhost:8000", "ws"),
        ("http://[::1]:8000", "[::1]:8000", "ws"),
        ("https://chat.example.org", "chat.example.org", "wss"),
        ("https://chat.example.org", "chat.example.org:443", "wss"),
    ],
)
def test_without_a_public_address_the_page_must_be_where_the_socket_is(given, host, scheme):
    assert origin.allowed(scope(given, host=host, scheme=scheme))


def test_with_a_public_address_the_hosts_name_does_not_matter(settings):
    settings.CHAT_PUBLIC_URL = "https://chat.example.org"
    assert origin.allowed(scope("https://chat.example.org", host="10.0.0.7:8000"))
    assert not origin.allowed(scope("http://10.0.0.7:8000", host="10.0.0.7:8000"))


STRANGERS = [
    "http://evil.example",
    "http://chat.example.org:8000",
    "http://chat.example.org:0",
    "https://chat.example.org",
    "ws://chat.example.org",
    "ftp://chat.example.org",
    "http://chat.example.org.evil.example",
    "http://evilchat.example.org",
    "http://evil.chat.example.org",
    "http://chat.example.org/",
    "http://chat.example.org/page",
    "http://chat.example.org?x",
    "http://chat.example.org#x",
    "http://@chat.example.org",
    "http://ann:x@chat.example.org",
    "chat.example.org",
    "//chat.example.org",
    "null",
    "",
    "*",
    "http://",
    "http://[",
    "http://chat.example.org:port",
    "http://chat.example.org, http://evil.example",
]


@pytest.mark.parametrize("given", STRANGERS)
@pytest.mark.parametrize("public", ["", "http://chat.example.org"], ids=["by host", "by setting"])
def test_every_other_origin_is_refused(settings, given, public):
    settings.CHAT_PUBLIC_URL = public
    settings.ALLOWED_HOSTS = ["*"]
    assert not origin.allowed(scope(given))


def test_no_origin_and_two_are_refused():
    assert not origin.allowed(scope())
    assert not origin.allowed(scope("http://chat.example.org", "http://chat.example.org"))
    assert not origin.allowed(scope("", host=""))


def test_each_origin_is_logged_once_with_the_line_to_set(caplog):
    with caplog.at_level(logging.WARNING, "chat.origin"):
        for _again in range(3):
            origin.allowed(scope("https://chat.example.org"))
        origin.allowed(scope("null"))
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert "set PUBLIC_URL=https://chat.example.org" in lines[0]


def test_what_is_logged_stays_on_its_line(caplog):
    with caplog.at_level(logging.WARNING, "chat.origin"):
        origin.allowed(scope("http://x\n{} ERROR forged"))
    assert "\n" not in caplog.records[0].getMessage()
