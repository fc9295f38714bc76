"""May this person? The only door from a person and an id to a row.

What one may not see and what does not exist are refused alike, with `not_found`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Case, Count, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from chat import text
from chat.models import Membership, Person, Room
from chat.protocol import ErrorCode, Refused

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.db.models import QuerySet

OWNER = Membership.Role.OWNER
MODERATOR = Membership.Role.MODERATOR
RANKS = {role: rank for rank, role in enumerate(Membership.Role.values)}


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do in a room."""

    post: bool
    join: bool
    leave: bool
    rename: bool
    archive: bool
    add_members: bool
    remove_members: bool
    set_roles: bool


def person_of(user: "AbstractBaseUser | AnonymousUser | None") -> Person:
    """Return who `user` speaks as. Raises `forbidden` when signed out, deactivated or without a person."""
    active = user is not None and user.is_authenticated and user.is_active
    # Django keeps what it finds with the account, and the account with it: asked twice, read once.
    person: Person | None = getattr(user, "person", None) if active else None
    if person is None:
        raise Refused(ErrorCode.FORBIDDEN, "not signed in")
    return person


def membership(person: Person, room_id: int) -> Membership | None:
    """Return the person's membership of the room with the room loaded, or None. Deactivated people have none."""
    return members_of([room_id], [person.pk]).select_related("room").first()


def members_of(room_ids: list[int], person_ids: list[int]) -> "QuerySet[Membership]":
    """Return the memberships of these people in these rooms that still count."""
    return Membership.objects.counting().filter(room__in=room_ids, person__in=person_ids)


def room_ids(person: Person) -> list[int]:
    """Return the ids of the rooms that `person` is in."""
    return list(Membership.objects.filter(person=person).values_list("room", flat=True))


def rights(person: Person, room: Room, found: Membership | None) -> Rights:
    """Return what `person`, whose membership of `room` is `found`, may do there.

    A site's owner (a superuser) has an owner's rights in every open room, and none in rooms they are not in.
    """
    role = found.role if found else None
    talk = room.kind != Room.Kind.DIRECT
    owner = talk and (role == OWNER or (room.kind == Room.Kind.OPEN and is_site_owner(person)))
    manager = talk and (owner or role == MODERATOR)
    writable = not room.archived
    return Rights(
        post=writable and found is not None,
        join=writable and found is None and room.kind == Room.Kind.OPEN,
        leave=talk and found is not None and not room.everyone,
        rename=writable and manager,
        archive=owner,
        add_members=writable and manager,
        remove_members=manager and not room.everyone,
        set_roles=owner,
    )


def is_site_owner(person: Person) -> bool:
    """Return whether the person's account is a superuser's."""
    return person.user is not None and person.user.is_superuser


def room_to_read(person: Person, room_id: int) -> Room:
    """Return a room whose messages `person` may read: their own and the open ones. Raises `not_found`."""
    room = Room.objects.visible_to(person).filter(pk=room_id).first()
    if room is None:
        raise _no_room()
    return room


def room_and_membership(person: Person, room_id: int) -> tuple[Room, Membership | None]:
    """Return a room as `room_to_read` does and the person's membership of it; for members it is one query."""
    found = membership(person, room_id)
    if found is not None and found.room.kind != Room.Kind.STAGING:
        return found.room, found
    return room_to_read(person, room_id), None


def granted(person: Person, room: Room | None, found: Membership | None, right: str) -> Room:
    """Return `room`, which has been read along with the person's membership, if they have `right` in it.

    `right` is the name of a field of `Rights`. Raises `not_found` when they may not know of the room, or it is
    None, else `forbidden`.
    """
    if room is None or room.kind == Room.Kind.STAGING or (found is None and room.kind != Room.Kind.OPEN):
        raise _no_room()
    if not getattr(rights(person, room, found), right):
        raise Refused(ErrorCode.FORBIDDEN, f"no right to {right.replace('_', ' ')} here")
    return room


def room_to_post_in(person: Person, room_id: int) -> Room:
    """Return a room in which `person` may write. Raises `not_found`, `forbidden`."""
    return granted(person, *room_and_membership(person, room_id), "post")


def room_for(person: Person, room_id: int, right: str) -> Room:
    """Return a room in which `person` has `right`, the name of a field of `Rights`, with the row locked.

    Call it inside a transaction. Raises `not_found` when they may not know of the room, else `forbidden`.
    """
    locked = Room.objects.locked([room_id])
    return granted(person, locked[0] if locked else None, membership(person, room_id), right)


def person_to_see(person_id: int) -> Person:
    """Return a person whom members may see and write to. Raises `not_found`."""
    found = Person.objects.active().filter(pk=person_id).first()
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, "no such person")
    return found


def people_to_see(person: Person, ids: list[int]) -> "QuerySet[Person]":
    """Return those of `ids` that exist. Names are no secret among members; what is said in hidden rooms is."""
    return Person.objects.filter(pk__in=ids)


def people_to_find(person: Person, query: str, room_id: int | None) -> "QuerySet[Person]":
    """Return active people that match `query`, those of the room when one is given. Raises `not_found`."""
    found = Person.objects.active().matching(text.searched(query))
    if room_id is not None:
        found = found.filter(memberships__room=room_to_read(person, room_id))
    return found.order_by("name", "pk")


def people_to_add(person: Person, room: Room, query: str) -> "QuerySet[Person]":
    """Return active people that match `query` and are not in `room` yet."""
    return people_to_find(person, query, None).exclude(memberships__room=room)


def member_count(room: Room) -> int:
    """Return how many people are in `room`."""
    return Membership.objects.counting().filter(room=room).count()


def members_to_see(person: Person, room_id: int, query: str = "") -> "QuerySet[Membership]":
    """Return the memberships of a room that `person` may read, with their people: by `rank` (see RANKS), then by name.

    `query` is looked for in names and handles. Raises `not_found`.
    """
    found = Membership.objects.counting().filter(room=room_to_read(person, room_id)).select_related("person")
    if query := text.searched(query):
        found = found.filter(person__in=Person.objects.matching(query))
    rank = Case(*(When(role=role, then=Value(rank)) for role, rank in RANKS.items()))
    return found.annotate(rank=rank).order_by("rank", "person__name", "person")


def directory(person: Person, query: str = "") -> "QuerySet[Room]":
    """Return the rooms `person` may know of, but for direct ones: the last spoken in first, archived ones last.

    Each has `member_count`, `joined` and `active_at`; `query` is looked for in names and topics.
    """
    rooms = Room.objects.visible_to(person).exclude(kind=Room.Kind.DIRECT)
    if query := text.searched(query):
        rooms = rooms.filter(Q(name__icontains=query) | Q(topic__icontains=query))
    joined = Exists(Membership.objects.filter(room=OuterRef("pk"), person=person))
    counting = Membership.objects.counting().filter(room=OuterRef("pk")).order_by().values("room")
    count = Subquery(counting.annotate(count=Count("pk")).values("count"))
    archived = ExpressionWrapper(Q(archived_at__isnull=False), output_field=BooleanField())
    active_at = Coalesce("last_message_at", "created_at")
    rooms = rooms.annotate(joined=joined, member_count=Coalesce(count, 0), active_at=active_at)
    return rooms.order_by(archived, active_at.desc(), "-pk")


def _no_room() -> Refused:
    return Refused(ErrorCode.NOT_FOUND, "no such room")
