"""Promise: on a real daphne, only our own pages open sockets, only a session that counts keeps one open, and no frame
ends the server or another's socket.
"""

import json

import pytest

from chat import protocol
from tests.cast import PASSWORD
from tests.socket_client import Browser, handshake

pytestmark = pytest.mark.live

AT_ONCE_SECONDS = 5.0
"""Far below the next ping and any sweep, and long enough for a machine that does other things, too."""


@pytest.fixture
async def server(live):
    """The shared server; whatever a test does to it, it may not lead to an error in the log."""
    mark = live.server.mark()
    yield live.server
    assert live.server.faults(mark) == []


def origins(server):
    """Return twelve pages that a socket may come from, by name: (Origin header, whether it may)."""
    port = server.port
    return {
        "our own": (f"http://127.0.0.1:{port}", True),
        "another host": (f"http://evil.example:{port}", False),
        "another name of this machine": (f"http://localhost:{port}", False),
        "another port": (f"http://127.0.0.1:{port + 1}", False),
        "no port": ("http://127.0.0.1", False),
        "another scheme": (f"https://127.0.0.1:{port}", False),
        "a socket's scheme": (f"ws://127.0.0.1:{port}", False),
        "our own as a beginning": (f"http://127.0.0.1.evil.example:{port}", False),
        "our own as an end": (f"http://evil.127.0.0.1:{port}", False),
        "a page in a sandbox": ("null", False),
        "a file": ("file://", False),
        "no origin": (None, False),
    }


async def test_only_our_own_page_opens_a_socket(live, server):
    outcomes = {
        name: await handshake(server, cookie=live.bob["cookie"], origin=given)
        for name, (given, _may) in origins(server).items()
    }
    assert outcomes == {name: 101 if may else 403 for name, (_given, may) in origins(server).items()}
    assert len(outcomes) == 12


@pytest.mark.parametrize(
    "given", ["*", "http://", "http://[", "http://127.0.0.1:port", "http://{host}, http://{host}", ""]
)
async def test_what_is_no_origin_opens_none(live, server, given):
    status = await handshake(server, cookie=live.bob["cookie"], origin=given.format(host=server.host))
    assert status in (400, 403)  # daphne itself refuses some of them


async def test_two_origins_open_none(live, server):
    twice = [("Origin", server.origin)]
    assert await handshake(server, cookie=live.bob["cookie"], headers=twice) in (400, 403)


async def test_localhost_is_a_site_of_its_own(live, server):
    url = f"ws://localhost:{server.port}/ws/"
    page = f"http://localhost:{server.port}"
    assert await handshake(server, cookie=live.bob["cookie"], url=url, origin=page) == 101
    assert await handshake(server, cookie=live.bob["cookie"], url=url) == 403


async def test_the_public_address_decides_whatever_hosts_are_allowed(own_site):
    public = "https://chat.example.org"
    server = await (await own_site(PUBLIC_URL=public, ALLOWED_HOSTS="*")).serve()
    assert await handshake(server, origin=public) == 101
    for given in (server.origin, "http://chat.example.org", f"{public}:8443", f"{public}.evil.example", "null", None):
        assert await handshake(server, origin=given) == 403


async def test_a_refused_page_is_logged_once_with_the_setting_to_change(own_site):
    server = await (await own_site()).serve()
    for _again in range(3):
        assert await handshake(server, origin="http://chat.example.org") == 403
    assert await handshake(server, origin="http://other.example.org") == 403
    lines = [json.loads(line) for line in await server.logs("socket.origin_refused", count=2)]
    assert len(lines) == 2
    assert [line["level"] for line in lines] == ["warning", "warning"]
    assert "PUBLIC_URL=http://chat.example.org" in lines[0]["event"]


@pytest.mark.parametrize("path", ["/ws", "/ws/x/", "/", "/rooms/1/", "/%00"])
async def test_a_socket_to_anywhere_else_is_refused_without_a_traceback(live, server, path):
    url = f"ws://{server.host}{path}"
    assert await handshake(server, cookie=live.bob["cookie"], url=url) == 403


async def test_without_a_session_that_counts_the_socket_is_closed_with_4401(live, server):
    expired = await live.site.backstage("cookie", person=live.eve["id"])
    await live.site.backstage("expire_session", cookie=expired)
    good = live.bob["cookie"]
    tampered = {
        "none": "",
        "expired": expired,
        "one letter changed": good[:-1] + ("a" if good[-1] != "a" else "b"),
        "one letter less": good[:-1],
        "empty": "sessionid=",
        "a NUL": 'sessionid="abcdefgh\\000"',
        "very long": "sessionid=" + "x" * 4000,
        "another name": good.replace("sessionid", "session"),
        "no cookie at all": ";;=;",
    }
    for name, cookie in tampered.items():
        async with Browser(server, cookie) as wire:
            assert await wire.closes() == 4401, name
            assert wire.heard == [], name
    assert await handshake(server, cookie=good) == 101


async def test_twenty_malformed_frames_and_then_a_good_one(live, server):
    room = await live.room(live.bob, live.xiaoming)
    async with Browser(server, live.bob["cookie"]) as wire, Browser(server, live.xiaoming["cookie"]) as other:
        await other.hears("hello")
        for number in range(10):
            await wire.put_text(f"no JSON {number}")
            await wire.put_text(json.dumps(["message.send", number]))
        answer = await wire.say(room, "the good one")
        errors = wire.all("error")
        assert [error["code"] for error in errors] == ["bad_frame"] * 20
        assert all(error["detail"] for error in errors)
        assert answer["type"] == "ok"
        await other.said("the good one")
        assert other.all("error") == []


async def test_binary_frames_are_answered_like_any_other_bad_one(live, server):
    async with Browser(server, live.bob["cookie"]) as wire:
        await wire.put_text(b'{"type":"hello"}')
        assert (await wire.hears("error"))["code"] == "bad_frame"
        await wire.put_text(b"")
        assert (await wire.hears("error"))["code"] == "bad_frame"
        assert (await wire.ask("people", ids=[]))["type"] == "ok"


async def test_text_that_is_no_utf_8_ends_its_own_socket_at_most(live, server):
    room = await live.room(live.bob)
    async with Browser(server, live.bob["cookie"]) as wire, Browser(server, live.bob["cookie"]) as tab:
        await wire.put_bytes_as_text(b"\xff\xfe\xed\xa0\x80")
        await wire.closes()
        assert (await tab.say(room, "still here"))["type"] == "ok"


async def test_a_frame_too_large_is_refused_and_one_too_often_ends_the_socket(live, server):
    room = await live.room(live.bob)
    async with Browser(server, live.bob["cookie"]) as wire:
        large = '{"type":"hello","x":"%s"}' % ("x" * protocol.MAX_FRAME_BYTES)
        for _strike in range(protocol.MAX_OVERSIZE_FRAMES):
            await wire.put_text(large)
            assert (await wire.hears("error"))["code"] == "too_large"
        assert (await wire.say(room, "so far so good"))["type"] == "ok"
        await wire.put_text(large)
        assert await wire.closes() == 4413


async def test_more_than_a_hundred_malformed_frames_a_minute_end_the_socket(live, server):
    async with Browser(server, live.bob["cookie"]) as wire:
        for _number in range(protocol.MAX_MALFORMED_PER_MINUTE):
            await wire.put_text("{")
        assert (await wire.ask("people", ids=[]))["type"] == "ok"
        await wire.put_text("{")
        assert await wire.closes() == 4400
        assert len(wire.all("error")) >= protocol.MAX_MALFORMED_PER_MINUTE


async def test_a_server_frame_is_utf_8_as_it_is_with_its_type_first(live, server):
    room = await live.room(live.xiaoming, name="茶馆")
    raw = []
    async with Browser(server, live.xiaoming["cookie"]) as wire:
        note = wire._note

        async def keep(text):
            raw.append(text)
            await note(text)

        wire._note = keep
        await wire.say(room, "喝茶吗？")
        await wire.said("喝茶吗？")
    assert all(isinstance(text, str) and text.startswith('{"type":"') for text in raw)
    assert any("喝茶吗？" in text for text in raw)


# Sessions that end


async def test_logging_out_in_another_tab_closes_at_once_and_only_that_session(live, server):
    carol = await live.newcomer("Carol")
    elsewhere = await live.site.backstage("cookie", person=carol["id"])
    sockets = [Browser(server, cookie) for cookie in (carol["cookie"], carol["cookie"], elsewhere)]
    async with sockets[0] as first, sockets[1] as second, sockets[2] as phone:
        for wire in (first, second, phone):
            await wire.hears("hello")
        status, _text = await server.post("/accounts/logout/", carol["cookie"])
        assert status == 302
        assert [await first.closes(AT_ONCE_SECONDS), await second.closes(AT_ONCE_SECONDS)] == [4401, 4401]
        assert (await phone.ask("people", ids=[]))["type"] == "ok"
    async with Browser(server, carol["cookie"]) as again:
        assert await again.closes() == 4401


async def test_a_new_password_ends_every_session_but_the_one_that_set_it(live, server):
    dora = await live.newcomer("Dora")
    elsewhere = await live.site.backstage("cookie", person=dora["id"])
    async with Browser(server, dora["cookie"]) as here, Browser(server, elsewhere) as phone:
        await here.hears("hello")
        await phone.hears("hello")
        form = {"oldpassword": PASSWORD, "password1": "a bridge over it", "password2": "a bridge over it"}
        status, text = await server.post("/accounts/password/change/", dora["cookie"], **form)
        assert status == 302, text
        assert [await here.closes(AT_ONCE_SECONDS), await phone.closes(AT_ONCE_SECONDS)] == [4401, 4401]
    async with Browser(server, elsewhere) as again:
        assert await again.closes() == 4401


async def test_a_deactivated_account_is_closed_and_stays_out(live, server):
    fred = await live.newcomer("Fred")
    async with Browser(server, fred["cookie"]) as wire:
        await wire.hears("hello")
        status, text = await server.post(f"/site/people/{fred['user']}/deactivate/", live.ann["cookie"])
        assert status == 302, text
        assert await wire.closes(AT_ONCE_SECONDS) == 4401
    async with Browser(server, fred["cookie"]) as again:
        assert await again.closes() == 4401
