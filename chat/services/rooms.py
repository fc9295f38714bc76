"""Rooms: make, change, archive, and open a direct conversation."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import access, hub, payloads, text
from chat.models import Membership, Person, Room
from chat.protocol import ErrorCode, Refused
from chat.services import memberships

CREATABLE = (Room.Kind.OPEN, Room.Kind.PRIVATE)


@transaction.atomic
def create(person: Person, *, kind: str, name: str, topic: str = "", everyone: bool = False) -> Room:
    """Make a room that `person` owns and is in. With `everyone`, all who are here join it, and all who come.

    Raises `invalid` for a name, topic or kind that cannot be, `forbidden` when only a site's owner may make it so.
    """
    if kind not in CREATABLE or (everyone and kind != Room.Kind.OPEN):
        raise Refused(ErrorCode.INVALID, "kind is open or private, and a room for everyone is open")
    if everyone and not access.is_site_owner(person):
        raise Refused(ErrorCode.FORBIDDEN, "only a site's owner makes a room for everyone")
    if everyone:
        memberships.lock_everyone()
    room = Room.objects.create(
        kind=kind, name=text.room_name(name), topic=text.topic(topic), everyone=everyone, created_by=person
    )
    memberships.enter(room, [person], role=Membership.Role.OWNER)
    if everyone:
        memberships.enter_everyone(room)
    return room


@transaction.atomic
def change(person: Person, room_id: int, *, name: str | None = None, topic: str | None = None) -> Room:
    """Give a room another name or topic; None leaves it. Everyone in it is told. Raises as `access.room_for`."""
    room = access.room_for(person, room_id, "rename")
    before = (room.name, room.topic)
    room.name = room.name if name is None else text.room_name(name)
    room.topic = room.topic if topic is None else text.topic(topic)
    if (room.name, room.topic) != before:
        _tell(room)
    return room


@transaction.atomic
def archive(person: Person, room_id: int) -> Room:
    """Let nobody write in a room any more. Raises as `access.room_for`; again changes nothing."""
    return set_archived(access.room_for(person, room_id, "archive"), True)


@transaction.atomic
def restore(person: Person, room_id: int) -> Room:
    """Let the members of an archived room write again. Raises as `access.room_for`."""
    return set_archived(access.room_for(person, room_id, "archive"), False)


@transaction.atomic
def set_archived(room: Room, archived: bool) -> Room:
    """Archive or restore a room, whoever asks: for operators, who act outside of any room's roles."""
    room = Room.objects.locked([room.pk])[0]
    if room.archived != archived:
        room.archived_at = timezone.now() if archived else None
        _tell(room)
    return room


def open_direct(person: Person, other_id: int) -> Room:
    """Return the direct room of `person` and another, making it at first. The unique key of members decides
    between two tabs that ask at once. Raises `not_found` for a person who cannot be written to.
    """
    people = {each.pk: each for each in (person, access.person_to_see(other_id))}
    key = "-".join(map(str, sorted(people)))
    for _attempt in range(2):
        if room := Room.objects.filter(direct_key=key).first():
            return room
        try:
            return _make_direct(key, list(people.values()))
        except IntegrityError:
            continue  # the other tab was first
    raise Refused(ErrorCode.CONFLICT, "the direct room is being made")


@transaction.atomic
def _make_direct(key: str, people: Sequence[Person]) -> Room:
    room = Room.objects.create(kind=Room.Kind.DIRECT, direct_key=key, created_by=people[0])
    memberships.enter(room, people)
    return room


def _tell(room: Room) -> None:
    """Save a changed room, whose row is locked, as one change of its feed."""
    after = room.rev
    room.info_rev = room.take_rev()
    room.save()
    hub.publish_room(room.pk, payloads.encoded_changes(room, after, []))
