"""Promise: what people say stands in no line of the log, whatever goes wrong; what operators need does, as JSON."""

import json
import logging
import sys

import pytest
from websockets.exceptions import InvalidStatus

from chatsite import logs
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
