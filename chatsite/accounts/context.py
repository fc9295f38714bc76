"""What every page knows of the site."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from chatsite.accounts import services
from chatsite.accounts.models import Site
from chatsite.accounts.views.site import address_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Return `site_name`, `sign_up_open`, and `invitation`: for owners `{"url": a join link}`, else None."""
    row = services.the_site()
    user = getattr(request, "user", None)
    link = services.invitation(timezone.now()) if user is not None and user.is_superuser else None
    return {
        "site_name": row.name,
        "sign_up_open": row.sign_up == Site.SignUp.OPEN,
        "invitation": {"url": address_of(request, "join", link.token)} if link else None,
    }
