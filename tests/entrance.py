"""What the tests of the entrance share: the marks of our pages, and a look at what every page must keep to."""

import re

from django.urls import path, reverse
from django.utils.timezone import now

from chatsite.accounts import setup
from chatsite.accounts.models import JoinLink
from chatsite.accounts.urls import mail_patterns
from chatsite.urls import handler400, handler403, handler404, handler429, handler500  # noqa: F401 (a URLconf has them)
from chatsite.urls import urlpatterns as site_patterns
from tests import cast


def broken(request):
    """Fail, as a page with a mistake in it does."""
    raise RuntimeError("broken on purpose")


# A URLconf: the site as it is with EMAIL_URL, and one page that fails.
urlpatterns = [*mail_patterns, path("broken/", broken), *site_patterns]

LOGIN = "/accounts/login/"
ENTRANCE = '<main class="entrance'
FRAME = '<body class="frame"'
UNSAFE = re.compile(r"unsafe-|\*|https?:")
INLINE = re.compile(r"<(?:script|style)(?![^>]*\bnonce=\"[^\"]{10})[^>]*>|\son\w+=|\sstyle=", re.IGNORECASE)


def look(response, status=200, mark=ENTRANCE):
    """Return the page's text, having checked that it is ours and keeps the policy it is sent with."""
    page = response.content.decode()
    assert response.status_code == status, page[:500]
    assert mark in page
    assert "Menu:" not in page, "django-allauth's own look"
    policy = response["Content-Security-Policy"]
    assert not UNSAFE.search(policy), policy
    assert "frame-ancestors 'none'" in policy
    scripts = page.replace('<script id="boot" type="application/json">', "")
    assert not INLINE.search(scripts), INLINE.search(scripts)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Referrer-Policy"] == "same-origin"
    return page


def set_up_data(**changes):
    """Return what the first owner types into the set-up page."""
    typed = {
        "site_name": "Lantern",
        "name": "Ann",
        "email": cast.email_of("Ann"),
        "password1": cast.PASSWORD,
    }
    return typed | changes


def claimed():
    """Set the site up as ann does; return her account and the first room."""
    return setup.claim(
        setup.token(), site_name="Lantern", name="Ann", email=cast.email_of("Ann"), password=cast.PASSWORD, now=now()
    )


def the_link():
    """Return the join link that the set-up made."""
    return JoinLink.objects.get()


def sign_up_data(name="Bob", **changes):
    """Return what somebody called `name` types into the sign-up page."""
    return {"name": name, "email": cast.email_of(name), "password1": cast.PASSWORD} | changes


def join_address():
    """Return the address of the join link that the set-up made."""
    return reverse("join", args=[the_link().token])


def sign_in(client, name, password=cast.PASSWORD, **more):
    """Send the sign-in form as `name`."""
    return client.post(LOGIN, {"login": cast.email_of(name), "password": password, **more})


def signed_in(client):
    """Tell whether the browser is signed in."""
    return "_auth_user_id" in client.session
