"""What all pages share: who asks, and what a refusal looks like over HTTP."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

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


def person_view(
    view: Callable[Concatenate[HttpRequest, Person, Parameters], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]:
    """Call `view(request, person, …)` for who is signed in, send others to the login, and turn refusals to pages."""

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
