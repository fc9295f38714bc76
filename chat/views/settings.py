"""One page per room: what it is, who is in it, and leaving or archiving it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from chat import access, text
from chat.forms import RoomForm
from chat.models import Membership, Person, Room
from chat.services import rooms
from chat.views.http import person_view
from chat.views.members import member_page
from chat.views.rooms import title_of

FOUND_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@person_view
def room_settings(request: HttpRequest, person: Person, room_id: int) -> HttpResponseBase:
    """Show a room's page; POST changes name and topic.

    `q` and `after` search and page the members, `find` looks for people to add.
    """
    room, mine = access.room_and_membership(person, room_id)
    posted = request.POST if request.method == "POST" else None
    form = RoomForm(posted, initial={"name": room.name, "topic": room.topic})
    if form.is_valid():
        rooms.change(person, room_id, **form.cleaned_data)
        messages.success(request, gettext("Saved."))
        return redirect("chat:room_settings", room_id)
    context = _context(request, person, room, mine) | {"form": form}
    return render(request, "chat/room_settings.html", context, status=400 if form.errors else 200)


@require_POST
@person_view
def archive(request: HttpRequest, person: Person, room_id: int) -> HttpResponseBase:
    """Let nobody write in a room any more, and say so."""
    rooms.archive(person, room_id)
    return redirect("chat:room_settings", room_id)


@require_POST
@person_view
def restore(request: HttpRequest, person: Person, room_id: int) -> HttpResponseBase:
    """Let the members of an archived room write again."""
    rooms.restore(person, room_id)
    return redirect("chat:room_settings", room_id)


def _context(request: HttpRequest, person: Person, room: Room, mine: Membership | None) -> dict[str, Any]:
    may = access.rights(person, room, mine)
    query = text.searched(request.GET.get("q", ""))
    page = member_page(person, room.pk, query=query, after=request.GET.get("after", ""))
    find = text.searched(request.GET.get("find", ""))
    return {
        "room": room,
        "title": title_of(person, room),
        "direct": room.kind == Room.Kind.DIRECT,
        "me": person,
        "mine": mine,
        "may": may,
        "query": query,
        "page": page,
        "removable": {row.person_id for row in page.rows if _may_remove(may, person, row)},
        "roles": Membership.Role.choices,
        "find": find,
        "found": _people_to_add(person, room, find) if may.add_members and find else None,
        "here": request.get_full_path(),
    }


def _may_remove(may: access.Rights, person: Person, row: Membership) -> bool:
    return may.remove_members and row.person_id != person.pk and (may.set_roles or row.role == Membership.Role.MEMBER)


def _people_to_add(person: Person, room: Room, find: str) -> list[Person]:
    return list(access.people_to_add(person, room, find)[:FOUND_SHOWN])
