"""Messages: say something, once, in everyone's order."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import access, hub, payloads, text
from chat.models import Membership, Message, Person, Room
from chat.protocol import ErrorCode, Refused


@dataclass(frozen=True, slots=True)
class Send:
    """A message to be stored. `reply_to` is the id of another in the same room."""

    person: Person
    room_id: int
    nonce: str
    body: str
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A stored message, and whether it had been stored before."""

    message: Message
    duplicate: bool


def send(person: Person, *, room_id: int, nonce: str, body: str, reply_to: int | None = None) -> Sent:
    """Store a message and tell the room. Idempotent: the same author and nonce get the first result.

    Raises `not_found`, `forbidden`, `invalid`, `too_large`, or `conflict` for a nonce used in another room.
    """
    sends = [Send(person, room_id, nonce, body, reply_to)]
    try:
        outcome = send_many(sends)[0]
    except IntegrityError:  # the same nonce was being stored in another room at this moment
        outcome = send_many(sends)[0]
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


@transaction.atomic
def send_many(sends: Sequence[Send]) -> list[Sent | Refused]:
    """Store many messages in one transaction and tell each room once; the outcomes are in the order of `sends`.

    A refused one takes no number and does not touch the others. Raises IntegrityError, with nothing stored, when
    the same nonce is being stored elsewhere at this moment: run them again.
    """
    return _Batch(sends).store()


class _Batch:
    """One transaction's sends: locks first, then reads, then one write per kind of row."""

    def __init__(self, sends: Sequence[Send]) -> None:
        self.sends = sends
        room_ids = sorted({send.room_id for send in sends})
        person_ids = sorted({send.person.pk for send in sends})
        self.rooms = {room.pk: room for room in Room.objects.locked(room_ids)}
        self.heads = {room.pk: room.rev for room in self.rooms.values()}
        self.members = {(row.room_id, row.person_id): row for row in access.members_of(room_ids, person_ids)}
        self.quoted = Message.objects.in_bulk({send.reply_to for send in sends if send.reply_to})
        known = Message.objects.filter(author__in=person_ids, nonce__in={send.nonce for send in sends})
        self.known = {(row.author_id, row.nonce): row for row in known}
        self.new: list[Message] = []
        self.now = timezone.now()

    def store(self) -> list[Sent | Refused]:
        outcomes: list[Sent | Refused] = []
        for send in self.sends:
            try:
                outcomes.append(self._place(send))
            except Refused as refusal:
                outcomes.append(refusal)
        if self.new:
            self._write()
            self._tell()
        return outcomes

    def _place(self, send: Send) -> Sent:
        """Give a send its numbers. The nonce is looked at before the rights: a repeat gets what it got."""
        known = self.known.get((send.person.pk, send.nonce))
        if known is not None:
            if known.room_id != send.room_id:
                raise Refused(ErrorCode.CONFLICT, "this nonce was used in another room")
            return Sent(known, duplicate=True)
        found = self.members.get((send.room_id, send.person.pk))
        room = access.granted(send.person, self.rooms.get(send.room_id), found, "post")
        body = text.body(send.body)
        if send.reply_to and self._room_of(send.reply_to) != room.pk:
            raise Refused(ErrorCode.INVALID, "reply_to: no such message in this room")
        seq, rev = room.take_message_numbers()
        row = Message(
            room=room,
            seq=seq,
            rev=rev,
            author=send.person,
            nonce=send.nonce,
            body=body,
            created_at=self.now,
            reply_to=self.quoted.get(send.reply_to) if send.reply_to else None,
        )
        self.new.append(row)
        self.known[(send.person.pk, send.nonce)] = row
        return Sent(row, duplicate=False)

    def _room_of(self, message_id: int) -> int | None:
        source = self.quoted.get(message_id)
        return source.room_id if source else None

    def _write(self) -> None:
        Message.objects.bulk_create(self.new)
        touched = {row.room_id for row in self.new}
        pointers = set()
        for row in self.new:
            self.rooms[row.room_id].last_message_at = self.now
            member = self.members[(row.room_id, row.author_id)]
            member.last_read_seq = row.seq  # who speaks has read what stands above
            pointers.add(member)
        Room.objects.bulk_update([self.rooms[pk] for pk in touched], ["last_seq", "rev", "last_message_at"])
        Membership.objects.bulk_update(pointers, ["last_read_seq"])

    def _tell(self) -> None:
        for room_id in {row.room_id for row in self.new}:
            rows = [row for row in self.new if row.room_id == room_id]
            frames = payloads.encoded_changes(self.rooms[room_id], self.heads[room_id], rows)
            hub.publish_room(room_id, frames)
