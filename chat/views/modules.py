"""The page's modules as one file."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chat import modules


@require_safe
def joined(_request: HttpRequest, version: str) -> HttpResponse:
    """Serve all modules in one text: for ever under its own version, unkept under another's while servers change."""
    found = modules.joined()
    response = HttpResponse(found.text, content_type="text/javascript; charset=utf-8")
    fresh = found.version == version
    response["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-store"
    return response
