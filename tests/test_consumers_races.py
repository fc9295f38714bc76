"""Promise: whatever overtakes what (a removal, a logout, a failed read), nobody hears a room they are not in,
nobody goes deaf, and no socket outlives its session.
"""

import asyncio
import functools

import pytest

from chat import access, authentication, bridge, hub, payloads
from chat.models import Membership
from chat.services import memberships, messages, rooms, sessions
from tests.socket_client import bodies, new_nonce

pytestmark = [pytest.mark.sockets, pytest.mark.django_db(transaction=True)]


async def act(function, *arguments, **options):
    """Call a service as a command does: in the writer's thread."""
    return await bridge.write(functools.partial(function, *arguments, **options))


def heads(wire, *kinds):
    """The events of these kinds that the wire heard, as (type, rev)."""
    return [(frame["type"], frame["rev"]) for frame in wire.heard if frame["type"] in kinds]


async def test_a_removal_that_overtakes_the_joining_leaves_the_room_unheard(
    open_sockets, monkeypatch, ann, eve, hall, den
):
    owner, removed = await open_sockets(ann), await open_sockets(eve)
    published = []
    with monkeypatch.context() as patch:
        patch.setattr(hub, "_send", lambda group, frame: published.append((group, frame)))
        await act(memberships.add, ann, den.pk, eve.pk)
        await act(memberships.remove, ann, den.pk, eve.pk)
    for group, frame in reversed(published):
        await act(hub._send, group, frame)
    await removed.hears("room.left")
    await removed.ask("people", ids=[])  # the room that was to be told has been read by now, or waits in this order
    await owner.say(den.pk, "private words")
    await owner.say(hall.pk, "public words")
    await removed.said("public words")
    assert bodies(removed.all("room.changes")) == ["public words"]


async def test_leaving_one_room_and_joining_another_are_told_in_that_order(open_sockets, ann, bob, hall, den):
    wire = await open_sockets(bob)
    porch = await act(rooms.create, ann, kind="open", name="Porch")
    connection = next(iter(hub.current().people[bob.pk]))
    connection.hold()  # as while a command waits for the writer
    await act(memberships.remove, ann, den.pk, bob.pk)
    await act(memberships.join, bob, porch.pk)
    async with asyncio.timeout(10):
        while not (connection.rooms >= {porch.pk} and connection._held and connection._held[-1].text):
            await asyncio.sleep(0)
    connection.release()
    await wire.hears("room.joined", where=lambda frame: frame["room"]["id"] == porch.pk)
    told = heads(wire, "room.left", "room.joined")
    assert told == sorted(told, key=lambda each: each[1])
    assert [kind for kind, _rev in told] == ["room.left", "room.joined"]


async def test_a_hello_that_fails_is_answered_and_leaves_nobody_deaf(open_sockets, monkeypatch, ann, bob, hall):
    owner, reader = await open_sockets(ann), await open_sockets(bob)
    with monkeypatch.context() as patch:
        patch.setattr(payloads, "hello", functools.partial(_away))
        assert (await reader.ask("hello"))["code"] == "internal"
    await owner.say(hall.pk, "still there?")
    await reader.said("still there?")


def _away(person):
    raise RuntimeError("the database is away for a moment")


async def test_what_is_said_after_a_removal_is_not_let_go_by_a_hello_that_was_under_way(
    open_sockets, monkeypatch, ann, bob, hall, den
):
    reader = await open_sockets(bob)
    with monkeypatch.context() as patch:
        patch.setattr(access, "room_ids", _removed_after(access.room_ids, ann, bob, den))
        patch.setattr(payloads, "hello", _said_before(payloads.hello, ann, bob, den))
        await reader.ask("hello")
    await act(messages.send, ann, room_id=hall.pk, nonce=new_nonce(), body="for all")
    await reader.said("for all")
    assert "after the removal" not in bodies(reader.all("room.changes"))


def _removed_after(room_ids, owner, person, room):
    def stale(reader):
        found = room_ids(reader)
        if reader.pk == person.pk:
            memberships.remove(owner, room.pk, person.pk)
        return found

    return stale


def _said_before(hello, owner, person, room):
    """The room is heard by then, wrongly: the list was read before the removal."""

    def late(reader):
        if reader.pk == person.pk:
            messages.send(owner, room_id=room.pk, nonce=new_nonce(), body="after the removal")
        return hello(reader)

    return late


async def test_a_session_that_ends_while_its_socket_opens_gets_no_socket(open_sockets, monkeypatch, bob, hall):
    identify = authentication.identify

    def ends_meanwhile(headers):
        found = identify(headers)
        hub.publish_ended(found.person.pk, found.session_mark)
        return found

    first = await open_sockets(bob)
    monkeypatch.setattr(authentication, "identify", ends_meanwhile)
    second = await open_sockets(bob, greeted=False)
    assert await second.closes() == 4401
    assert (await first.ask("people", ids=[]))["type"] == "ok"  # another session of the same person


async def test_everywhere_signed_out_means_also_the_sockets_being_opened(open_sockets, monkeypatch, bob, hall):
    identify = authentication.identify

    def ends_meanwhile(headers):
        found = identify(headers)
        sessions.ended(found.person.pk)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(authentication, "identify", ends_meanwhile)
        assert await (await open_sockets(bob, greeted=False)).closes() == 4401
    await open_sockets(bob)  # a new login afterwards is a new login


async def test_a_layer_that_is_away_at_the_start_is_taken_up_when_it_comes(open_sockets, monkeypatch, ann, bob, hall):
    layer = hub.get_channel_layer()
    new_channel, failures = layer.new_channel, iter([ConnectionError("away"), ConnectionError("away")])

    async def comes_later(*arguments):
        if (failure := next(failures, None)) is not None:
            raise failure
        return await new_channel(*arguments)

    await hub.current().stop()
    monkeypatch.setattr(hub, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(layer, "new_channel", comes_later)
    owner, reader = await open_sockets(ann), await open_sockets(bob)
    await owner.say(hall.pk, "back again")
    await reader.said("back again")
    assert await act(Membership.objects.filter(room=hall).count) >= 2


@pytest.mark.parametrize("neighbour", ['prefs={"a":1}', "x=1, 2", "flag", "a@b=1", "name=日本"])
async def test_odd_cookies_of_neighbours_on_the_host_sign_nobody_out(open_sockets, bob, neighbour):
    from tests.cast import session_cookie

    cookie = await act(session_cookie, bob)
    assert await open_sockets(cookie=f"{neighbour}; {cookie}")


async def test_a_page_of_replies_to_long_messages_fits_its_frames(open_sockets, ann, hall):
    wire = await open_sockets(ann)
    long = [(await wire.say(hall.pk, "\N{GRINNING FACE}" * 10_000))["message"]["id"] for _each in range(12)]
    for message_id in long:
        await wire.say(hall.pk, "yes", reply_to=message_id)
    for fields in ({}, {"around": 18}, {"after": 12}):
        answer = await wire.ask("room.history", room=hall.pk, **fields)
        assert answer["messages"]
        assert len(str(answer).encode()) <= 256 * 1024
    changes = await wire.ask("room.changes", room=hall.pk, after=12)
    assert changes["more"] is True
    assert len(str(changes).encode()) <= 256 * 1024
