"""The hub: what one process publishes reaches every socket of every process.

A process owns one channel of the layer, in a small fixed set of groups; each frame is encoded once, crosses the
layer once per process, and is handed from there to the outboxes of local connections. A group per room would be
wrong for the in-memory layer, which scans all groups at each send; a layer channel per socket costs Channels'
whole dispatch per delivery.

The layer is a hint and may lose anything: what it loses is healed from the database by position (`rev`).
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable
from typing import Any, Final

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from chat.connection import Connection
from chat.protocol import Close
from chat.throttle import Every

logger = logging.getLogger(__name__)

GROUPS: Final = 16
REJOIN_SECONDS: Final = 3600.0
"""Groups expire (a day by default); a live process joins again long before."""
ENDED_KEPT_SECONDS: Final = 60.0
START_TIMEOUT_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 1.0
PUBLISH_TIMEOUT_SECONDS: Final = 1.0
"""A layer that hangs must not hold up the next frame: the message is stored, positions heal the rest."""

Frame = dict[str, Any]

_hubs: dict[asyncio.AbstractEventLoop, "Hub"] = {}


def current() -> "Hub":
    """Return the hub of the running event loop, made and started at first use: daphne tells no lifespan."""
    loop = asyncio.get_running_loop()
    for stale in [other for other in _hubs if other.is_closed()]:
        del _hubs[stale]
    if loop not in _hubs:
        _hubs[loop] = Hub(loop)
    return _hubs[loop]


def publish_room(room_id: int, frames: list[tuple[int, int, str]]) -> None:
    """After commit, tell the members of a room: `frames` holds (after, rev, text) of each `room.changes`."""
    for after, rev, text in frames:
        _publish(room_id, {"type": "hub.room", "room": room_id, "after": after, "rev": rev, "text": text})


def publish_passing(room_id: int, text: str, *, person_id: int) -> None:
    """Tell the members of a room something that has no position and may be lost; not to `person_id` themself."""
    _publish(room_id, {"type": "hub.passing", "room": room_id, "person": person_id, "text": text})


def publish_person(person_id: int, text: str) -> None:
    """After commit, tell all sockets of a person."""
    _publish(person_id, {"type": "hub.person", "person": person_id, "text": text})


def publish_joined(person_id: int, room_id: int) -> None:
    """After commit, have all sockets of a person hear a room; each reads it and is told `room.joined`."""
    _publish(person_id, {"type": "hub.joined", "person": person_id, "room": room_id})


def publish_left(person_id: int, room_id: int, text: str) -> None:
    """After commit, have all sockets of a person hear a room no more, and tell them `text`, the `room.left`."""
    _publish(person_id, {"type": "hub.left", "person": person_id, "room": room_id, "text": text})


def publish_ended(person_id: int, session_mark: str | None) -> None:
    """After commit, close the sockets of a person with 4401: those of one session, or all when it is None."""
    _publish(person_id, {"type": "hub.ended", "person": person_id, "session": session_mark or ""})


def _publish(number: int, frame: Frame) -> None:
    transaction.on_commit(lambda: _send(f"hub.{number % GROUPS}", frame))


def _send(group: str, frame: Frame) -> None:
    """Hand a frame to the layer on the hub's own loop: sent from another, it would wake nobody here for a second."""
    for loop, hub in list(_hubs.items()):
        if not loop.is_closed():
            loop.call_soon_threadsafe(hub.send, group, frame)
            return
    # A management command: no socket lives here, only a layer that crosses processes can carry it.
    layer = get_channel_layer()
    if layer is not None and "InMemory" not in type(layer).__name__:
        try:
            async_to_sync(layer.group_send)(group, frame)
        except Exception:
            logger.exception("layer.publish_failed", extra={"group": group})


class Hub:
    """The connections of one process, by room and by person, and the process's one channel."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Nothing runs before `start`."""
        self.process = uuid.uuid4().hex
        self.rooms: dict[int, set[Connection]] = {}
        self.people: dict[int, set[Connection]] = {}
        self.pace: dict[str, Every] = {}
        self._ended: dict[int | str, float] = {}
        self.presence_changed: Callable[[], None] = lambda: None
        self._loop = loop
        self._layer: Any = get_channel_layer()
        self._started: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._outgoing: asyncio.Queue[tuple[str, Frame]] = asyncio.Queue()
        self._relay: dict[str, Callable[[Frame], None]] = {
            "hub.room": self._relay_room,
            "hub.passing": self._relay_passing,
            "hub.person": self._relay_person,
            "hub.joined": self._relay_joined,
            "hub.left": self._relay_left,
            "hub.ended": self._relay_ended,
            "hub.presence": lambda frame: self.presence_changed(),
            "hub.probe": lambda frame: None,  # `/readyz` asks whether the layer takes frames
        }

    async def start(self) -> None:
        """Join the groups and begin to relay: the first call does it, others wait for it, none longer than a moment.

        A layer that is away keeps nobody out: it is tried again until it is there.
        """
        if self._started is None:
            self._started = asyncio.Event()
            self.run(self._start(self._started))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_TIMEOUT_SECONDS):
                await self._started.wait()

    async def stop(self) -> None:
        """End every task; for tests, which stop loops before processes end."""
        while tasks := list(self._tasks):  # one that ends may have begun another
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=1.0)  # what swallowed it is cancelled again
        _hubs.pop(self._loop, None)

    def add(self, connection: Connection) -> None:
        """Have a connection hear what is meant for its person."""
        self.people.setdefault(connection.person_id, set()).add(connection)

    def has_ended(self, person_id: int, session_mark: str, since: float) -> bool:
        """Return whether this session has ended, or all of the person's did after the loop's time `since`.

        For a socket that is being opened: nobody heard it while its session was looked up. A session that was
        logged out is remembered by itself, because Django deletes it a moment after saying so.
        """
        return session_mark in self._ended or self._ended.get(person_id, since - 1) >= since

    def enter(self, connection: Connection, room_id: int) -> None:
        """Have a connection hear a room."""
        connection.rooms.add(room_id)
        self.rooms.setdefault(room_id, set()).add(connection)

    def leave(self, connection: Connection, room_id: int) -> None:
        """Have a connection hear a room no more."""
        connection.rooms.discard(room_id)
        _discard(self.rooms, room_id, connection)

    def remove(self, connection: Connection) -> None:
        """Forget a connection."""
        for room_id in list(connection.rooms):
            self.leave(connection, room_id)
        _discard(self.people, connection.person_id, connection)

    def send(self, group: str, frame: Frame) -> None:
        """Queue a frame for the layer; on the hub's own loop only."""
        self._outgoing.put_nowait((group, frame))
        if self._started is None:
            self.run(self.start())

    def tell_presence(self) -> None:
        """Have every process look at the leases soon; on the hub's own loop only."""
        self.send("hub.0", {"type": "hub.presence"})

    def run(self, coroutine: Any) -> None:
        """Keep a task of the process until it ends."""
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _start(self, started: asyncio.Event) -> None:
        self.run(self._publish_loop())
        while not started.is_set():
            try:
                channel = await self._layer.new_channel()  # Redis pub/sub subscribes here already
                await self._join(channel)
            except Exception as error:
                logger.warning("layer.join_failed error=%r", error)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                started.set()
                self.run(self._receive_loop(channel))
                self.run(self._rejoin_loop(channel))

    async def _join(self, channel: str) -> None:
        for number in range(GROUPS):
            await self._layer.group_add(f"hub.{number}", channel)

    async def _rejoin_loop(self, channel: str) -> None:
        while True:
            await asyncio.sleep(REJOIN_SECONDS)
            with contextlib.suppress(Exception):  # a layer that is away is joined again at the next round
                await self._join(channel)

    async def _publish_loop(self) -> None:
        while True:
            group, frame = await self._outgoing.get()
            try:
                # Not `wait_for`: before Python 3.12 it can swallow a cancellation (python/cpython#86296).
                async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
                    await self._layer.group_send(group, frame)
            except Exception as error:
                logger.warning("layer.publish_failed group=%s error=%r", group, error)

    async def _receive_loop(self, channel: str) -> None:
        while True:
            try:
                frame = await self._layer.receive(channel)
            except Exception as error:
                logger.warning("layer.receive_failed error=%r", error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            try:
                self._relay[frame["type"]](frame)
            except Exception:
                logger.exception("hub.relay_failed type=%s", frame.get("type"))
            await asyncio.sleep(0)  # a full mailbox is read without a pause: let the writers send in between

    def _relay_room(self, frame: Frame) -> None:
        for connection in _all(self.rooms, frame["room"]):
            connection.deliver(frame["text"], frame["room"])

    def _relay_passing(self, frame: Frame) -> None:
        for connection in _all(self.rooms, frame["room"]):
            if connection.person_id != frame["person"]:
                connection.deliver(frame["text"], frame["room"])

    def _relay_person(self, frame: Frame) -> None:
        for connection in _all(self.people, frame["person"]):
            connection.deliver(frame["text"])

    def _relay_joined(self, frame: Frame) -> None:
        for connection in _all(self.people, frame["person"]):
            self.enter(connection, frame["room"])  # first hear, then read: nothing falls between
            connection.room_added(frame["room"])

    def _relay_left(self, frame: Frame) -> None:
        for connection in _all(self.people, frame["person"]):
            self.leave(connection, frame["room"])
            connection.deliver(frame["text"])

    def _relay_ended(self, frame: Frame) -> None:
        now = self._loop.time()
        self._ended = {key: at for key, at in self._ended.items() if at > now - ENDED_KEPT_SECONDS}
        self._ended[frame["session"] or frame["person"]] = now
        for connection in _all(self.people, frame["person"]):
            if frame["session"] in ("", connection.session_mark):
                connection.end(Close.SESSION_ENDED)


def _all(groups: dict[int, set[Connection]], key: int) -> tuple[Connection, ...]:
    """Return a copy: a delivery to a full outbox ends its connection, which leaves the hub at once."""
    return tuple(groups.get(key, ()))


def _discard(groups: dict[int, set[Connection]], key: int, connection: Connection) -> None:
    members = groups.get(key)
    if members is not None:
        members.discard(connection)
        if not members:
            del groups[key]
