"""Promise: nobody's slowness or end touches the others: a full outbox ends its own connection, the rest hear on."""

import asyncio
from functools import partial

import pytest

from chat import bridge, hub
from chat.connection import Connection
from chat.protocol import Close

pytestmark = [pytest.mark.sockets, pytest.mark.django_db(transaction=True)]

ROOM = 7


class Reader:
    """A connection of the running hub; a slow one never gets anything off its outbox."""

    def __init__(self, person_id, *, slow=False):
        """It hears ROOM from now on."""
        self.heard = []
        self.closed_with = None
        self.news = asyncio.Event()
        self.slow = slow
        self.connection = Connection(
            person_id=person_id, session_mark="s", send=self.send, end=self.end, room_added=lambda room_id: None
        )
        hub.current().add(self.connection)
        hub.current().enter(self.connection, ROOM)
        self.writer = asyncio.get_running_loop().create_task(self.connection.write_loop())

    async def send(self, text):
        """Take a frame, or never finish."""
        if self.slow:
            await asyncio.Event().wait()
        self.heard.append(text)
        self.news.set()

    def end(self, code):
        """Leave the hub at once, as the consumer does."""
        self.closed_with = code
        hub.current().remove(self.connection)

    async def hears(self, text):
        """Wait until a frame has come."""
        async with asyncio.timeout(10):
            while text not in self.heard:
                self.news.clear()
                await self.news.wait()


async def publish(*texts):
    """Publish frames to the room as a service does, from a thread."""
    for text in texts:
        await bridge.write(hub.publish_room, ROOM, [(0, 1, text)])


async def test_a_full_outbox_ends_its_connection_and_costs_the_others_nothing(open_sockets, settings):
    settings.CHAT_OUTBOX_FRAMES = 8
    await hub.current().start()
    # Several slow ones of several people, among the quick ones: a set's order is nobody's.
    readers = [Reader(number % 5, slow=number % 2 == 0) for number in range(20)]
    frames = [f"frame {number}" for number in range(30)]
    await publish(*frames)
    for reader in readers:
        if reader.slow:
            assert (reader.closed_with, reader.heard) == (int(Close.TOO_SLOW), [])
        else:
            await reader.hears(frames[-1])
            assert (reader.closed_with, reader.heard) == (None, frames)
        reader.writer.cancel()
    assert not any(reader.slow for reader in readers if reader.connection in hub.current().rooms[ROOM])


async def test_what_is_held_back_comes_later_in_its_order_and_is_bounded(open_sockets, settings):
    settings.CHAT_OUTBOX_FRAMES = 8
    await hub.current().start()
    patient, stuck, other = Reader(1), Reader(2), Reader(3)
    patient.connection.hold()
    stuck.connection.hold()
    await publish("one", "two")
    await other.hears("two")
    patient.connection.answer("ok")
    patient.connection.release()
    await publish("three", *(str(number) for number in range(7)))
    await other.hears("6")
    await patient.hears("6")
    assert patient.heard[:4] == ["ok", "one", "two", "three"]
    assert (stuck.closed_with, stuck.heard) == (int(Close.TOO_SLOW), [])
    for reader in (patient, stuck, other):
        reader.writer.cancel()


async def test_a_frame_that_cannot_be_relayed_does_not_end_the_relay(open_sockets, caplog):
    await hub.current().start()
    reader = Reader(1)
    await bridge.write(partial(hub._publish, ROOM, {"type": "hub.unheard-of"}))
    await publish("after it")
    await reader.hears("after it")
    assert "hub.relay_failed" in caplog.text
    reader.writer.cancel()


async def test_a_layer_that_fails_or_hangs_loses_only_its_frame(open_sockets, monkeypatch, caplog):
    await hub.current().start()
    reader = Reader(1)
    monkeypatch.setattr(hub, "PUBLISH_TIMEOUT_SECONDS", 0.05)
    layer = hub.current()._layer

    async def hang(group, frame):
        await asyncio.Event().wait()

    async def fail(group, frame):
        raise ConnectionError

    for broken in (hang, fail):
        with monkeypatch.context() as patch:
            tried = asyncio.Event()

            async def send(group, frame, broken=broken, tried=tried):
                tried.set()
                await broken(group, frame)

            patch.setattr(layer, "group_send", send)
            await publish("lost")
            await asyncio.wait_for(tried.wait(), 10)
    await publish("heard")
    await reader.hears("heard")
    assert reader.heard == ["heard"]
    assert caplog.text.count("layer.publish_failed") == 2
    reader.writer.cancel()


async def test_a_burst_closes_no_reader_that_keeps_up(open_sockets, settings, monkeypatch):
    """However many frames wait in the mailbox, the writers have their turn between two of them."""
    settings.CHAT_OUTBOX_FRAMES = 16
    mailbox = [{"type": "hub.room", "room": ROOM, "text": f"frame {number}"} for number in range(400)]

    async def receive(channel):
        return mailbox.pop(0) if mailbox else await asyncio.Event().wait()

    quick = Reader(1)
    monkeypatch.setattr(hub.get_channel_layer(), "receive", receive)
    await hub.current().start()
    await quick.hears("frame 399")
    assert quick.closed_with is None
    assert quick.heard == [f"frame {number}" for number in range(400)]
