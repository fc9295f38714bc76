"""The directory of rooms: find one, make one, join, leave."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import access, conf, text
from chat.forms import NewRoomForm
from chat.models import Person, Room
from chat.protocol import ErrorCode, Refused
from chat.services import memberships, rooms
from chat.views.http import next_of, person_view, sentence
from chat.views.paging import page_of


@require_safe
@person_view
def directory(request: HttpRequest, person: Person) -> HttpResponseBase:
    """List the rooms that the person may know of; `q` is searched for in names and topics."""
    query = text.searched(request.GET.get("q", ""))
    page = page_of(request, access.directory(person, query))
    context = {
        "query": query,
        "page": page,
        "rooms": [room for room in page.rows if not room.archived],
        "archived": [room for room in page.rows if room.archived],
        "here": request.get_full_path(),
    }
    return render(request, "chat/directory.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_view
def create(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Make a room and go there."""
    posted = request.POST if request.method == "POST" else None
    form = NewRoomForm(person, posted, initial={"name": request.GET.get("name", "")})
    if form.is_valid():
        try:
            return redirect("chat:room", rooms.create(person, **form.cleaned_data).pk)
        except Refused as refusal:
            form.add_error(None, sentence(refusal, {ErrorCode.CONFLICT: too_many_rooms()}))
    return render(request, "chat/room_new.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@person_view
def join(request: HttpRequest, person: Person, room_id: int) -> HttpResponseBase:
    """Join an open room and go there, or to `next`."""
    try:
        memberships.join(person, room_id)
    except Refused as refusal:
        if refusal.code is not ErrorCode.CONFLICT:
            raise
        messages.error(request, too_many_rooms())
        return HttpResponseRedirect(next_of(request, reverse("chat:directory")))
    return HttpResponseRedirect(next_of(request, reverse("chat:room", args=[room_id])))


@require_http_methods(["GET", "HEAD", "POST"])
@person_view
def leave(request: HttpRequest, person: Person, room_id: int) -> HttpResponseBase:
    """Ask first, with GET; leave with POST and go to `next`, where one came from, else to the directory."""
    if request.method == "POST":
        memberships.leave(person, room_id)
        return HttpResponseRedirect(next_of(request, reverse("chat:directory")))
    room = access.room_to_read(person, room_id)
    if not access.rights(person, room, access.membership(person, room_id)).leave:
        raise Refused(ErrorCode.FORBIDDEN, "no right to leave here")
    context = {
        "room": room,
        "next": next_of(request, ""),
        "stay": next_of(request, reverse("chat:room_settings", args=[room_id])),
        "alone": _is_alone(room),
    }
    return render(request, "chat/room_leave.html", context)


def too_many_rooms() -> str:
    """Return the sentence for who is in as many rooms as may be."""
    most = conf.integer("CHAT_MAX_ROOMS_PER_PERSON")
    return gettext("You are in %(most)d rooms, and more is not possible. Leave one first.") % {"most": most}


def _is_alone(room: Room) -> bool:
    return room.kind == Room.Kind.PRIVATE and access.member_count(room) == 1
