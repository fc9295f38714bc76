"""Presence in one process: holds the leases of those who have sockets here and tells sockets what changed.

The truth is in the leases; each process reads them when another says that they changed, at most once a second,
and at every renewal, so that whoever's process died is offline when the lease has run out.
"""

import asyncio
import contextlib
import logging
from typing import Final
from weakref import WeakKeyDictionary

from chat import bridge, conf, protocol
from chat.connection import Connection
from chat.hub import Hub
from chat.models import PresenceLease
from chat.protocol import Event
from chat.services import presence as leases

logger = logging.getLogger(__name__)

LEAST_SECONDS_BETWEEN: Final = 1.0
OFFLINE: Final = "offline"

_of_hub: "WeakKeyDictionary[Hub, Presence]" = WeakKeyDictionary()


def of(hub: Hub) -> "Presence":
    """Return the presence of a hub's process, begun at first use."""
    if hub not in _of_hub:
        _of_hub[hub] = Presence(hub)
    return _of_hub[hub]


class Presence:
    """The leases this process holds, and what its sockets have been told."""

    def __init__(self, hub: Hub) -> None:
        """Starts the loop on the hub."""
        self._hub = hub
        self._held: dict[int, str] = {}
        self._told: dict[int, str] = {}
        self._look = asyncio.Event()
        hub.presence_changed = self._look.set
        hub.run(self._loop())

    def changed(self) -> None:
        """A socket came or went: look soon."""
        self._look.set()

    def active_again(self, connection: Connection, was_active_at: float) -> None:
        """A person did something, the last time before being `was_active_at`: look soon if they counted as idle."""
        if connection.active_at - was_active_at >= conf.seconds("CHAT_IDLE_AFTER_SECONDS"):
            self._look.set()

    def full(self) -> str:
        """Return the frame that follows a `hello`: everyone who is not offline."""
        return _frame(self._told, full=True)

    async def _loop(self) -> None:
        every = conf.seconds("CHAT_LEASE_SECONDS") / 3
        renewed_at = 0.0
        while True:
            now = asyncio.get_running_loop().time()
            try:
                await self._update(renew_all=now - renewed_at >= every)
                renewed_at = now if now - renewed_at >= every else renewed_at
            except Exception:
                logger.exception("presence.update_failed")
                self._look.set()  # soon again, not only when the leases are due
            await asyncio.sleep(min(LEAST_SECONDS_BETWEEN, every))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(renewed_at + every):
                    await self._look.wait()

    async def _update(self, *, renew_all: bool) -> None:
        self._look.clear()
        wanted = self._wanted()
        gone = self._held.keys() - wanted.keys()
        due = wanted if renew_all else {key: state for key, state in wanted.items() if self._held.get(key) != state}
        if due or gone:
            await bridge.write(leases.renew, self._hub.process, due, list(gone))
            if wanted != self._held:
                self._hub.tell_presence()
            self._held = wanted
        if renew_all:
            await bridge.write(leases.sweep)
        self._tell(await bridge.read(leases.states))

    def _wanted(self) -> dict[int, str]:
        """Return the state of each person who has a socket here, by their most active one."""
        idle_since = asyncio.get_running_loop().time() - conf.seconds("CHAT_IDLE_AFTER_SECONDS")
        return {person_id: _state(connections, idle_since) for person_id, connections in self._hub.people.items()}

    def _tell(self, states: dict[int, str]) -> None:
        gone = {person_id: OFFLINE for person_id in self._told.keys() - states.keys()}
        changed = {key: state for key, state in states.items() if self._told.get(key) != state}
        self._told = states
        if changed or gone:
            text = _frame(changed | gone)
            for connection in [each for connections in self._hub.people.values() for each in connections]:
                connection.deliver(text)  # a full outbox ends its connection, which leaves the hub


def _state(connections: set[Connection], idle_since: float) -> str:
    active = any(connection.active_at > idle_since for connection in connections)
    return PresenceLease.State.ONLINE if active else PresenceLease.State.IDLE


def _frame(states: dict[int, str], *, full: bool = False) -> str:
    people = [{"id": person_id, "state": str(state)} for person_id, state in states.items()]
    return protocol.encode(Event.PRESENCE, {"people": people} | ({"full": True} if full else {}))
