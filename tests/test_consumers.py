"""Promise: a socket says hello, answers every frame, stores a message once, and puts the `ok` before what it causes.

The application runs in this process, on a file database, with the hub, the layer and the bridge that serve it live.
"""

import asyncio
import json
import logging
import threading
from functools import partial

import pytest

from chat import bridge, commands, hub, protocol
from chat.models import Message
from chat.services import memberships, people, rooms, sessions
from tests import cast
from tests.socket_client import bodies, new_nonce

pytestmark = [pytest.mark.sockets, pytest.mark.django_db(transaction=True)]


async def act(function, *arguments, **options):
    """Call a service as a command does: in the writer's thread."""
    return await bridge.write(partial(function, *arguments, **options))


async def test_the_first_frame_is_hello_and_the_second_tells_who_is_there(open_sockets, bob, hall, den):
    wire = await open_sockets(bob)
    assert [frame["type"] for frame in wire.heard[:2]] == ["hello", "presence"]
    hello = wire.heard[0]
    assert hello["protocol"] == 1
    assert hello["me"] == {"id": bob.pk, "name": "Bob", "handle": "bob"}
    assert hello["heartbeat"] == {"interval": 54.0, "timeout": 60.0}
    assert hello["epoch"]
    assert {room["name"]: (room["kind"], room["role"]) for room in hello["rooms"]} == {
        "Hall": ("open", "member"),
        "Den": ("private", "member"),
    }


async def test_hello_brings_the_people_of_direct_rooms_and_nobody_elses_rooms(open_sockets, ann, bob, eve, den):
    direct = await act(rooms.open_direct, bob, eve.pk)
    hello = (await open_sockets(eve)).heard[0]
    assert [(room["id"], sorted(room["people"])) for room in hello["rooms"]] == [(direct.pk, [bob.pk, eve.pk])]
    assert sorted(person["name"] for person in hello["people"]) == ["Bob", "Eve"]


async def test_hello_on_request_is_as_the_first_one(open_sockets, bob, den):
    wire = await open_sockets(bob)
    assert (await wire.ask("hello"))["type"] == "ok"
    again = await wire.hears("hello")
    assert again == wire.heard[0]
    assert (await wire.hears("presence", full=True))["people"] is not None


async def test_a_message_is_acknowledged_and_everyone_hears_the_same(open_sockets, ann, bob, hall):
    first, second = await open_sockets(ann), await open_sockets(bob)
    answer = await first.say(hall.pk, "你好 <script>")
    heard = [await wire.hears("room.changes", room=hall.pk) for wire in (first, second)]
    assert heard[0] == heard[1]
    said = heard[0]["messages"][0]
    assert said["body"] == "你好 <script>"
    assert said["author"] == ann.pk
    assert answer["message"] == {name: said[name] for name in ("id", "seq", "rev", "created_at")}
    assert heard[0]["after"] == said["rev"] - 1
    assert heard[0]["people"] == [{"id": ann.pk, "name": "Ann", "handle": "ann"}]
    assert "nonce" not in json.dumps(heard[0])


async def test_only_who_said_it_is_shown_the_nonce_and_only_in_answers(open_sockets, ann, bob, hall):
    author, reader = await open_sockets(ann), await open_sockets(bob)
    nonce = new_nonce()
    await author.say(hall.pk, "mine", nonce=nonce)
    for wire, expected in ((author, nonce), (reader, None)):
        history = await wire.ask("room.history", room=hall.pk)
        changes = await wire.ask("room.changes", room=hall.pk, after=0)
        assert [answer["messages"][0].get("nonce") for answer in (history, changes)] == [expected, expected]


async def test_the_ok_comes_before_the_change_even_when_everyone_else_has_it_already(
    open_sockets, monkeypatch, ann, bob, hall
):
    sender, reader = await open_sockets(ann), await open_sockets(bob)
    others_have_it = threading.Event()
    handler = commands.HANDLERS[protocol.MessageSend]

    def slow(person, command):
        answer = handler.function(person, command)
        assert others_have_it.wait(10)  # committed and published; only the answer is late
        return answer

    monkeypatch.setitem(commands.HANDLERS, protocol.MessageSend, commands.Handler(slow, writes=True))
    asked = asyncio.create_task(sender.say(hall.pk, "late"))
    await reader.said("late")
    others_have_it.set()
    assert (await asked)["type"] == "ok"
    await sender.hears("room.changes", room=hall.pk)
    order = [frame["type"] for frame in sender.heard if frame["type"] in ("ok", "room.changes")]
    assert order == ["ok", "room.changes"]


async def test_one_nonce_three_times_on_two_sockets_is_one_message(open_sockets, ann, bob, hall):
    first, second, reader = await open_sockets(ann), await open_sockets(ann), await open_sockets(bob)
    nonce = new_nonce()
    answers = await asyncio.gather(*(wire.say(hall.pk, "once", nonce=nonce) for wire in (first, second, first)))
    assert [answer["type"] for answer in answers] == ["ok"] * 3
    assert len({json.dumps(answer["message"]) for answer in answers}) == 1
    assert sorted(answer.get("duplicate", False) for answer in answers) == [False, True, True]
    await first.say(hall.pk, "the end")
    for wire in (first, second, reader):
        await wire.said("the end")
        assert bodies(wire.all("room.changes")) == ["once", "the end"]
    assert await act(Message.objects.filter(room=hall).count) == 2


async def test_a_nonce_is_answered_before_rights_and_belongs_to_its_room(open_sockets, ann, bob, hall, den):
    wire = await open_sockets(bob)
    nonce = new_nonce()
    first = await wire.say(den.pk, "mine", nonce=nonce)
    other = await wire.say(hall.pk, "mine", nonce=nonce)
    assert (other["type"], other["code"]) == ("error", "conflict")
    await act(memberships.remove, ann, den.pk, bob.pk)
    await wire.hears("room.left")
    again = await wire.say(den.pk, "changed meanwhile", nonce=nonce)
    assert (again["message"], again["duplicate"]) == (first["message"], True)
    new = await wire.say(den.pk, "new")
    assert new["code"] == "not_found"


async def test_two_people_may_have_the_same_nonce(open_sockets, ann, bob, hall):
    first, second = await open_sockets(ann), await open_sockets(bob)
    nonce = new_nonce()
    answers = [await first.say(hall.pk, "from Ann", nonce=nonce), await second.say(hall.pk, "from Bob", nonce=nonce)]
    assert [answer["message"]["seq"] for answer in answers] == [1, 2]
    assert not any("duplicate" in answer for answer in answers)


async def test_many_at_once_take_each_number_once_and_all_hear_the_same_order(open_sockets, ann, bob, xiaoming, hall):
    wires = [await open_sockets(person) for person in (ann, bob, xiaoming)]
    sends = [wire.say(hall.pk, f"{name} {number}") for name, wire in enumerate(wires) for number in range(20)]
    answers = await asyncio.gather(*sends)
    assert sorted(answer["message"]["seq"] for answer in answers) == list(range(1, 61))
    await wires[0].say(hall.pk, "the end")
    stories = []
    for wire in wires:
        await wire.said("the end")
        frames = wire.all("room.changes")
        assert [frame["after"] for frame in frames[1:]] == [frame["rev"] for frame in frames[:-1]]
        stories.append(bodies(frames))
    assert stories[0] == stories[1] == stories[2]
    assert len(set(stories[0])) == 61


async def test_what_one_tab_says_stays_in_its_order(open_sockets, bob, hall):
    wire = await open_sockets(bob)
    for number in range(30):
        await wire.put(type="message.send", ref=number, room=hall.pk, nonce=f"nonce-{number:04}", body=str(number))
    answers = [await wire.hears("ok", ref=number) for number in range(30)]
    assert [answer["message"]["seq"] for answer in answers] == list(range(1, 31))


async def test_a_reply_tells_what_it_replies_to(open_sockets, ann, bob, hall, den):
    wire = await open_sockets(bob)
    source = (await wire.say(hall.pk, "a question"))["message"]
    await wire.say(hall.pk, "an answer", reply_to=source["id"])
    frame = await wire.hears("room.changes", where=lambda frame: frame["after"] == source["rev"])
    assert frame["messages"][0]["reply_to"] == {"id": source["id"], "seq": source["seq"]}
    assert [quoted["body"] for quoted in frame["quoted"]] == ["a question"]
    assert (await wire.say(den.pk, "from elsewhere", reply_to=source["id"]))["code"] == "invalid"


async def test_hidden_and_missing_are_refused_alike(open_sockets, eve, den):
    wire = await open_sockets(eve)
    for command, fields in {
        "message.send": {"body": "x", "nonce": "n0000001"},
        "room.read": {"seq": 1},
        "room.unread": {"seq": 1},
        "room.history": {},
        "room.changes": {"after": 0},
        "room.typing": {},
        "people.find": {"query": ""},
    }.items():
        answers = [await wire.ask(command, room=room, **fields) for room in (den.pk, 987_654)]
        hidden, missing = ({name: answer[name] for name in ("type", "code", "detail")} for answer in answers)
        assert hidden == missing
        assert hidden["code"] == "not_found", command


async def test_in_an_open_room_strangers_read_and_do_not_write(open_sockets, ann, eve):
    room = await act(rooms.create, ann, kind="open", name="Porch")
    wire = await open_sockets(eve)
    assert (await wire.ask("room.history", room=room.pk))["messages"] == []
    assert (await wire.say(room.pk, "hello"))["code"] == "forbidden"
    assert (await wire.ask("room.typing", room=room.pk))["code"] == "forbidden"


async def test_any_bad_frame_is_answered_and_the_next_good_one_is_served(open_sockets, bob, hall):
    wire = await open_sockets(bob)
    bad = ["", "x", "[]", '{"type":"nope","ref":"a"}', '{"type":"room.history","ref":"b"}', '{"ref":"c"}', b"\x00\xff"]
    for frame in bad:
        await wire.put_text(frame)
    answer = await wire.say(hall.pk, "still here")
    codes = [(frame["code"], frame.get("ref")) for frame in wire.all("error")]
    assert codes == [
        ("bad_frame", None),
        ("bad_frame", None),
        ("bad_frame", None),
        ("unknown_type", "a"),
        ("invalid", "b"),
        ("unknown_type", "c"),
        ("bad_frame", None),
    ]
    assert answer["type"] == "ok"


async def test_many_bodies_too_long_are_refused_and_do_not_end_the_socket(open_sockets, bob, hall):
    wire = await open_sockets(bob)
    for _again in range(protocol.MAX_OVERSIZE_FRAMES + 3):
        assert (await wire.say(hall.pk, "长" * (protocol.MAX_BODY_CHARACTERS + 1)))["code"] == "too_large"
    assert (await wire.say(hall.pk, "长" * protocol.MAX_BODY_CHARACTERS))["type"] == "ok"


async def test_our_own_fault_is_answered_logged_without_words_and_survived(
    open_sockets, monkeypatch, caplog, bob, hall
):
    wire = await open_sockets(bob)

    def broken(person, command):
        raise ZeroDivisionError

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setitem(commands.HANDLERS, protocol.MessageSend, commands.Handler(broken, writes=True))
        assert (await wire.say(hall.pk, "a secret"))["code"] == "internal"
    assert "ZeroDivisionError" in caplog.text
    assert "a secret" not in caplog.text
    assert (await wire.say(hall.pk, "again"))["type"] == "ok"
    await wire.said("again")  # deliveries were held for the failed one, and are not any more


async def test_a_pong_that_nobody_asked_for_is_refused(open_sockets, bob):
    wire = await open_sockets(bob)
    assert (await wire.ask("pong", n=1))["code"] == "invalid"


async def test_who_has_no_session_is_told_so_with_4401(open_sockets, bob, eve):
    assert await (await open_sockets(cookie="", greeted=False)).closes() == 4401
    assert await (await open_sockets(cookie="sessionid=abcdefgh12345678", greeted=False)).closes() == 4401
    cookie = await act(cast.session_cookie, eve)
    await act(people.deactivate, eve.user)
    gone = await open_sockets(cookie=cookie, greeted=False)
    assert await gone.closes() == 4401
    assert gone.heard == []


async def test_another_page_is_refused_before_anything_is_read(open_sockets, bob):
    wire = await open_sockets(bob, origin="http://evil.example", greeted=False)
    assert not wire.accepted
    assert wire.heard == []


async def test_the_end_of_a_session_closes_its_sockets_and_no_other(open_sockets, bob):
    here, there = await open_sockets(bob), await open_sockets(bob)
    cookie = await act(cast.session_cookie, bob)
    third = await open_sockets(cookie=cookie)
    await act(sessions.ended, bob.pk, session_key=cookie.partition("=")[2])
    assert await third.closes() == 4401
    assert (await here.ask("people", ids=[]))["type"] == "ok"
    await act(sessions.ended, bob.pk)
    assert [await wire.closes() for wire in (here, there)] == [4401, 4401]
    assert bob.pk not in hub.current().people


async def test_a_socket_that_is_gone_leaves_nothing_in_the_hub(open_sockets, ann, bob, hall, den):
    wires = [await open_sockets(person) for person in (ann, bob, bob)]
    assert set(hub.current().people) == {ann.pk, bob.pk}
    for wire in wires:
        await wire.leave()
    assert (hub.current().people, hub.current().rooms) == ({}, {})
