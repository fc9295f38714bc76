"""Promise: who is gone is closed at the timeout and leaves presence, also when their process was killed; and what was
acknowledged survives a `kill -9`, stored once and in one order.
"""

import asyncio

import pytest

from tests.live import SHORT_CLOCKS
from tests.socket_client import Browser, bodies, new_nonce

pytestmark = pytest.mark.live


def state_of(person, state):
    """Return whether a presence frame tells this of a person."""
    return lambda frame: {"id": person["id"], "state": state} in frame["people"]


async def test_who_answers_pings_stays(quick):
    timeout_seconds = float(SHORT_CLOCKS["CHAT_HEARTBEAT_TIMEOUT_SECONDS"])
    loop = asyncio.get_running_loop()
    async with Browser(quick.server, quick.bob["cookie"]) as wire:
        hello = await wire.hears("hello")
        began_at, numbers = loop.time(), []
        while loop.time() < began_at + 2 * timeout_seconds:
            numbers.append((await wire.hears("ping"))["n"])
        assert (await wire.ask("people", ids=[]))["type"] == "ok"
    assert hello["heartbeat"] == {"interval": 0.4, "timeout": 1.2}
    assert len(set(numbers)) == len(numbers), "a number that can be guessed proves nothing"


@pytest.mark.parametrize("talks", [False, True], ids=["silent", "talking, but not answering"])
async def test_who_does_not_answer_pings_is_closed_at_the_timeout_and_leaves_presence(quick, talks):
    timeout_seconds = float(SHORT_CLOCKS["CHAT_HEARTBEAT_TIMEOUT_SECONDS"])
    loop = asyncio.get_running_loop()
    async with Browser(quick.server, quick.ann["cookie"]) as watcher:
        await watcher.hears("presence", full=True)
        async with Browser(quick.server, quick.lilei["cookie"], answers_pings=False) as wire:
            began_at = loop.time()
            await watcher.hears("presence", where=state_of(quick.lilei, "online"))
            for _ping in range(2 if talks else 0):
                await wire.hears("ping")
                await wire.ask("people", ids=[])
            assert await wire.closes() == 4408
            assert timeout_seconds * 0.9 < loop.time() - began_at < timeout_seconds + 5.0
        await watcher.hears("presence", where=state_of(quick.lilei, "offline"))


async def test_a_wrong_pong_does_not_keep_a_socket_alive(quick):
    async with Browser(quick.server, quick.bob["cookie"], answers_pings=False) as wire:
        ping = await wire.hears("ping")
        assert (await wire.ask("pong", n=(ping["n"] + 1) % 2**32))["code"] == "invalid"
        assert await wire.closes() == 4408


async def test_a_socket_that_just_vanishes_leaves_presence(quick):
    async with Browser(quick.server, quick.ann["cookie"]) as watcher:
        await watcher.hears("presence", full=True)
        async with Browser(quick.server, quick.eve["cookie"]) as wire:
            await watcher.hears("presence", where=state_of(quick.eve, "online"))
            wire._socket.transport.abort()
            await watcher.hears("presence", where=state_of(quick.eve, "offline"))


async def test_the_people_of_a_killed_process_are_offline_when_their_lease_has_run_out(own_site):
    site = await own_site(CHAT_LEASE_SECONDS="4")
    server = await site.serve()
    ann, bob = [await site.backstage("person", name=name) for name in ("Ann", "Bob")]
    async with Browser(server, ann["cookie"]) as watcher, Browser(server, bob["cookie"]):
        await watcher.hears("presence", where=state_of(bob, "online"))
        server.kill()
    assert (bob["id"],) in site.rows("SELECT person_id FROM chat_presencelease"), "nobody gave the lease back"
    await server.start()
    async with Browser(server, ann["cookie"]) as watcher:
        # From here on the new process tells of all leases; bob's may have run out while it started.
        await watcher.hears("presence", where=state_of(ann, "online"))
        await watcher.ask("hello")
        everyone = await watcher.hears("presence", where=lambda frame: frame.get("full") and frame["people"])
        if state_of(bob, "online")(everyone):
            await watcher.hears("presence", where=state_of(bob, "offline"))


async def test_what_was_acknowledged_survives_a_kill_and_what_was_not_is_stored_once(own_site):
    site = await own_site()
    server = await site.serve()
    people = [await site.backstage("person", name=name) for name in ("Ann", "Bob", "王小明", "李雷")]
    room = await site.backstage("room", owner=people[0]["id"], name="Hall", members=[each["id"] for each in people[1:]])
    acknowledged, written = {}, {}
    enough = asyncio.Event()

    async def talk(person):
        async with Browser(server, person["cookie"]) as wire:
            while True:
                nonce = new_nonce()
                written[nonce] = person
                answer = await wire.say(room, f"body {nonce}", nonce=nonce)
                acknowledged[nonce] = answer["message"]["seq"]
                if len(acknowledged) >= 60:
                    enough.set()

    talkers = [asyncio.create_task(talk(person)) for person in people]
    await asyncio.wait_for(enough.wait(), 20)
    server.kill()
    outcomes = await asyncio.gather(*talkers, return_exceptions=True)
    assert all(isinstance(outcome, Exception) for outcome in outcomes)
    await server.start()
    unsure = [nonce for nonce in written if nonce not in acknowledged]
    assert len(unsure) == len(people)
    for nonce in unsure:
        async with Browser(server, written[nonce]["cookie"]) as wire:
            acknowledged[nonce] = (await wire.say(room, f"body {nonce}", nonce=nonce))["message"]["seq"]
    async with Browser(server, people[0]["cookie"]) as wire:
        answer = await wire.ask("room.changes", room=room, after=0)
        history = bodies([answer])
        while answer["more"]:
            answer = await wire.ask("room.changes", room=room, after=answer["rev"])
            history += bodies([answer])
    rows = site.rows("SELECT seq, nonce, body FROM chat_message WHERE room_id = ? ORDER BY seq", room)
    assert {nonce: seq for seq, nonce, _body in rows} == acknowledged
    assert [seq for seq, _nonce, _body in rows] == list(range(1, len(written) + 1))
    assert history == [body for _seq, _nonce, body in rows]
