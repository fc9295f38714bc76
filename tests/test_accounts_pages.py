"""Promise: owners name the site, make and end join links and look after accounts on the site's own pages; everyone
looks after their own name, handle and language; nobody else finds or changes any of it."""

import re

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils.timezone import now

from chatsite.accounts import services
from chatsite.accounts.context import site as site_context
from chatsite.accounts.models import JoinLink, SignInLink, Site, User
from tests import cast
from tests.entrance import FRAME, claimed, look, sign_up_data, the_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    """Return the set-up site's owner."""
    return claimed()[0]


@pytest.fixture
def browser(owner):
    """Return a browser that the owner is signed in with."""
    return cast.browser_of(owner.person)


def change(browser, user, name):
    """Press the button `name` in the row of `user`."""
    return browser.post(reverse("site_change_account", args=[user.pk, name]))


def listed(browser, query=""):
    """Return the names that the list of accounts shows."""
    page = look(browser.get(reverse("site_people"), {"q": query}), mark=FRAME)
    return re.findall(r'<span class="list-name" dir="auto">([^<]+)</span>', page)


def test_the_owner_names_the_site_and_sets_who_may_come(browser, client):
    response = browser.post(reverse("site_settings"), {"name": "灯笼", "sign_up": "open"})
    assert response["Location"] == reverse("site_settings")
    assert (services.the_site().name, services.the_site().sign_up) == ("灯笼", Site.SignUp.OPEN)
    assert "灯笼" in look(client.get("/accounts/login/"))


@pytest.mark.parametrize("name", ["site_settings", "site_people", "account_profile"])
def test_no_browser_keeps_these_pages(browser, name):
    assert "no-store" in browser.get(reverse(name))["Cache-Control"]


def test_a_site_without_a_name_is_refused(browser):
    page = look(browser.post(reverse("site_settings"), {"name": " ", "sign_up": "open"}), mark=FRAME)
    assert "field-error" in page
    assert services.the_site().name == "Lantern"


@pytest.mark.parametrize(
    ("lifetime", "uses", "days", "left"), [("7", "10", 7, 10), ("", "", None, None), ("1", "1", 1, 1)]
)
def test_a_join_link_is_made_as_asked(browser, owner, lifetime, uses, days, left):
    browser.post(reverse("site_make_link"), {"lifetime": lifetime, "uses": uses})
    link = JoinLink.objects.first()
    assert link.made_by == owner
    assert link.uses_left == left
    assert (link.expires_at - link.created_at).days == days if days else link.expires_at is None


def test_a_join_link_of_no_offered_length_is_not_made(browser):
    browser.post(reverse("site_make_link"), {"lifetime": "9999", "uses": "-1"})
    assert JoinLink.objects.get() == the_link()


def test_the_page_shows_each_link_with_its_address_and_picture(browser):
    page = look(browser.get(reverse("site_settings")), mark=FRAME)
    assert f'value="http://testserver/join/{the_link().token}/"' in page
    assert page.count('class="qr"') == 1
    assert "Revoke" in page


def test_links_bear_the_public_address(browser, settings):
    settings.PUBLIC_URL = "https://chat.example.org"
    page = look(browser.get(reverse("site_settings")), mark=FRAME)
    assert f'value="https://chat.example.org/join/{the_link().token}/"' in page


def test_a_revoked_link_is_listed_as_ended_without_its_secret(browser):
    token = the_link().token
    browser.post(reverse("site_revoke_link", args=[the_link().pk]))
    page = look(browser.get(reverse("site_settings")), mark=FRAME)
    assert "revoked" in page
    assert token not in page


def test_the_page_takes_the_same_number_of_queries_for_one_link_and_for_twenty(
    browser, owner, django_assert_max_num_queries
):
    for _link in range(20):
        services.make_join_link(owner, lifetime=None, uses=None, now=now())
    with django_assert_max_num_queries(14):
        browser.get(reverse("site_settings"))


def test_accounts_are_found_by_name_handle_and_e_mail(browser, bob, xiaoming):
    assert listed(browser) == ["Ann", "Bob", "王小明"]
    assert listed(browser, "小明") == ["王小明"]
    assert listed(browser, "@bob") == ["Bob"]
    assert listed(browser, "xiaoming@") == ["王小明"]
    assert listed(browser, "nobody") == []


def test_a_search_is_cleaned_before_the_database_sees_it(browser, xiaoming):
    """PostgreSQL fails on a NUL."""
    assert listed(browser, " xiaoming\0@ ") == ["王小明"]


def test_a_sign_in_link_is_shown_once_with_a_picture(browser, bob, client):
    page = look(browser.post(reverse("site_sign_in_link", args=[bob.user_id])), mark=FRAME)
    (address,) = re.findall(r'value="http://testserver(/sign-in/[^"]+)"', page)
    assert 'class="qr"' in page
    assert "Sign in as Bob" in look(client.get(address))
    assert "/sign-in/" not in look(browser.get(reverse("site_people")), mark=FRAME).replace("/sign-in-link/", "")
    assert SignInLink.objects.count() == 1


def test_an_account_is_deactivated_and_reactivated(browser, bob):
    change(browser, bob.user, "deactivate")
    assert not User.objects.get(pk=bob.user_id).is_active
    assert cast.browser_of(bob).get(reverse("account_profile")).status_code == 302
    change(browser, bob.user, "reactivate")
    assert User.objects.get(pk=bob.user_id).is_active


def test_a_deactivated_account_gets_no_sign_in_link(browser, bob):
    change(browser, bob.user, "deactivate")
    assert browser.post(reverse("site_sign_in_link", args=[bob.user_id])).status_code == 404


def test_ownership_is_given_and_taken(browser, bob):
    change(browser, bob.user, "make-owner")
    assert User.objects.get(pk=bob.user_id).is_superuser
    change(browser, bob.user, "unmake-owner")
    assert not User.objects.get(pk=bob.user_id).is_superuser


@pytest.mark.parametrize("name", ["deactivate", "unmake-owner"])
def test_the_last_owner_is_told_why_they_stay(browser, owner, name):
    response = change(browser, owner, name)
    assert "A site needs an owner" in look(browser.get(response["Location"]), mark=FRAME)
    owner.refresh_from_db()
    assert owner.is_active
    assert owner.is_superuser


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("site_settings", []),
        ("site_make_link", []),
        ("site_revoke_link", ["link"]),
        ("site_sign_in_link", ["account"]),
        ("site_change_account", ["account", "make-owner"]),
        ("site_change_account", ["account", "deactivate"]),
    ],
)
def test_members_and_strangers_change_nothing(owner, bob, client, name, arguments):
    ids = {"link": the_link().pk, "account": bob.user_id}
    address = reverse(name, args=[ids.get(argument, argument) for argument in arguments])
    typed = {"name": "Eve's", "sign_up": "open", "lifetime": "", "uses": ""}
    look(cast.browser_of(bob).post(address, typed), 404)
    assert client.post(address, typed)["Location"].startswith("/accounts/login/")
    assert services.the_site().name == "Lantern"
    assert the_link().revoked_at is None
    assert not SignInLink.objects.exists()
    bob.user.refresh_from_db()
    assert (bob.user.is_active, bob.user.is_superuser) == (True, False)


def test_no_button_of_the_owner_works_without_the_pages_secret(owner, bob):
    strict = cast.browser_of(owner.person, enforce_csrf_checks=True)
    look(strict.post(reverse("site_change_account", args=[bob.user_id, "deactivate"])), 403)
    assert User.objects.get(pk=bob.user_id).is_active


def test_an_unknown_change_is_no_page(browser, bob):
    look(change(browser, bob.user, "delete"), 404)


def test_name_and_handle_are_ones_own_to_change(bob, owner):
    mine = cast.browser_of(bob)
    response = mine.post(reverse("account_profile"), {"name": "罗伯特", "handle": "@bobby"})
    assert response["Location"] == reverse("account_profile")
    bob.refresh_from_db()
    assert (bob.name, bob.handle) == ("罗伯特", "bobby")


@pytest.mark.parametrize(
    ("name", "handle", "field"),
    [("Bob", "ANN", "handle"), ("Bob", "x", "handle"), ("Bob", "a b", "handle"), (" ", "bob", "name")],
)
def test_a_name_or_handle_that_cannot_be_is_said_beside_its_field(bob, owner, name, handle, field):
    page = look(cast.browser_of(bob).post(reverse("account_profile"), {"name": name, "handle": handle}), mark=FRAME)
    part = page[page.index(f'for="id_{field}"') :]
    assert "field-error" in part[: part.index("</div>")]
    bob.refresh_from_db()
    assert (bob.name, bob.handle) == ("Bob", "bob")


def test_what_people_call_themselves_is_text(browser, client):
    client.post(
        reverse("join", args=[the_link().token]), sign_up_data("<script>alert(1)</script>", email="x@example.org")
    )
    page = look(browser.get(reverse("site_people")), mark=FRAME)
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_only_owners_get_the_invitation_with_a_page(owner, bob, rf: RequestFactory):
    request = rf.get("/")
    request.user = bob.user
    assert site_context(request)["invitation"] is None
    request.user = owner
    assert site_context(request)["invitation"] == {"url": f"http://testserver/join/{the_link().token}/"}
    services.revoke_join_link(the_link(), now())
    assert site_context(request)["invitation"] is None
    assert site_context(request)["site_name"] == "Lantern"
