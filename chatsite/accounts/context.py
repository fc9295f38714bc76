"""What every page knows of the site."""

from typing import Any

from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Return `site_name`, and `invitation`: the address of a join link for owners of the site, else None."""
    return {"site_name": "Chat", "invitation": None}
