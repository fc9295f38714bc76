"""The people of the site, and the way to a conversation with one of them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from chat import access, text
from chat.models import Person
from chat.protocol import ErrorCode, Refused
from chat.services import rooms
from chat.views.http import next_of, person_view, sentence
from chat.views.paging import page_of

TOO_MANY: dict[ErrorCode, str | Promise] = {
    ErrorCode.CONFLICT: _("One of you is in as many rooms as one can be in. Leave a room and try again.")
}


@require_safe
@person_view
def people(request: HttpRequest, person: Person) -> HttpResponseBase:
    """List the people one can write to; `q` is searched for in names and handles."""
    query = text.searched(request.GET.get("q", ""))
    page = page_of(request, access.people_to_find(person, query, None))
    return render(
        request,
        "chat/people.html",
        {"query": query, "page": page, "me": person, "here": request.get_full_path()},
    )


@require_POST
@person_view
def direct(request: HttpRequest, person: Person, person_id: int) -> HttpResponseBase:
    """Go to the conversation with a person, made at first."""
    try:
        return redirect("chat:room", rooms.open_direct(person, person_id).pk)
    except Refused as refusal:
        if refusal.code is not ErrorCode.CONFLICT:
            raise
        messages.error(request, sentence(refusal, TOO_MANY))
        return HttpResponseRedirect(next_of(request, reverse("chat:people")))
