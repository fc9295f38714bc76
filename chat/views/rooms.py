"""The room as a page, as data for the page, and as a plain text to read."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from chat import access, payloads, protocol
from chat.models import Membership, Message, Person, Room
from chat.views.http import person_view

LAST_ROOM = "chat.last_room"
"""The session's key for the room last opened; a session is the browser's own, as the last room is."""


@require_safe
@person_view
def home(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Lead to the room last opened here, else to the one last spoken in, else to the directory."""
    mine = Room.objects.filter(memberships__person=person).exclude(kind=Room.Kind.STAGING)
    last = (
        mine.filter(pk=request.session.get(LAST_ROOM, 0)).first() or mine.filter(archived_at=None).by_activity().first()
    )
    return redirect("chat:room", last.pk) if last else redirect("chat:directory")


@require_safe
@person_view
def room(request: HttpRequest, person: Person, room_id: int) -> HttpResponseBase:
    """Show a room. All that is seen first is in the page; nothing more is asked for."""
    found, mine = access.room_and_membership(person, room_id)
    _remember(request, found)
    opening = payloads.opening(person, found, mine)
    others = [each["name"] for each in opening["people"] if each["id"] != person.pk]
    title = found.name or ", ".join(others) or person.name
    context = {"room": found, "opening": opening, "title": title}
    return render(request, "chat/room.html", context)


@require_safe
@person_view
def opening(request: HttpRequest, person: Person, room_id: int) -> HttpResponseBase:
    """Return what the page needs to switch to a room, as JSON."""
    found, mine = access.room_and_membership(person, room_id)
    _remember(request, found)
    return JsonResponse(payloads.opening(person, found, mine))


@require_safe
@person_view
def plain(request: HttpRequest, person: Person, room_id: int) -> HttpResponse:
    """Show a room's messages as bare HTML, for readers without JavaScript. `before` is a place to page from."""
    found = access.room_to_read(person, room_id)
    before = request.GET.get("before", "")
    seq = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else found.last_seq + 1
    page = found.messages.before(seq).select_related("author")[: protocol.DEFAULT_PAGE_MESSAGES]
    rows = list(page)[::-1]
    context = {"room": found, "title": title_of(person, found), "messages": rows} | _neighbours(found, rows, seq)
    return render(request, "chat/room_plain.html", context)


def _remember(request: HttpRequest, found: Room) -> None:
    if request.session.get(LAST_ROOM) != found.pk:
        request.session[LAST_ROOM] = found.pk


def _neighbours(found: Room, rows: list[Message], before: int) -> dict[str, int]:
    """Return the places to page from beside a page that ends before `before`, where there is anything."""
    first, last = (rows[0].seq, rows[-1].seq) if rows else (min(before, found.last_seq + 1), before - 1)
    older = {"older": first} if first > 1 else {}
    newer = min(last + 1 + protocol.DEFAULT_PAGE_MESSAGES, found.last_seq + 1)
    return older | ({"newer": newer} if last < found.last_seq else {})


def title_of(person: Person, found: Room) -> str:
    """Return what a room is called for `person`: a direct one by the other's name."""
    if found.kind != Room.Kind.DIRECT:
        return found.name
    others = Membership.objects.filter(room=found).exclude(person=person).select_related("person")
    return ", ".join(row.person.name for row in others) or person.name
