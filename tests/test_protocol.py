"""Promise: whatever arrives, `protocol.parse` returns a typed command or raises `BadFrame`, never anything else."""

import json
import random

import pytest

from chat import protocol
from chat.protocol import COMMANDS, MAX_BODY_CHARACTERS, MAX_FRAME_BYTES, MAX_INTEGER, BadFrame, ErrorCode

SEND = {"type": "message.send", "room": 1, "nonce": "n0000001", "body": "你好"}

NO_OBJECT = {
    "empty": "",
    "blank": " \n",
    "no JSON": "hello",
    "half an object": '{"type":"hello"',
    "two objects": '{"type":"hello"}{"type":"hello"}',
    "a list": "[]",
    "a string": '"hello"',
    "a number": "7",
    "null": "null",
    "a hundred thousand lists": "[" * 60_000,
    "a deep object": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "a deep list inside": '{"type":"hello","x":' + "[" * 20_000 + "]" * 20_000 + "}",
    "a number of five thousand digits": '{"type":"hello","x":' + "9" * 5000 + "}",
    "NaN": '{"type":"hello","x":NaN}',
    "Infinity": '{"type":"hello","x":Infinity}',
    "minus Infinity": '{"type":"hello","x":-Infinity}',
    "a lone surrogate": r'{"type":"message.send","room":1,"nonce":"n0000001","body":"\ud800"}',
    "a lone surrogate as a key": r'{"type":"hello","\udfff":1}',
    "a lone surrogate in the reference": r'{"type":"hello","ref":"\ud800"}',
    "a raw control character": '{"type":"hello","x":"\x07"}',
    "a byte order mark": '\ufeff{"type":"hello"}',
    "a comment": '{"type":"hello"} // hi',
    "single quotes": "{'type':'hello'}",
}

NO_TYPE = {
    "no type": {},
    "a type that is none of ours": {"type": "room.explode"},
    "a type in capitals": {"type": "HELLO"},
    "an event": {"type": "ok"},
    "an attribute of Python": {"type": "__class__"},
    "null": {"type": None},
    "a number": {"type": 1},
    "a list": {"type": ["hello"]},
    "an object": {"type": {"type": "hello"}},
    "an empty one": {"type": ""},
}

INVALID = {
    "no room": {"type": "room.typing"},
    "room null": {"type": "room.typing", "room": None},
    "room as text": {"type": "room.typing", "room": "1"},
    "room true": {"type": "room.typing", "room": True},
    "room with a fraction": {"type": "room.typing", "room": 1.0},
    "room zero": {"type": "room.typing", "room": 0},
    "room negative": {"type": "room.typing", "room": -1},
    "room beyond 2**53": {"type": "room.typing", "room": 2**53},
    "room beyond the database": {"type": "room.typing", "room": 10**30},
    "room a list": {"type": "room.typing", "room": [1]},
    "seq negative": {"type": "room.read", "room": 1, "seq": -1},
    "seq beyond the database": {"type": "room.read", "room": 1, "seq": 10**30},
    "unread from nothing": {"type": "room.unread", "room": 1, "seq": 0},
    "nonce missing": {"type": "message.send", "room": 1, "body": "x"},
    "nonce of seven": SEND | {"nonce": "1234567"},
    "nonce of sixty-five": SEND | {"nonce": "n" * 65},
    "nonce a number": SEND | {"nonce": 12345678},
    "nonce with a NUL": SEND | {"nonce": "n000000\0"},
    "body missing": {"type": "message.send", "room": 1, "nonce": "n0000001"},
    "body null": SEND | {"body": None},
    "body a number": SEND | {"body": 1},
    "body an object": SEND | {"body": {"html": "<b>"}},
    "body with a NUL": SEND | {"body": "a\0b"},
    "reply to text": SEND | {"reply_to": "1"},
    "reply to zero": SEND | {"reply_to": 0},
    "two anchors": {"type": "room.history", "room": 1, "before": 5, "after": 1},
    "a page of nothing": {"type": "room.history", "room": 1, "limit": 0},
    "a page of too many": {"type": "room.history", "room": 1, "limit": 101},
    "limit as text": {"type": "room.history", "room": 1, "limit": "50"},
    "changes after nothing": {"type": "room.changes", "room": 1},
    "changes after text": {"type": "room.changes", "room": 1, "after": "0"},
    "ids missing": {"type": "people"},
    "ids not a list": {"type": "people", "ids": 1},
    "ids of text": {"type": "people", "ids": ["1"]},
    "too many ids": {"type": "people", "ids": list(range(1, 102))},
    "ids nested": {"type": "people", "ids": [[1]]},
    "query missing": {"type": "people.find"},
    "query too long": {"type": "people.find", "query": "x" * 101},
    "query a list": {"type": "people.find", "query": ["x"]},
    "query with a NUL": {"type": "people.find", "query": "a\0"},
    "pong without a number": {"type": "pong"},
    "pong of text": {"type": "pong", "n": "1"},
    "reference too long": {"type": "hello", "ref": "r" * 65},
    "reference a fraction": {"type": "hello", "ref": 1.5},
    "reference a truth": {"type": "hello", "ref": True},
    "reference too large": {"type": "hello", "ref": 2**53},
    "reference a list": {"type": "hello", "ref": []},
    "reference an object": {"type": "hello", "ref": {}},
}


def refusal_of(text):
    """Return the BadFrame that `text` raises."""
    with pytest.raises(BadFrame) as caught:
        protocol.parse(text)
    return caught.value


@pytest.mark.parametrize("text", NO_OBJECT.values(), ids=NO_OBJECT)
def test_what_is_no_json_object_is_a_bad_frame_and_counts_as_malformed(text):
    refusal = refusal_of(text)
    assert (refusal.code, refusal.malformed, refusal.oversize) == (ErrorCode.BAD_FRAME, True, False)


@pytest.mark.parametrize("frame", NO_TYPE.values(), ids=NO_TYPE)
def test_an_unknown_type_is_said_with_the_reference(frame):
    refusal = refusal_of(json.dumps(frame | {"ref": "七"}))
    assert (refusal.code, refusal.ref, refusal.malformed) == (ErrorCode.UNKNOWN_TYPE, "七", False)


@pytest.mark.parametrize("frame", INVALID.values(), ids=INVALID)
def test_a_wrong_field_is_invalid_and_is_not_guessed_at(frame):
    refusal = refusal_of(json.dumps(frame))
    assert (refusal.code, refusal.malformed, refusal.oversize) == (ErrorCode.INVALID, False, False)


def test_a_body_too_long_is_too_large_but_no_oversize_frame():
    refusal = refusal_of(json.dumps(SEND | {"body": "长" * (MAX_BODY_CHARACTERS + 1), "ref": 7}, ensure_ascii=False))
    assert (refusal.code, refusal.ref, refusal.oversize) == (ErrorCode.TOO_LARGE, 7, False)


@pytest.mark.parametrize("sign", ["x", "长", "😀"], ids=["one byte", "three bytes", "four bytes"])
def test_a_frame_is_measured_in_bytes_to_the_last_one(sign):
    frame = '{"type":"hello","x":"%s"}'
    most = MAX_FRAME_BYTES - len(frame % "")
    fill = sign * (most // len(sign.encode()))
    fill += "x" * (most - len(fill.encode()))
    assert isinstance(protocol.parse(frame % fill), protocol.Hello)
    refusal = refusal_of(frame % (fill + "x"))
    assert (refusal.code, refusal.oversize, refusal.malformed) == (ErrorCode.TOO_LARGE, True, False)


def test_a_refusal_names_the_field_and_never_its_value():
    refusal = refusal_of(json.dumps(SEND | {"body": ["the secret"], "ref": "a"}))
    assert "body" in refusal.detail
    assert "secret" not in refusal.detail
    assert refusal.ref == "a"


VALID = [
    (SEND, protocol.MessageSend(room=1, nonce="n0000001", body="你好")),
    (
        SEND | {"reply_to": 9, "ref": "r"},
        protocol.MessageSend(room=1, nonce="n0000001", body="你好", reply_to=9, ref="r"),
    ),
    (SEND | {"body": ""}, protocol.MessageSend(room=1, nonce="n0000001", body="")),
    ({"type": "room.read", "room": 1, "seq": 0}, protocol.RoomRead(room=1, seq=0)),
    ({"type": "room.unread", "room": 1, "seq": 1}, protocol.RoomUnread(room=1, seq=1)),
    ({"type": "room.history", "room": 1}, protocol.RoomHistory(room=1, limit=50)),
    (
        {"type": "room.history", "room": 1, "around": 0, "limit": 100},
        protocol.RoomHistory(room=1, around=0, limit=100),
    ),
    ({"type": "room.changes", "room": MAX_INTEGER, "after": 0}, protocol.RoomChanges(room=MAX_INTEGER, after=0)),
    ({"type": "room.typing", "room": 1}, protocol.RoomTyping(room=1)),
    ({"type": "people", "ids": [1, 2]}, protocol.People(ids=[1, 2])),
    ({"type": "people", "ids": []}, protocol.People(ids=[])),
    ({"type": "people.find", "query": "小", "room": 3}, protocol.PeopleFind(query="小", room=3)),
    ({"type": "hello", "ref": -MAX_INTEGER}, protocol.Hello(ref=-MAX_INTEGER)),
    ({"type": "pong", "n": 0}, protocol.Pong(n=0)),
]


@pytest.mark.parametrize(
    ("frame", "command"), VALID, ids=[f"{frame['type']} {n}" for n, (frame, _) in enumerate(VALID)]
)
def test_a_good_frame_becomes_its_command(frame, command):
    assert protocol.parse(json.dumps(frame)) == command


def test_every_command_has_a_good_frame_in_this_file():
    assert {frame["type"] for frame, _command in VALID} == set(COMMANDS)


def test_fields_that_nobody_knows_are_ignored():
    assert protocol.parse('{"type":"hello","ref":1,"future":{"deep":[null,1e999]}}') == protocol.Hello(ref=1)


def test_what_a_person_types_arrives_as_typed():
    typed = "<script>alert(1)</script> \u202eright\u202c \ufeff\x08\x7f \t\n 👨‍👩‍👧 é é 𠮷"
    for escaped in (True, False):
        command = protocol.parse(json.dumps(SEND | {"body": typed}, ensure_ascii=escaped))
        assert command.body == typed


def test_random_damage_never_raises_anything_else():
    seed = 20261123
    chance = random.Random(seed)
    signs = '{}[]":,\\u0d8 \x00\ud800é小😀-+.eE19tfn'
    frames = [json.dumps(frame, ensure_ascii=False) for frame in (*(valid for valid, _ in VALID), *INVALID.values())]
    parsed = 0
    for round in range(5000):
        text = list(chance.choice(frames))
        for _change in range(chance.randint(1, 4)):
            place = chance.randrange(len(text) + 1)
            text[place : place + chance.randint(0, 3)] = chance.choices(signs, k=chance.randint(0, 3))
        try:
            parsed += isinstance(protocol.parse("".join(text)), protocol.Frame)
        except BadFrame:
            pass
        except Exception as error:
            raise AssertionError(f"seed {seed}, round {round}: {''.join(text)!r}") from error
    assert parsed > 50, "the damage is so large that no frame lives: the test tests nothing"


def test_a_server_frame_has_its_type_first_and_chinese_as_it_is():
    text = protocol.encode(protocol.Event.OK, {"name": "王小明"}, ref=7)
    assert text == '{"type":"ok","ref":7,"name":"王小明"}'
