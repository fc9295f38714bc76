"""Who is in a room: the list as JSON for the page's panel, and adding, removing, roles."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from chat import access, payloads, protocol, text
from chat.forms import RoleForm
from chat.models import Membership, Person
from chat.protocol import ErrorCode, Refused
from chat.services import memberships
from chat.views.http import next_of, person_view, sentence

MEMBERS_PER_PAGE = 100

NOT_FOUND: dict[ErrorCode, str | Promise] = {ErrorCode.NOT_FOUND: _("They are not here any more.")}
TOO_MANY: dict[ErrorCode, str | Promise] = {ErrorCode.CONFLICT: _("They are in as many rooms as one can be in.")}
LAST_OWNER: dict[ErrorCode, str | Promise] = {
    ErrorCode.CONFLICT: _("A room keeps at least one owner. Make someone else an owner first.")
}


@dataclass(frozen=True, slots=True)
class MemberPage:
    """A page of a room's members, how many there are in all, and the cursor of the next page."""

    rows: list[Membership]
    total: int
    further: str | None


def member_page(person: Person, room_id: int, *, query: str, after: str) -> MemberPage:
    """Return members of a room that `person` may read: owners, moderators, members, by name each.

    `after` is the cursor an earlier page gave, or "". Raises `not_found`, `invalid` for another cursor.
    """
    found = access.members_to_see(person, room_id, query)
    total = found.count()
    rows = list(found.filter(_after(after))[: MEMBERS_PER_PAGE + 1])
    more = len(rows) > MEMBERS_PER_PAGE
    rows = rows[:MEMBERS_PER_PAGE]
    return MemberPage(rows, total, _cursor(rows[-1]) if more else None)


@require_safe
@person_view
def members(request: HttpRequest, person: Person, room_id: int) -> HttpResponseBase:
    """Return a page of members as JSON; `q` is searched for in names and handles."""
    query = text.searched(request.GET.get("q", ""))
    page = member_page(person, room_id, query=query, after=request.GET.get("after", ""))
    return JsonResponse(
        {
            "members": [{"id": row.person_id, "role": row.role} for row in page.rows],
            "people": [payloads.person(row.person) for row in page.rows],
            "total": page.total,
            "next": page.further,
        }
    )


@require_POST
@person_view
def add(request: HttpRequest, person: Person, room_id: int, other_id: int) -> HttpResponseBase:
    """Add somebody to a room and go back to where the form was."""
    access.room_to_read(person, room_id)  # a hidden room is not there; from here on it is the person who is not
    try:
        memberships.add(person, room_id, other_id)
    except Refused as refusal:
        _say(request, refusal, NOT_FOUND | TOO_MANY)
    return _back(request, room_id)


@require_POST
@person_view
def remove(request: HttpRequest, person: Person, room_id: int, other_id: int) -> HttpResponseBase:
    """Put a member out of a room and go back to where the form was."""
    access.room_to_read(person, room_id)
    try:
        memberships.remove(person, room_id, other_id)
    except Refused as refusal:
        _say(request, refusal, NOT_FOUND)
    return _back(request, room_id)


@require_POST
@person_view
def set_role(request: HttpRequest, person: Person, room_id: int, other_id: int) -> HttpResponseBase:
    """Give a member another role and go back to where the form was."""
    access.room_to_read(person, room_id)
    form = RoleForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(ErrorCode.INVALID, "role is owner, moderator or member")
        memberships.set_role(person, room_id, other_id, form.cleaned_data["role"])
    except Refused as refusal:
        _say(request, refusal, NOT_FOUND | LAST_OWNER)
    return _back(request, room_id)


def _say(request: HttpRequest, refusal: Refused, said: dict[ErrorCode, str | Promise]) -> None:
    """Have the next page say why; what the page never offered is refused as such."""
    if refusal.code is ErrorCode.FORBIDDEN:
        raise refusal
    messages.error(request, sentence(refusal, said))


def _back(request: HttpRequest, room_id: int) -> HttpResponseBase:
    return HttpResponseRedirect(next_of(request, reverse("chat:room_settings", args=[room_id])))


def _cursor(row: Membership) -> str:
    return f"{access.RANKS[row.role]}.{row.person_id}.{row.person.name}"


def _after(cursor: str) -> Q:
    """Return the condition for the members after the one that a cursor names; for "", all of them."""
    if not cursor:
        return Q()
    rank, name, person_id = _place(cursor)
    later_name = Q(person__name__gt=name) | Q(person__name=name, person__gt=person_id)
    return Q(rank__gt=rank) | (Q(rank=rank) & later_name)


def _place(cursor: str) -> tuple[int, str, int]:
    rank, _dot, rest = cursor.partition(".")
    person_id, dot, name = rest.partition(".")
    numbers = all(part.isascii() and part.isdigit() and len(part) <= 16 for part in (rank, person_id))
    if not dot or not numbers or "\0" in name or int(person_id) > protocol.MAX_INTEGER:
        raise Refused(ErrorCode.INVALID, "after: not a cursor")
    return int(rank), name, int(person_id)
