"""The component gallery: every component in every state, for eyes, screenshots and accessibility checks."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the gallery; only under DEBUG, elsewhere it does not exist."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "chat/gallery.html")
