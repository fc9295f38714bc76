"""The pages of the site's owners: name and policy, join links, accounts."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chat import text
from chatsite.accounts import services
from chatsite.accounts.forms import JoinLinkForm, SiteForm
from chatsite.accounts.models import JoinLink, User
from chatsite.accounts.views import SignedInRequest

PEOPLE_PER_PAGE: Final = 50
ENDED_LINKS_SHOWN: Final = 10


def owners_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer others as if there were no such page."""

    @never_cache
    @login_required
    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise Http404
        return view(request, *args, **kwargs)

    return gate


def address_of(request: HttpRequest, name: str, token: str) -> str:
    """Return the full address of a page that a token opens."""
    path = reverse(name, args=[token])
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def qr_of(address: str) -> SafeString:
    """Return `address` as a QR code: an inline SVG whose colours are the style sheet's."""
    svg = segno.make(address, micro=False).svg_inline(scale=4, border=2, svgclass="qr", lineclass="qr-line")
    return mark_safe(svg)  # the library's own drawing; the address is only in its geometry


@owners_only
@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show and change the site's name and policy; list the join links."""
    site = services.the_site()
    form = SiteForm(request.POST or None, instance=site)
    if form.is_valid():
        services.change_site(**form.cleaned_data)
        return redirect("site_settings")
    now = timezone.now()
    usable = list(JoinLink.objects.usable(now).select_related("made_by__person"))
    ended = JoinLink.objects.exclude(pk__in=[link.pk for link in usable])[:ENDED_LINKS_SHOWN]
    addresses = [address_of(request, "join", link.token) for link in usable]
    context = {
        "form": form,
        "link_form": JoinLinkForm(),
        "links": [
            {"link": link, "address": address, "qr": qr_of(address)}
            for link, address in zip(usable, addresses, strict=True)
        ],
        "site_sign_up": site.sign_up,
        "ended_links": [{"link": link, "why": link.ended(now)} for link in ended],
    }
    return render(request, "account/site.html", context)


@owners_only
@require_POST
def make_link(request: SignedInRequest) -> HttpResponse:
    """Make a join link."""
    form = JoinLinkForm(request.POST)
    if form.is_valid():
        services.make_join_link(request.user, now=timezone.now(), **form.cleaned_data)
    return redirect("site_settings")


@owners_only
@require_POST
def revoke_link(request: HttpRequest, link_id: int) -> HttpResponse:
    """End a join link."""
    services.revoke_join_link(get_object_or_404(JoinLink, pk=link_id), timezone.now())
    return redirect("site_settings")


@owners_only
@require_http_methods(["GET"])
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts, all or those whose name, handle or e-mail holds `q`."""
    return _accounts_page(request)


def _accounts_page(request: HttpRequest, **more: Any) -> HttpResponse:
    query = text.searched(request.GET.get("q", ""))
    found = User.objects.select_related("person").order_by("person__name", "email")
    if query:
        named = Q(person__name__icontains=query) | Q(person__handle__icontains=query.lstrip("@"))
        found = found.filter(named | Q(email__icontains=query))
    page = Paginator(found, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "account/site_people.html", {"page": page, "query": query, **more})


@owners_only
@require_POST
def offer_sign_in_link(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Make a sign-in link and show it, this once."""
    user = get_object_or_404(User, pk=user_id, is_active=True)
    token = services.make_sign_in_link(request.user, user, timezone.now())
    address = address_of(request, "sign_in_link", token)
    return _accounts_page(request, made_for=user, address=address, qr=qr_of(address))


CHANGES: Final[dict[str, Callable[[User], None]]] = {
    "deactivate": services.deactivate,
    "reactivate": services.reactivate,
    "make-owner": lambda user: services.set_owner(user, True),
    "unmake-owner": lambda user: services.set_owner(user, False),
}


@owners_only
@require_POST
def change_account(request: HttpRequest, user_id: int, change: str) -> HttpResponse:
    """Deactivate or reactivate an account, or make it an owner or no longer one. The last owner stays."""
    if change not in CHANGES:
        raise Http404
    try:
        CHANGES[change](get_object_or_404(User, pk=user_id))
    except services.LastOwner:
        messages.error(request, gettext("A site needs an owner. Make somebody else one first."))
    return redirect("site_people")
