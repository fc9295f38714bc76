"""Promise: two daphne processes over PostgreSQL and Redis are one site: what happens at one is heard at the other."""

import asyncio

import pytest

from tests.follower import Follower
from tests.live import Site
from tests.live_fixtures import People
from tests.services import Redis
from tests.socket_client import Browser, bodies, new_nonce

pytestmark = pytest.mark.services

LEASE_SECONDS = 4


@pytest.fixture(scope="module")
async def pair(redis, postgresql):
    """A site with two servers, `server` and `other`, and the cast."""
    database_url = postgresql.new_database("pair")
    site = Site(database_url=database_url, redis_url=redis.url, CHAT_LEASE_SECONDS=str(LEASE_SECONDS))
    try:
        await site.open()
        people = People(site, await site.serve())
        people.other = await site.serve()
        yield await people.arrive()
    finally:
        site.close()


@pytest.fixture(autouse=True)
def no_faults(pair):
    """Whatever a test does, neither server may log an error."""
    marks = [(server, server.mark()) for server in (pair.server, pair.other)]
    yield
    assert [server.faults(mark) for server, mark in marks] == [[], []]


async def test_a_message_sent_at_one_is_read_at_the_other(pair):
    room = await pair.room(pair.bob, pair.xiaoming)
    async with (
        Browser(pair.server, pair.bob["cookie"]) as bob,
        Browser(pair.other, pair.xiaoming["cookie"]) as xiaoming,
    ):
        await bob.hears("hello")
        await xiaoming.hears("hello")
        sent = await bob.say(room, "你好")
        assert (await xiaoming.said("你好"))["id"] == sent["message"]["id"]
        sent = await xiaoming.say(room, "hello yourself")
        assert [(await wire.said("hello yourself"))["id"] for wire in (bob, xiaoming)] == [sent["message"]["id"]] * 2
        assert [frame["after"] for frame in bob.all("room.changes")] == [0, 1]
        assert bob.all("room.changes") == xiaoming.all("room.changes")


async def test_both_are_ready_and_asking_so_disturbs_nobody(pair):
    for server in (pair.server, pair.other):
        status, text = await server.get("/readyz")
        assert status == 200
        assert '"layer": "ok"' in text


async def test_all_talk_at_both_and_end_with_one_story(pair):
    room = await pair.room(pair.bob, pair.xiaoming, pair.lilei)
    people = [pair.ann, pair.bob, pair.xiaoming, pair.lilei]
    browsers = [
        Browser(server, person["cookie"]) for server, person in zip([pair.server, pair.other] * 2, people, strict=True)
    ]
    async with browsers[0], browsers[1], browsers[2], browsers[3]:
        for browser in browsers:
            await browser.hears("hello")
        followers = [Follower(browser, room) for browser in browsers]

        async def talk(name, browser):
            for number in range(25):
                assert (await browser.say(room, f"{name} {number}"))["type"] == "ok"

        talks = [talk(name, browser) for name, browser in enumerate(browsers)]
        await asyncio.gather(*talks, *(follower.reach(100) for follower in followers))
        stories = [follower.story for follower in followers]
    stored = [body for _seq, _author, _nonce, body in await pair.site.backstage("stored", room=room)]
    assert stories == [stored] * 4
    assert sorted(stored) == sorted(f"{name} {number}" for name in range(4) for number in range(25))


async def test_one_nonce_at_both_at_once_is_one_message(pair):
    room = await pair.room(pair.bob)
    async with (
        Browser(pair.server, pair.bob["cookie"]) as here,
        Browser(pair.other, pair.bob["cookie"]) as there,
        Browser(pair.other, pair.ann["cookie"]) as reader,
    ):
        await reader.hears("hello")
        for number in range(10):
            nonce = new_nonce()
            answers = await asyncio.gather(
                *(wire.say(room, f"once {number}", nonce=nonce) for wire in (here, there, here, there))
            )
            assert len({answer["message"]["id"] for answer in answers}) == 1
            assert sorted(answer.get("duplicate", False) for answer in answers) == [False, True, True, True]
        await here.say(room, "the end")
        await reader.said("the end")
        assert sorted(bodies(reader.all("room.changes"))) == sorted([*(f"once {n}" for n in range(10)), "the end"])
    assert len(await pair.site.backstage("stored", room=room)) == 11


async def test_typing_and_reading_cross_over(pair):
    room = await pair.room(pair.bob)
    async with (
        Browser(pair.server, pair.ann["cookie"]) as ann,
        Browser(pair.server, pair.bob["cookie"]) as bob,
        Browser(pair.other, pair.bob["cookie"]) as phone,
    ):
        for wire in (ann, bob, phone):
            await wire.hears("hello")
        await phone.ask("room.typing", room=room)
        assert await ann.hears("room.typing") == {"type": "room.typing", "room": room, "person": pair.bob["id"]}
        await ann.say(room, "read me")
        await phone.said("read me")
        await phone.ask("room.read", room=room, seq=1)
        assert (await bob.hears("room.read"))["last_read_seq"] == 1


def state_of(person, state):
    """Return whether a presence frame tells this of a person."""
    return lambda frame: {"id": person["id"], "state": state} in frame["people"]


async def test_presence_is_one_for_both(pair):
    # People of this test alone: those of others may still be on their way out.
    gina, hugo, ines = [await pair.newcomer(name) for name in ("Gina", "Hugo", "Ines")]
    async with Browser(pair.server, pair.ann["cookie"]) as watcher:
        async with Browser(pair.other, gina["cookie"]) as phone:
            await watcher.hears("presence", where=state_of(gina, "online"))
            async with Browser(pair.server, gina["cookie"]) as desk, Browser(pair.server, hugo["cookie"]):
                await desk.hears("hello")
                # A process writes the leases of all its people together: with hugo's there is gina's second one.
                await watcher.hears("presence", where=state_of(hugo, "online"))
                await phone.leave()
                async with Browser(pair.other, ines["cookie"]):
                    await watcher.hears("presence", where=state_of(ines, "online"))
                    assert not any(state_of(gina, "offline")(frame) for frame in watcher.all("presence"))
        await watcher.hears("presence", where=state_of(gina, "offline"))


async def test_the_people_of_a_killed_process_are_offline_when_their_lease_has_run_out(pair):
    third = await pair.site.serve()
    jack = await pair.newcomer("Jack")
    async with Browser(pair.server, pair.ann["cookie"]) as watcher, Browser(third, jack["cookie"]):
        await watcher.hears("presence", where=state_of(jack, "online"))
        third.kill()
        killed_at = asyncio.get_running_loop().time()
        await watcher.hears("presence", where=state_of(jack, "offline"), within_seconds=5 * LEASE_SECONDS)
        assert asyncio.get_running_loop().time() - killed_at > LEASE_SECONDS / 2, "a lease, not a goodbye"


async def test_logging_out_at_one_closes_the_sockets_at_the_other(pair):
    carol = await pair.newcomer("Carol")
    elsewhere = await pair.site.backstage("cookie", person=carol["id"])
    async with Browser(pair.other, carol["cookie"]) as tab, Browser(pair.other, elsewhere) as phone:
        await tab.hears("hello")
        await phone.hears("hello")
        assert (await pair.server.post("/accounts/logout/", carol["cookie"]))[0] == 302
        assert await tab.closes(5.0) == 4401
        assert (await phone.ask("people", ids=[]))["type"] == "ok"
        await pair.site.backstage("deactivate", person=carol["id"])
        assert await phone.closes(5.0) == 4401


async def test_what_a_command_without_sockets_does_reaches_the_sockets_of_both(pair):
    room = await pair.room()
    async with (
        Browser(pair.server, pair.ann["cookie"]) as ann,
        Browser(pair.server, pair.eve["cookie"]) as here,
        Browser(pair.other, pair.eve["cookie"]) as there,
    ):
        for wire in (ann, here, there):
            await wire.hears("hello")
        await pair.site.backstage("add", person=pair.ann["id"], room=room, other=pair.eve["id"])
        assert [(await wire.hears("room.joined"))["room"]["id"] for wire in (here, there)] == [room, room]
        await pair.site.backstage("send", person=pair.ann["id"], room=room, nonce=new_nonce(), body="from a command")
        for wire in (ann, here, there):
            await wire.said("from a command")
        await pair.site.backstage("rename_room", person=pair.ann["id"], room=room, name="书房")
        for wire in (ann, here, there):
            await wire.hears("room.changes", where=lambda frame: frame.get("info", {}).get("name") == "书房")
        await pair.site.backstage("remove", person=pair.ann["id"], room=room, other=pair.eve["id"])
        for wire in (here, there):
            await wire.hears("room.left", room=room)
        await ann.say(room, "a secret")
        await ann.said("a secret")
        assert (await there.ask("room.history", room=room))["code"] == "not_found"


async def test_what_postgresql_cannot_store_is_refused_and_not_our_fault(pair):
    room = await pair.room(pair.bob)
    async with Browser(pair.server, 'sessionid="abcdefgh\\000"') as wire:
        assert await wire.closes() == 4401
    async with Browser(pair.server, pair.bob["cookie"]) as wire:
        codes = [
            (await wire.say(room, "a\0b"))["code"],
            (await wire.say(room, "x", nonce="n000000\0"))["code"],
            (await wire.ask("people.find", query="\0"))["code"],
            (await wire.ask("room.read", room=2**53 - 1, seq=2**53 - 1))["code"],
            (await wire.ask("room.history", room=room, before=2**53 - 1))["type"],
            (await wire.ask("people", ids=[2**53 - 1]))["type"],
        ]
        assert codes == ["invalid", "invalid", "invalid", "not_found", "ok", "ok"]
        for body in ("\x01\x08\x7f \u2028 😀", "\u202eabc", "e\u0301"):
            assert (await wire.say(room, body))["type"] == "ok"
    stored = await pair.site.backstage("stored", room=room)
    assert [body for _seq, _author, _nonce, body in stored] == ["\x01\x08\x7f \u2028 😀", "\u202eabc", "e\u0301"]


async def test_without_redis_what_is_said_is_still_stored_and_found(pair, postgresql):
    redis = Redis()
    redis.start()
    site = Site(database_url=postgresql.new_database("alone"), redis_url=redis.url)
    try:
        await site.open()
        people = await People(site, await site.serve()).arrive()
        room = await people.room(people.bob)
        async with Browser(people.server, people.bob["cookie"]) as wire:
            assert (await wire.say(room, "before"))["type"] == "ok"
            redis.stop()
            assert (await wire.say(room, "meanwhile"))["type"] == "ok"
            assert bodies([await wire.ask("room.changes", room=room, after=0)]) == ["before", "meanwhile"]
        async with Browser(people.server, people.ann["cookie"]) as late:
            hello = await late.hears("hello")
            assert [entry["last_seq"] for entry in hello["rooms"] if entry["id"] == room] == [2]
        status, text = await people.server.get("/readyz")
        assert (status, '"layer": "degraded"' in text) == (200, True)
    finally:
        site.close()
        redis.close()
