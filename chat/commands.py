"""One function per command: from a typed command to a call, and from rows to the answer's fields.

A command is a row of `HANDLERS`. It gets the person and the command, runs in a database thread and returns the
fields of its `ok`, or raises `Refused`. The consumer knows none of them by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from chat import access, hub, payloads, protocol
from chat.models import Person
from chat.protocol import Event, Frame
from chat.services import messages, reads

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Handler:
    """How a command is run. A writing one runs in the writer's thread, and its `ok` comes before what it causes.

    `every_seconds` is how long a person waits between two in one room; 0 is not at all.
    """

    function: Callable[[Person, Any], Fields]
    writes: bool = False
    every_seconds: float = 0.0


def message_send(person: Person, command: protocol.MessageSend) -> Fields:
    """Store a message; `duplicate` tells that it had been stored before."""
    sent = messages.send(
        person, room_id=command.room, nonce=command.nonce, body=command.body, reply_to=command.reply_to
    )
    row = sent.message
    answer: Fields = {
        "message": {"id": row.pk, "seq": row.seq, "rev": row.rev, "created_at": payloads.time(row.created_at)}
    }
    return answer | ({"duplicate": True} if sent.duplicate else {})


def room_read(person: Person, command: protocol.RoomRead) -> Fields:
    """Move the reading place forward."""
    return {"last_read_seq": reads.read(person, room_id=command.room, seq=command.seq)}


def room_unread(person: Person, command: protocol.RoomUnread) -> Fields:
    """Move the reading place back."""
    return {"last_read_seq": reads.unread(person, room_id=command.room, seq=command.seq)}


def room_history(person: Person, command: protocol.RoomHistory) -> Fields:
    """Return a page of messages."""
    room = access.room_to_read(person, command.room)
    return payloads.history(
        person, room, before=command.before, after=command.after, around=command.around, limit=command.limit
    )


def room_changes(person: Person, command: protocol.RoomChanges) -> Fields:
    """Return what changed since a `rev`."""
    return payloads.changes_since(person, access.room_to_read(person, command.room), command.after)


def room_typing(person: Person, command: protocol.RoomTyping) -> Fields:
    """Tell the others in the room that the person is writing; stored nowhere."""
    room = access.room_to_post_in(person, command.room)
    event = protocol.encode(Event.ROOM_TYPING, {"room": room.pk, "person": person.pk})
    hub.publish_passing(room.pk, event, person_id=person.pk)
    return {}


def people(person: Person, command: protocol.People) -> Fields:
    """Return people by their ids."""
    return {"people": [payloads.person(row) for row in access.people_to_see(person, command.ids)]}


def people_find(person: Person, command: protocol.PeopleFind) -> Fields:
    """Return people by name or handle."""
    found = access.people_to_find(person, command.query, command.room)[: protocol.MAX_PEOPLE]
    return {"people": [payloads.person(row) for row in found]}


HANDLERS: Final[dict[type[Frame], Handler]] = {
    protocol.MessageSend: Handler(message_send, writes=True),
    protocol.RoomRead: Handler(room_read, writes=True),
    protocol.RoomUnread: Handler(room_unread, writes=True),
    protocol.RoomHistory: Handler(room_history),
    protocol.RoomChanges: Handler(room_changes),
    protocol.RoomTyping: Handler(room_typing, every_seconds=protocol.TYPING_SECONDS),
    protocol.People: Handler(people),
    protocol.PeopleFind: Handler(people_find),
}
