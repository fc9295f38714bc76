"""The socket: frames in become commands, answers and events become frames out. No other logic lives here."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer

from chat import access, authentication, bridge, commands, conf, hub, origin, payloads, presence, protocol
from chat.connection import Connection, Held
from chat.heartbeat import Heartbeat
from chat.models import Person
from chat.protocol import BadFrame, Close, ErrorCode, Event, Refused
from chat.throttle import Every, Window

logger = logging.getLogger(__name__)

QUIET_COMMANDS = (protocol.Pong, protocol.Hello)
"""What a page sends by itself; it does not make a person active."""


class ChatConsumer(AsyncConsumer):
    """One person's socket."""

    # No layer of its own: the hub holds the process's one channel. Channels finds no layer by this name.
    channel_layer_alias = "none"

    person: Person
    connection: Connection | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket, and clean up however it ends: Channels skips `disconnect` after an error."""
        self._cleanup: list[Callable[[], Any]] = []
        self._malformed = Window(protocol.MAX_MALFORMED_PER_MINUTE, 60.0)
        self._oversize = Window(protocol.MAX_OVERSIZE_FRAMES, 60.0)
        self._rooms_to_tell: Counter[int] = Counter()
        try:
            await super().__call__(scope, receive, send)
        finally:
            for undo in reversed(self._cleanup):
                undo()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without Channels' thread hop per event, which lets one slow query stop the deliveries of all sockets."""
        if message["type"] == "websocket.receive":
            await self._receive(message.get("text"))
        elif message["type"] == "websocket.connect":
            await self._connect()
        else:
            raise StopConsumer

    async def _connect(self) -> None:
        """Accept who comes from our page; 403 for another origin, 4401 without a session."""
        if not origin.allowed(self.scope):
            await self.base_send({"type": "websocket.close"})
            raise StopConsumer
        await self.base_send({"type": "websocket.accept"})
        self.hub = hub.current()
        await self.hub.start()
        began_at = asyncio.get_running_loop().time()
        identity = await bridge.read(authentication.identify, self.scope["headers"])
        if identity is None or self.hub.has_ended(identity.person.pk, identity.session_mark, began_at):
            await self.base_send({"type": "websocket.close", "code": int(Close.SESSION_ENDED)})
            return
        self.person = identity.person
        self.presence = presence.of(self.hub)
        self._begin(identity)
        await self._greet(self._connection)

    @property
    def _connection(self) -> Connection:
        assert self.connection is not None, "the socket has been opened"
        return self.connection

    def _begin(self, identity: authentication.Identity) -> None:
        connection = Connection(
            person_id=identity.person.pk,
            session_mark=identity.session_mark,
            send=self._send,
            end=self._end,
            room_added=self._room_added,
        )
        heartbeat = Heartbeat(
            ping=lambda number: connection.answer(protocol.encode(Event.PING, {"n": number})),
            dead=lambda: connection.end(Close.TOO_SLOW),
        )
        writer = asyncio.get_running_loop().create_task(connection.write_loop())
        self._cleanup += [writer.cancel, heartbeat.stop, self._forget]
        self.connection, self.heartbeat = connection, heartbeat
        self.hub.add(connection)
        self.presence.changed()

    async def _greet(self, connection: Connection) -> None:
        """Hear the rooms, read their heads, say hello, relay: in this order nothing falls between."""
        connection.hold()
        try:
            for room_id in await bridge.read(access.room_ids, self.person):
                self.hub.enter(connection, room_id)
            heard = set(connection.rooms)  # a room that comes while hello is read is not among those to leave
            hello = await bridge.read(payloads.hello, self.person)
            for room_id in heard - {room["id"] for room in hello["rooms"]}:
                self.hub.leave(connection, room_id)
            connection.answer(protocol.encode(Event.HELLO, hello))
            connection.answer(self.presence.full())
        finally:
            connection.release()

    async def _receive(self, text: str | None) -> None:
        """Answer one frame. Whatever it holds, the socket lives, unless there are too many bad ones."""
        connection = self.connection
        if connection is None or connection.ended:
            return
        try:
            if text is None:
                raise BadFrame(ErrorCode.BAD_FRAME, "frames are text")
            command = protocol.parse(text)
        except BadFrame as refusal:
            connection.answer(_error(refusal, refusal.ref))
            self._count_bad(refusal)
            return
        if type(command) not in QUIET_COMMANDS:
            self._now_active()
        await self._answer(connection, command)

    async def _answer(self, connection: Connection, command: protocol.Frame) -> None:
        connection.hold()  # an `ok` comes before the change that it made
        try:
            fields = await self._run(connection, command)
            answer = protocol.encode(Event.OK, fields, ref=command.ref)
        except Refused as refusal:
            answer = _error(refusal, command.ref)
        except Exception:
            logger.exception("command.failed type=%s person=%s", command.type, connection.person_id)
            answer = _error(Refused(ErrorCode.INTERNAL, "our fault; it is in the server's log"), command.ref)
        # A pong without a reference wants no answer: it is one itself.
        if command.ref is not None or not isinstance(command, protocol.Pong):
            connection.answer(answer)
        connection.release()

    def _room_added(self, room_id: int) -> None:
        place = self._connection.reserve()  # after what was told before, before what is said there from now on
        self._rooms_to_tell[room_id] += 1
        self.hub.run(self._tell_room(self._connection, room_id, place))

    async def _tell_room(self, connection: Connection, room_id: int, place: Held) -> None:
        """Tell of a room that is heard from now on, or has changed for this person: as in `hello`."""
        event = None
        try:
            event = await bridge.read(payloads.joined, self.person, room_id)
        finally:
            self._rooms_to_tell[room_id] -= 1
            if event is not None:
                place.text = protocol.encode(Event.ROOM_JOINED, event)
            elif not self._rooms_to_tell[room_id]:
                # Two that publish after commit can be overtaken: the person has been removed again already.
                self.hub.leave(connection, room_id)
            connection.release()

    async def _run(self, connection: Connection, command: protocol.Frame) -> dict[str, Any]:
        if isinstance(command, protocol.Pong):
            return self._pong(command)
        if isinstance(command, protocol.Hello):
            await self._greet(connection)
            return {}
        handler = commands.HANDLERS[type(command)]
        self._check_pace(command, handler)
        run = bridge.write if handler.writes else bridge.read
        return await run(handler.function, self.person, command)

    def _pong(self, command: protocol.Pong) -> dict[str, Any]:
        if not self.heartbeat.pong(command.n):
            raise Refused(ErrorCode.INVALID, "n: no ping of this connection has this number")
        return {}

    def _check_pace(self, command: protocol.Frame, handler: commands.Handler) -> None:
        if not handler.every_seconds or not conf.flag("CHAT_RATE_LIMITS"):
            return
        pace = self.hub.pace.setdefault(command.type, Every(handler.every_seconds))
        key = (self.person.pk, getattr(command, "room", 0))
        wait_seconds = pace.wait_seconds(key, asyncio.get_running_loop().time())
        if wait_seconds:
            raise Refused(ErrorCode.RATE_LIMITED, "too often", retry_after_seconds=wait_seconds)

    def _count_bad(self, refusal: BadFrame) -> None:
        now = asyncio.get_running_loop().time()
        if refusal.malformed and self._malformed.hit(now):
            self._connection.end(Close.BAD_FRAMES)
        if refusal.oversize and self._oversize.hit(now):
            self._connection.end(Close.TOO_LARGE)

    def _now_active(self) -> None:
        was_active_at = self._connection.active_at
        self._connection.active_at = asyncio.get_running_loop().time()
        self.presence.active_again(self._connection, was_active_at)

    async def _send(self, text: str) -> None:
        # Every payload is cut to fit; if one ever is not, this line says so before a server refuses it silently.
        if len(text) * 4 > protocol.MAX_SERVER_FRAME_BYTES < len(text.encode()):
            logger.error("frame.too_large characters=%d person=%s", len(text), self._connection.person_id)
        await self.base_send({"type": "websocket.send", "text": text})

    def _end(self, code: int) -> None:
        self._forget()
        self.hub.run(self._close(code))

    async def _close(self, code: int) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # gone already; servers differ in how they say so
            await self.base_send({"type": "websocket.close", "code": code})

    def _forget(self) -> None:
        self.hub.remove(self._connection)
        self.presence.changed()


def _error(refusal: Refused, ref: str | int | None) -> str:
    fields: dict[str, Any] = {"code": str(refusal.code), "detail": refusal.detail}
    if refusal.retry_after_seconds is not None:
        fields["retry_after"] = round(refusal.retry_after_seconds, 3)
    return protocol.encode(Event.ERROR, fields, ref=ref)
