"""Who is in a room: join, leave, add, remove, roles. Joining is not a message."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from chat import access, conf, hub, protocol
from chat.models import Installation, Membership, Person, Room
from chat.protocol import ErrorCode, Event, Refused

_BATCH_PEOPLE = 500


@transaction.atomic
def join(person: Person, room_id: int) -> Room:
    """Have `person` join an open room; a repeat changes nothing. What was said before counts as read.

    Raises `not_found`, `forbidden` for an archived room, `conflict` at the limit of rooms.
    """
    room = access.room_to_read(person, room_id)
    Room.objects.locked([room_id])  # of two tabs that join at once, the second finds it done
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

    Of oneself it is as `leave`. Raises `not_found` for who is not in it, `forbidden`.
    """
    room = access.room_for(person, room_id, "remove_members")
    found = _member(room, other_id)
    _refuse_above(person, room, found)
    _drop(room, found.person)


@transaction.atomic
def set_role(person: Person, room_id: int, other_id: int, role: str) -> None:
    """Give a member a role. A room keeps at least one owner. Raises `not_found`, `forbidden`, `invalid`, `conflict`."""
    if role not in Membership.Role.values:
        raise Refused(ErrorCode.INVALID, "role is owner, moderator or member")
    room = access.room_for(person, room_id, "set_roles")
    found = _member(room, other_id)
    if found.role == role:
        return
    if found.role == Membership.Role.OWNER and not _owners(room).exclude(pk=found.pk).exists():
        raise Refused(ErrorCode.CONFLICT, "a room keeps at least one owner")
    _give_role(found, role)


@transaction.atomic
def hand_over(person: Person) -> None:
    """Give the rooms that only `person`, who has just been deactivated, owned to who is next; see `leave`."""
    owned = Membership.objects.filter(person=person, role=Membership.Role.OWNER).values_list("room", flat=True)
    for room in Room.objects.locked(list(owned)):
        if not _owners(room).exists():
            _pass_on(room)


@transaction.atomic
def join_everyone_rooms(person: Person) -> None:
    """Have a new person, who came under `lock_everyone`, join the rooms that are for everyone."""
    rooms = Room.objects.filter(everyone=True, archived_at=None)
    missing = list(rooms.exclude(memberships__person=person).values_list("pk", flat=True))
    for room in rooms.locked(missing):  # what is said meanwhile comes after the place they have read up to
        enter(room, [person])


def lock_everyone() -> None:
    """Have who comes and who makes a room for everyone wait for each other, until the transaction ends.

    Neither sees what the other has not committed yet: both at once would leave the person out of the room. Take it
    before anything is written, so that nobody who waits here holds a name that another needs.
    """
    Installation.current()
    Installation.objects.select_for_update().get(pk=Installation.THE_ONE)


@transaction.atomic
def enter(room: Room, people: Sequence[Person], *, role: str = Membership.Role.MEMBER) -> None:
    """Make `people`, who are not in it yet, members of `room`, all of it read, and tell them.

    The caller has checked the rights. Raises `conflict` when one of them is in as many rooms as may be.
    """
    ids = [person.pk for person in people]
    if _full(ids):
        most = conf.integer("CHAT_MAX_ROOMS_PER_PERSON")
        raise Refused(ErrorCode.CONFLICT, f"a person is in at most {most} rooms")
    now = timezone.now()
    Membership.objects.bulk_create(
        Membership(room=room, person=person, role=role, last_read_seq=room.last_seq, joined_at=now) for person in people
    )
    Person.objects.filter(pk__in=ids).count_change()
    for person_id in ids:
        hub.publish_joined(person_id, room.pk)


@transaction.atomic
def enter_everyone(room: Room) -> None:
    """Make all active people members of `room`, made under `lock_everyone`, but for those in too many rooms."""
    people = list(Person.objects.active().exclude(memberships__room=room).order_by("pk"))
    for start in range(0, len(people), _BATCH_PEOPLE):
        batch = people[start : start + _BATCH_PEOPLE]
        full = _full([person.pk for person in batch])
        enter(room, [person for person in batch if person.pk not in full])


def _full(person_ids: list[int]) -> set[int]:
    counts = Membership.objects.filter(person__in=person_ids).values("person").annotate(rooms=Count("pk"))
    most = conf.integer("CHAT_MAX_ROOMS_PER_PERSON")
    return set(counts.filter(rooms__gte=most).values_list("person", flat=True))


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
    """End a membership, tell who had it, and see to the room: see `leave`."""
    room.memberships.filter(person=person).delete()
    event = {"rev": person.take_rev(), "room": room.pk}
    hub.publish_left(person.pk, room.pk, protocol.encode(Event.ROOM_LEFT, event))
    if not _owners(room).exists() and not _pass_on(room) and room.kind == Room.Kind.PRIVATE and not room.archived:
        room.archived_at = timezone.now()
        room.save(update_fields=["archived_at"])


def _owners(room: Room) -> QuerySet[Membership]:
    return room.memberships.counting().filter(role=Membership.Role.OWNER)


def _pass_on(room: Room) -> bool:
    """Have the next in rank, then in time, own the room; return whether there is one."""
    heirs = room.memberships.counting().filter(person__kind=Person.Kind.MEMBER)
    heir = heirs.order_by(F("role").desc(), "joined_at", "pk").first()  # "moderator" sorts above "member"
    if heir is not None:
        _give_role(heir, Membership.Role.OWNER)
    return heir is not None


def _give_role(found: Membership, role: str) -> None:
    found.role = role
    found.save(update_fields=["role"])
    Person.objects.filter(pk=found.person_id).count_change()
    hub.publish_joined(found.person_id, found.room_id)  # the room as in `hello`, with its new role
