"""Promise: whoever is in a room hears it, from the moment they join until they leave; what is read, typed or healed
reaches the right sockets; presence is told whole once, then by its differences.
"""

from functools import partial

import pytest
from channels.layers import get_channel_layer

from chat import bridge
from chat.services import memberships, people, presence, rooms
from tests.socket_client import bodies

pytestmark = [pytest.mark.sockets, pytest.mark.django_db(transaction=True)]


async def act(function, *arguments, **options):
    """Call a service as a command does: in the writer's thread."""
    return await bridge.write(partial(function, *arguments, **options))


# Rooms


async def test_who_is_added_hears_the_room_at_once_on_every_socket(open_sockets, ann, eve, den):
    owner, *tabs = [await open_sockets(person) for person in (ann, eve, eve)]
    await act(memberships.add, ann, den.pk, eve.pk)
    for tab in tabs:
        joined = await tab.hears("room.joined")
        assert joined["room"] | {"id": den.pk, "name": "Den", "role": "member"} == joined["room"]
        assert joined["rev"] > tab.heard[0]["rev"]
    await owner.say(den.pk, "welcome")
    assert [(await tab.said("welcome"))["author"] for tab in tabs] == [ann.pk, ann.pk]


async def test_who_is_removed_hears_nothing_more(open_sockets, ann, bob, xiaoming, hall, den):
    owner, removed, stays = [await open_sockets(person) for person in (ann, bob, xiaoming)]
    await act(memberships.remove, ann, den.pk, bob.pk)
    left = await removed.hears("room.left")
    assert left["room"] == den.pk
    assert left["rev"] > removed.heard[0]["rev"]
    await owner.say(den.pk, "a secret")
    await owner.ask("room.typing", room=den.pk)
    await stays.said("a secret")
    await owner.say(hall.pk, "in public")
    await removed.said("in public")  # one channel carries all rooms in order: the secret would have come before
    assert bodies(removed.all("room.changes")) == ["in public"]
    assert removed.all("room.typing") == []
    for command, fields in {"room.history": {}, "room.changes": {"after": 0}, "room.read": {"seq": 1}}.items():
        assert (await removed.ask(command, room=den.pk, **fields))["code"] == "not_found"
    hello = (await open_sockets(bob)).heard[0]
    assert [room["name"] for room in hello["rooms"]] == ["Hall"]


async def test_who_leaves_and_comes_back_has_nothing_unread(open_sockets, ann, bob):
    room = await act(rooms.create, ann, kind="open", name="Porch")
    wire, owner = await open_sockets(bob), await open_sockets(ann)
    await owner.say(room.pk, "before")
    await act(memberships.join, bob, room.pk)
    first = (await wire.hears("room.joined"))["room"]
    await act(memberships.leave, bob, room.pk)
    await wire.hears("room.left", room=room.pk)
    await owner.say(room.pk, "meanwhile")
    await act(memberships.join, bob, room.pk)
    second = (await wire.hears("room.joined"))["room"]
    assert (first["last_seq"], first["last_read_seq"]) == (1, 1)
    assert (second["last_seq"], second["last_read_seq"]) == (2, 2)


async def test_both_hear_a_new_direct_room_with_its_people(open_sockets, bob, xiaoming):
    wires = [await open_sockets(bob), await open_sockets(xiaoming)]
    room = await act(rooms.open_direct, bob, xiaoming.pk)
    for wire in wires:
        event = await wire.hears("room.joined")
        assert event["room"]["id"] == room.pk
        assert sorted(event["room"]["people"]) == [bob.pk, xiaoming.pk]
        assert {person["name"] for person in event["people"]} == {"Bob", "王小明"}
    await wires[0].say(room.pk, "你好")
    assert (await wires[1].said("你好"))["author"] == bob.pk


async def test_a_new_name_and_an_archive_are_changes_of_the_room(open_sockets, ann, bob, den):
    wire = await open_sockets(bob)
    await act(rooms.change, ann, den.pk, name="书房", topic="安静")
    first = await wire.hears("room.changes", room=den.pk)
    await act(rooms.archive, ann, den.pk)
    second = await wire.hears("room.changes", room=den.pk)
    assert first["info"] == {"kind": "private", "name": "书房", "topic": "安静", "archived": False}
    assert second["info"]["archived"] is True
    assert (first["messages"], first["rev"], second["after"]) == ([], 1, 1)
    assert (await wire.say(den.pk, "too late"))["code"] == "forbidden"
    missed = await wire.ask("room.changes", room=den.pk, after=0)
    assert (missed["rev"], missed["info"]) == (2, second["info"])


# Healing


async def test_what_the_layer_loses_is_found_by_position(open_sockets, monkeypatch, ann, bob, hall):
    sender, reader = await open_sockets(ann), await open_sockets(bob)
    await sender.say(hall.pk, "one")
    at = (await reader.hears("room.changes"))["rev"]

    async def lose(group, frame):
        """Take the frame and carry it nowhere."""

    with monkeypatch.context() as patch:
        patch.setattr(get_channel_layer(), "group_send", lose)
        assert (await sender.say(hall.pk, "lost"))["type"] == "ok"
        await sender.ask("hello")
    await sender.say(hall.pk, "three")
    event = await reader.hears("room.changes")
    assert event["after"] > at, "a reader must see that something is missing"
    answer = await reader.ask("room.changes", room=hall.pk, after=at)
    assert bodies([answer]) == ["lost", "three"]
    assert (answer["after"], answer["rev"], answer["more"]) == (at, event["rev"], False)


async def test_too_far_behind_or_ahead_means_to_start_over(open_sockets, settings, bob, hall):
    settings.CHAT_REPLAY_LIMIT_CHANGES = 3
    wire = await open_sockets(bob)
    for number in range(5):
        await wire.say(hall.pk, str(number))
    assert bodies([await wire.ask("room.changes", room=hall.pk, after=2)]) == ["2", "3", "4"]
    for after in (1, 99):
        answer = await wire.ask("room.changes", room=hall.pk, after=after)
        assert {name: answer.get(name) for name in ("reset", "rev", "last_seq", "messages")} == {
            "reset": True,
            "rev": 5,
            "last_seq": 5,
            "messages": None,
        }


async def test_history_pages_to_both_ends_without_a_gap(open_sockets, bob, hall):
    wire = await open_sockets(bob)
    for number in range(1, 31):
        await wire.say(hall.pk, str(number))
    newest = await wire.ask("room.history", room=hall.pk, limit=10)
    middle = await wire.ask("room.history", room=hall.pk, before=21, limit=10)
    oldest = await wire.ask("room.history", room=hall.pk, before=11, limit=10)
    around = await wire.ask("room.history", room=hall.pk, around=15, limit=5)
    after = await wire.ask("room.history", room=hall.pk, after=28)
    assert bodies([oldest, middle, newest]) == [str(number) for number in range(1, 31)]
    assert [(page["has_more"], page["has_newer"]) for page in (newest, middle, oldest, around, after)] == [
        (True, False),
        (True, True),
        (False, True),
        (True, True),
        (True, False),
    ]
    assert bodies([around]) == ["12", "13", "14", "15", "16"]
    assert bodies([after]) == ["29", "30"]
    assert newest["rev"] == 30


async def test_pages_of_long_messages_stay_within_a_frame(open_sockets, bob, hall):
    wire = await open_sockets(bob)
    for _number in range(12):
        await wire.say(hall.pk, "长" * 10_000)  # 30 kB each in UTF-8
    answer = await wire.ask("room.changes", room=hall.pk, after=0)
    seqs, rev = [message["seq"] for message in answer["messages"]], answer["rev"]
    assert answer["more"]
    while answer["more"]:
        answer = await wire.ask("room.changes", room=hall.pk, after=rev)
        seqs, rev = seqs + [message["seq"] for message in answer["messages"]], answer["rev"]
    assert seqs == list(range(1, 13))
    assert (await wire.ask("room.history", room=hall.pk))["has_more"]


# Reading


async def test_reading_is_told_to_every_tab_and_to_nobody_else(open_sockets, ann, bob, hall):
    writer, here, there = [await open_sockets(person) for person in (ann, bob, bob)]
    for number in range(3):
        await writer.say(hall.pk, str(number))
    assert (await here.ask("room.read", room=hall.pk, seq=2))["last_read_seq"] == 2
    for tab in (here, there):
        assert (await tab.hears("room.read"))["last_read_seq"] == 2
    assert (await here.ask("room.read", room=hall.pk, seq=1))["last_read_seq"] == 2, "reading never goes back"
    assert (await here.ask("room.read", room=hall.pk, seq=999))["last_read_seq"] == 3, "nor beyond what was said"
    assert (await there.hears("room.read"))["last_read_seq"] == 3
    await writer.say(hall.pk, "the end")
    await writer.said("the end")
    assert writer.all("room.read") == []
    hello = (await open_sockets(bob)).heard[0]
    assert [(room["last_seq"], room["last_read_seq"]) for room in hello["rooms"]] == [(4, 3)]


async def test_unread_goes_back_on_purpose(open_sockets, ann, bob, hall):
    writer, reader, tab = [await open_sockets(person) for person in (ann, bob, bob)]
    for number in range(3):
        await writer.say(hall.pk, str(number))
    await reader.ask("room.read", room=hall.pk, seq=3)
    assert (await tab.hears("room.read"))["last_read_seq"] == 3
    assert (await reader.ask("room.unread", room=hall.pk, seq=2))["last_read_seq"] == 1
    moved = await tab.hears("room.read")
    assert moved["last_read_seq"] == 1
    assert moved["rev"] > tab.all("room.read")[0]["rev"]


async def test_who_speaks_has_read_what_stands_above(open_sockets, ann, bob, hall):
    writer, other = await open_sockets(ann), await open_sockets(bob)
    await writer.say(hall.pk, "one")
    await other.say(hall.pk, "two")
    hello = (await open_sockets(bob)).heard[0]
    assert [room["last_read_seq"] for room in hello["rooms"]] == [2]


# Typing


async def test_typing_is_heard_by_the_others_and_not_by_oneself(open_sockets, ann, bob, xiaoming, hall):
    writer, own_tab, other, third = [await open_sockets(person) for person in (bob, bob, ann, xiaoming)]
    assert (await writer.ask("room.typing", room=hall.pk))["type"] == "ok"
    for wire in (other, third):
        assert await wire.hears("room.typing") == {"type": "room.typing", "room": hall.pk, "person": bob.pk}
    await other.say(hall.pk, "the end")
    for wire in (writer, own_tab):
        await wire.said("the end")
        assert wire.all("room.typing") == []


async def test_typing_is_paced_for_each_room(open_sockets, bob, hall, den):
    wire = await open_sockets(bob)
    assert (await wire.ask("room.typing", room=hall.pk))["type"] == "ok"
    refused = await wire.ask("room.typing", room=hall.pk)
    assert refused["code"] == "rate_limited"
    assert 0 < refused["retry_after"] <= 3
    assert (await wire.ask("room.typing", room=den.pk))["type"] == "ok"


# People and presence


async def test_people_come_by_id_and_by_name(open_sockets, ann, bob, xiaoming, eve, den):
    wire = await open_sockets(bob)
    by_id = await wire.ask("people", ids=[ann.pk, xiaoming.pk, 987_654])
    assert {person["name"] for person in by_id["people"]} == {"Ann", "王小明"}
    by_name = await wire.ask("people.find", query="小")
    assert [person["id"] for person in by_name["people"]] == [xiaoming.pk]
    in_room = await wire.ask("people.find", query="", room=den.pk)
    assert {person["name"] for person in in_room["people"]} == {"Ann", "Bob", "王小明"}


def state_of(person, state):
    """Return whether a presence frame tells this of a person."""
    return lambda frame: {"id": person.pk, "state": state} in frame["people"]


async def test_presence_comes_whole_once_and_then_by_differences(open_sockets, ann, bob):
    first = await open_sockets(ann)
    await first.hears("presence", where=state_of(ann, "online"))
    second, tab = await open_sockets(bob), await open_sockets(bob)
    assert second.all("presence")[0]["people"] == [{"id": ann.pk, "state": "online"}]
    news = await first.hears("presence", where=state_of(bob, "online"))
    assert news["people"] == [{"id": bob.pk, "state": "online"}]
    assert "full" not in news
    await tab.leave()
    await second.leave()
    news = await first.hears("presence", where=state_of(bob, "offline"))
    assert news["people"] == [{"id": bob.pk, "state": "offline"}]
    assert await act(presence.states) == {ann.pk: "online"}


async def test_who_does_nothing_is_idle_until_they_do_something(open_sockets, settings, ann, bob):
    settings.CHAT_LEASE_SECONDS, settings.CHAT_IDLE_AFTER_SECONDS = 1.5, 1.0
    watcher, wire = await open_sockets(ann), await open_sockets(bob)
    await watcher.hears("presence", where=state_of(bob, "idle"))
    await wire.ask("people", ids=[])
    await watcher.hears("presence", where=state_of(bob, "online"))


async def test_who_is_shut_out_is_offline_at_once(open_sockets, ann, bob):
    watcher, wire = await open_sockets(ann), await open_sockets(bob)
    await watcher.hears("presence", where=state_of(bob, "online"))
    await act(people.deactivate, bob.user)
    assert await wire.closes() == 4401
    await watcher.hears("presence", where=state_of(bob, "offline"))
