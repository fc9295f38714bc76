"""Many messages at once, from an archive or a seed: places taken in one go, the room told once."""

from collections.abc import Sequence

from chat import hub, protocol
from chat.models import Message, Room
from chat.protocol import Event


def append(room: Room, rows: Sequence[Message]) -> None:
    """Store `rows` as the next messages of `room`, in their order; their `created_at` is kept.

    The caller holds the row's lock, tells the room in the end with `tell`, and has checked the texts.
    """
    for row in rows:
        row.room = room
        row.seq, row.rev = room.take_message_numbers()
    Message.objects.bulk_create(rows)
    latest = max(row.created_at for row in rows)
    room.last_message_at = max(latest, room.last_message_at or latest)
    room.save(update_fields=["last_seq", "rev", "last_message_at"])


def tell(room: Room, after: int) -> None:
    """After commit, have the members of `room` start over from its head: more has come since `after` than one replays.

    `after` is the room's `rev` before.
    """
    event = {"room": room.pk, "after": after, "rev": room.rev, "reset": True, "last_seq": room.last_seq}
    hub.publish_room(room.pk, [(after, room.rev, protocol.encode(Event.ROOM_CHANGES, event))])
