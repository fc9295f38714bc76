"""What all pages share: who asks, and what a refusal looks like over HTTP."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from chat import access
from chat.models import Person
from chat.protocol import ErrorCode, Refused

Parameters = ParamSpec("Parameters")

STATUS = {
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.CONFLICT: 409,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.INTERNAL: 500,
}
SENTENCES: dict[ErrorCode, str | Promise] = {
    ErrorCode.NOT_FOUND: _("That is not there, or not yours to see."),
    ErrorCode.FORBIDDEN: _("You have no right to do that here."),
    ErrorCode.INVALID: _("That cannot be."),
    ErrorCode.TOO_LARGE: _("That is too long."),
    ErrorCode.RATE_LIMITED: _("Too many at once. Wait a moment and try again."),
    ErrorCode.CONFLICT: _("Something else changed at the same time. Look again and try once more."),
    ErrorCode.INTERNAL: _("That did not work. Try again."),
}


def person_view(
    view: Callable[Concatenate[HttpRequest, Person, Parameters], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]:
    """Call `view(request, person, …)` for who is signed in, send others to the login, and turn refusals to pages.

    No browser keeps the answer: after the logout, "back" on a shared machine must not show a room.
    """

    @never_cache
    @login_required
    @wraps(view)
    def with_person(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, access.person_of(request.user), *args, **kwargs)
        except Refused as refusal:
            return refused(refusal)

    return with_person  # type: ignore[return-value]


def refused(refusal: Refused) -> HttpResponse:
    """Return or raise what Django's error pages show: hidden and missing alike as 404."""
    if refusal.code is ErrorCode.NOT_FOUND:
        raise Http404(refusal.detail)
    if refusal.code is ErrorCode.FORBIDDEN:
        raise PermissionDenied(refusal.detail)
    error = {"code": str(refusal.code), "detail": refusal.detail}
    return JsonResponse(error, status=STATUS.get(refusal.code, 400))


def sentence(refusal: Refused, said: dict[ErrorCode, str | Promise] | None = None) -> str:
    """Return what the page says of a refusal, in the reader's language; `said` knows better for some codes."""
    return str((said or {}).get(refusal.code) or SENTENCES.get(refusal.code, SENTENCES[ErrorCode.INTERNAL]))


def next_of(request: HttpRequest, otherwise: str) -> str:
    """Return the path that a form or link asks to go on to as `next`, if it is one of this site, else `otherwise`."""
    wished = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    ours = url_has_allowed_host_and_scheme(wished, allowed_hosts=hosts, require_https=request.is_secure())
    return wished if ours and wished.startswith("/") else otherwise
