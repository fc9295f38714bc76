"""How far a person has read. Unread is `room.last_seq - membership.last_read_seq`: subtracted, never counted."""

from collections.abc import Callable

from django.db import transaction

from chat import hub, protocol
from chat.models import Membership, Person, Room
from chat.protocol import ErrorCode, Event, Refused

Place = Callable[[Room, int], int]


def read(person: Person, *, room_id: int, seq: int) -> int:
    """Mark a room read up to `seq`, which only advances and is clamped to what was said. Returns the new place.

    Raises `not_found` when they are not in it.
    """
    return _move(person, room_id, lambda room, at: max(at, min(seq, room.last_seq)))


def unread(person: Person, *, room_id: int, seq: int) -> int:
    """Make the message at `seq` and all after it unread again, which only goes back. Returns the new place.

    Raises `not_found` when they are not in it.
    """
    return _move(person, room_id, lambda room, at: max(0, min(at, seq - 1)))


@transaction.atomic
def _move(person: Person, room_id: int, place: Place) -> int:
    mine = Membership.objects.select_for_update(of=("self",)).select_related("room")
    found = mine.filter(person=person, room=room_id).first()
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, "no such room, or not yours")
    moved = place(found.room, found.last_read_seq)
    if moved != found.last_read_seq:
        found.last_read_seq = moved
        found.save(update_fields=["last_read_seq"])
        _tell(person, room_id, moved)
    return moved


def _tell(person: Person, room_id: int, seq: int) -> None:
    event = {"rev": person.take_rev(), "room": room_id, "last_read_seq": seq}
    hub.publish_person(person.pk, protocol.encode(Event.ROOM_READ, event))
