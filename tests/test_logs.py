"""Promise: what people say stands in no line of the log, whatever goes wrong; what operators need does, as JSON."""

import json
import logging
import sys

import pytest
from django.test import Client
from websockets.exceptions import InvalidStatus

from chatsite import logs
from chatsite.accounts.models import new_token
from tests.socket_client import Browser, new_nonce

MARK = "whispered-7f3a"

FRAMES = (
    '{"type":"message.send","room":%d,"nonce":"' + MARK + '","body":"' + MARK + '"}',
    '{"type":"message.send","room":%d,"nonce":"n","body":"' + MARK + '"}',
    '{"type":"message.send","room":%d,"nonce":"' + MARK + '-2","body":["' + MARK + '"]}',
    '{"type":"message.send","room":%d,"nonce":"' + MARK + '-3","body":"' + MARK + '\\u0000"}',
    '{"type":"message.send","room":%d,"nonce":"' + MARK + '-4","body":"' + MARK * 1000 + '"}',
    '{"type":"message.send","room":%d,"body":"' + MARK + '"',
    '{"type":"' + MARK + '","room":%d}',
    '{"type":"people.find","room":%d,"query":"' + MARK + '"}',
    '["' + MARK + '", %d]',
)


@pytest.mark.live
async def test_no_line_of_a_servers_log_holds_what_people_say(own_site):
    site = await own_site(DEBUG="off")
    server = await site.serve()
    ann = await site.backstage("person", name="Ann", owner=True)
    room = await site.backstage("room", owner=ann["id"], name="Den", kind="private")
    async with Browser(server, ann["cookie"]) as browser:
        await browser.hears("hello")
        for frame in FRAMES:
            await browser.put_text(frame % room)
            await browser.hears("ok", "error")
        await browser.said(MARK)
        answer = await browser.ask("message.send", room=room, nonce=new_nonce(), body=f"{MARK} last")
        assert answer["type"] == "ok"
    with pytest.raises(InvalidStatus):
        async with Browser(server, ann["cookie"], origin="https://elsewhere.example"):
            pass
    assert await server.logs("origin_refused")
    assert (await server.get(f"/rooms/{room}/", ann["cookie"]))[0] == 200
    server.stop()
    assert MARK not in server.log


def written(record, *, debug):
    """Return the line that a record becomes."""
    formatter = dict(logs.configure(debug=debug)["formatters"]["structured"])
    return formatter.pop("()")(**formatter).format(record)


def test_a_line_is_one_json_object_with_its_level_time_and_logger():
    record = logging.LogRecord("chat.test", logging.WARNING, __file__, 1, "room.%s happened", ("x\ny",), None)
    record.room = 7
    line = written(record, debug=False)
    assert "\n" not in line
    fields = json.loads(line)
    wanted = {"event": "room.x\ny happened", "level": "warning", "logger": "chat.test", "room": 7}
    assert fields.items() >= wanted.items()
    assert fields["timestamp"].endswith("Z")


@pytest.mark.parametrize("debug", [True, False])
def test_a_traceback_holds_lines_of_code_and_not_the_values_in_them(debug):
    def send(body):
        raise RuntimeError(len(body))

    try:
        send(MARK)
    except RuntimeError:
        record = logging.LogRecord("chat.test", logging.ERROR, __file__, 1, "command.failed", (), sys.exc_info())
    line = written(record, debug=debug)
    assert "raise RuntimeError(len(body))" in line
    assert MARK not in line


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("door", ["setup", "join", "sign-in"])
def test_no_line_holds_the_address_of_a_link_that_opens_something(door, debug, caplog):
    """A form that is refused at such an address is logged by Django with the address, and so is a page that fails."""
    token = new_token()
    browser = Client(enforce_csrf_checks=True)
    browser.post(f"/{door}/{token}/", headers={"referer": f"https://elsewhere.example/{door}/{token}/"}, secure=True)
    browser.get(f"/{door}/{token}/nothing-there/")
    browser.get("/nothing-there/", {"next": f"/{door}/{token}/"})
    assert {record.name for record in caplog.records} == {"django.security.csrf", "django.request"}
    assert token in caplog.text
    lines = [written(record, debug=debug) for record in caplog.records]
    assert [token in line for line in lines] == [False] * len(lines)
    assert f"/{door}/…/" in lines[0]


@pytest.mark.parametrize("debug", [True, False])
def test_an_address_that_is_no_secret_stays_whole(debug):
    event = "Forbidden: /rooms/7/join/ to /rooms/7/join/?next=/rooms/ and /site/people/7/sign-in-link/"
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, event, (), None)
    assert event in written(record, debug=debug)
