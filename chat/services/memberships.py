"""Who is in a room: join, leave, add, remove, roles. Joining is not a message."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from chat import access, conf, hub, protocol
from chat.models import Membership, Person, Room
from chat.protocol import ErrorCode, Event, Refused


@transaction.atomic
def join(person: Person, room_id: int) -> Room:
    """Have `person` join an open room; a repeat changes nothing. What was said before counts as read.

    Raises `not_found`, `forbidden` for an archived room, `conflict` at the limit of rooms.
    """
    room = access.room_to_read(person, room_id)
    if access.membership(person, room_id) is None:
        room = access.room_for(person, room_id, "join")
        enter(room, [person])
    return room


@transaction.atomic
def leave(person: Person, room_id: int) -> None:
    """Have `person` leave a room. Raises `not_found`, `forbidden` for direct rooms and rooms for everyone.

    When its last owner goes, whoever has been in it longest, moderators first, owns it; an empty private room,
    which nobody could ever enter again, is archived.
    """
    room = access.room_for(person, room_id, "leave")
    _drop(room, person)
    if not room.memberships.filter(role=Membership.Role.OWNER).exists():
        _pass_on(room)


@transaction.atomic
def add(person: Person, room_id: int, other_id: int) -> None:
    """Have `person` add somebody to a room; a repeat changes nothing. Raises `not_found`, `forbidden`, `conflict`."""
    room = access.room_for(person, room_id, "add_members")
    other = access.person_to_see(other_id)
    if not room.memberships.filter(person=other).exists():
        enter(room, [other])


@transaction.atomic
def remove(person: Person, room_id: int, other_id: int) -> None:
    """Have `person` put a member out of a room. Only an owner removes an owner or a moderator.

    Raises `not_found` for who is not in it, `forbidden`.
    """
    room = access.room_for(person, room_id, "remove_members")
    found = _member(room, other_id)
    _refuse_above(person, room, found)
    _drop(room, found.person)
    if not room.memberships.filter(role=Membership.Role.OWNER).exists():
        _pass_on(room)


@transaction.atomic
def set_role(person: Person, room_id: int, other_id: int, role: str) -> None:
    """Give a member a role. A room keeps at least one owner. Raises `not_found`, `forbidden`, `invalid`, `conflict`."""
    if role not in Membership.Role.values:
        raise Refused(ErrorCode.INVALID, "role is owner, moderator or member")
    room = access.room_for(person, room_id, "set_roles")
    found = _member(room, other_id)
    owners = room.memberships.filter(role=Membership.Role.OWNER)
    if role != Membership.Role.OWNER and not owners.exclude(pk=found.pk).exists():
        raise Refused(ErrorCode.CONFLICT, "a room keeps at least one owner")
    if found.role != role:
        found.role = role
        found.save(update_fields=["role"])
        Person.objects.filter(pk=other_id).count_change()
        hub.publish_joined(other_id, room.pk)  # the room as in `hello`, with its new role


@transaction.atomic
def join_everyone_rooms(person: Person) -> None:
    """Have a new person join the rooms that are for everyone."""
    for room in Room.objects.filter(everyone=True, archived_at=None).exclude(memberships__person=person):
        enter(room, [person])


@transaction.atomic
def enter(room: Room, people: Sequence[Person], *, role: str = Membership.Role.MEMBER) -> None:
    """Make `people`, who are not in it yet, members of `room`, all of it read, and tell them.

    The caller has checked the rights. Raises `conflict` when one of them is in as many rooms as may be.
    """
    ids = [person.pk for person in people]
    most = conf.integer("CHAT_MAX_ROOMS_PER_PERSON")
    counts = Membership.objects.filter(person__in=ids).values("person").annotate(rooms=Count("pk"))
    if counts.filter(rooms__gte=most).exists():
        raise Refused(ErrorCode.CONFLICT, f"a person is in at most {most} rooms")
    now = timezone.now()
    Membership.objects.bulk_create(
        Membership(room=room, person=person, role=role, last_read_seq=room.last_seq, joined_at=now) for person in people
    )
    Person.objects.filter(pk__in=ids).count_change()
    for person_id in ids:
        hub.publish_joined(person_id, room.pk)


def _member(room: Room, person_id: int) -> Membership:
    found = room.memberships.select_related("person").filter(person=person_id).first()
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, "no such member")
    return found


def _refuse_above(person: Person, room: Room, other: Membership) -> None:
    may = access.rights(person, room, access.membership(person, room.pk))
    if other.role != Membership.Role.MEMBER and not may.set_roles:
        raise Refused(ErrorCode.FORBIDDEN, "only an owner removes an owner or a moderator")


def _drop(room: Room, person: Person) -> None:
    room.memberships.filter(person=person).delete()
    event = {"rev": person.take_rev(), "room": room.pk}
    hub.publish_left(person.pk, room.pk, protocol.encode(Event.ROOM_LEFT, event))


def _pass_on(room: Room) -> None:
    heirs = room.memberships.order_by(F("role").desc(), "joined_at", "pk")  # "moderator" sorts above "member"
    heir = heirs.filter(person__kind=Person.Kind.MEMBER).first()
    if heir is not None:
        heir.role = Membership.Role.OWNER
        heir.save(update_fields=["role"])
        Person.objects.filter(pk=heir.person_id).count_change()
        hub.publish_joined(heir.person_id, room.pk)
    elif room.kind == Room.Kind.PRIVATE and not room.archived:
        room.archived_at = timezone.now()
        room.save(update_fields=["archived_at"])
