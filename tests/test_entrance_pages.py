"""Promise: every address of the entrance, signed out and in, in both languages and with mistakes in its form, shows a
page of ours under a strict policy; what the site does not offer is not routed."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from chatsite.accounts import services, urls
from tests import cast
from tests.entrance import ENTRANCE, FRAME, LOGIN, claimed, look, the_link

pytestmark = pytest.mark.django_db

HOME = "/"

# name of the address: (status or where it leads, signed out), the same signed in as a member, and as an owner.
WALK = {
    "account_login": (200, HOME, HOME),
    "account_logout": (HOME, 200, 200),
    "account_inactive": (200, 200, 200),
    "account_signup": (403, HOME, HOME),
    "account_change_password": (LOGIN, 200, 200),
    "account_set_password": (LOGIN, "/accounts/password/change/", "/accounts/password/change/"),
    "account_reset_password": (200, 200, 200),
    "account_profile": (LOGIN, FRAME, FRAME),
    "set_up": (LOGIN, LOGIN, LOGIN),
    "join": (200, HOME, HOME),
    "sign_in_link": (200, 200, 200),
    "site_settings": (LOGIN, 404, FRAME),
    "site_people": (LOGIN, 404, FRAME),
    "site_make_link": (LOGIN, 404, 405),
    "site_revoke_link": (LOGIN, 404, 405),
    "site_sign_in_link": (LOGIN, 404, 405),
    "site_change_account": (LOGIN, 404, 405),
}
WALK_WITH_MAIL = {
    "account_reset_password": (200, 200, 200),
    "account_reset_password_done": (200, 200, 200),
    "account_reset_password_from_key": (200, 200, 200),
    "account_reset_password_from_key_done": (200, 200, 200),
    "account_email_verification_sent": (200, 200, 200),
    "account_confirm_email": (200, 200, 200),
}
READERS = ("nobody", "member", "owner")
LANGUAGES = ("en", "zh-hans")


@pytest.fixture
def site(db):
    """Return the set-up site's owner."""
    return claimed()[0]


def arguments_of(name, owner, member):
    """Return what the address `name` needs to be found."""
    return {
        "set_up": ["x"],
        "join": [the_link().token],
        "sign_in_link": [services.make_sign_in_link(owner, member.user, now())],
        "site_revoke_link": [the_link().pk],
        "site_sign_in_link": [member.user.pk],
        "site_change_account": [member.user.pk, "deactivate"],
        "account_reset_password_from_key": ["1", "x-y"],
        "account_confirm_email": ["x"],
    }.get(name, [])


def check(client, address, expected):
    """Open an address and compare it with its line in the table."""
    response = client.get(address)
    if isinstance(expected, str) and expected.startswith("/"):
        assert response.status_code == 302
        assert response["Location"].partition("?")[0] == expected
    elif expected == 405:
        assert response.status_code == 405
    elif expected == FRAME:
        look(response, mark=FRAME)
    else:
        look(response, expected)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", WALK)
def test_every_address_shows_a_page_of_ours(site, bob, name, reader, language):
    person = {"nobody": None, "member": bob, "owner": site.person}[reader]
    client = cast.browser_of(person, headers={"Accept-Language": language})
    check(client, reverse(name, args=arguments_of(name, site, bob)), WALK[name][READERS.index(reader)])


@pytest.mark.urls("tests.entrance")
@pytest.mark.parametrize("reader", READERS[:2])
@pytest.mark.parametrize("name", WALK_WITH_MAIL)
def test_every_address_that_mail_brings_shows_a_page_of_ours(site, bob, settings, name, reader):
    settings.EMAIL_URL = "smtp://mail.example.org"
    client = cast.browser_of({"nobody": None, "member": bob}[reader])
    check(
        client,
        reverse(name, args=arguments_of(name, site, bob)),
        WALK_WITH_MAIL[name][READERS.index(reader)],
    )


def test_the_tables_hold_every_address():
    named = {pattern.name for pattern in urls.urlpatterns if pattern.name}
    assert named == set(WALK)
    assert {pattern.name for pattern in urls.mail_patterns} == set(WALK_WITH_MAIL)


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/email/",
        "/accounts/reauthenticate/",
        "/accounts/login/code/",
        "/accounts/confirm-email/",
        "/accounts/password/reset/done/",
        "/accounts/social/signup/",
        "/accounts/",
    ],
)
def test_what_is_not_offered_is_not_routed(site, client, path):
    look(client.get(path), 404)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "typed", "wrong"),
    [
        ("account_login", {"login": "ann@example.org", "password": "wrong"}, None),
        ("account_login", {"login": "not an address", "password": ""}, "login"),
        ("join", {"name": " ", "email": "x", "password1": "1"}, "name"),
        ("join", {"name": "Bob", "email": "ann@example.org", "password1": cast.PASSWORD}, "email"),
        ("join", {"name": "Bob", "email": "bob@example.org", "password1": "password"}, "password1"),
        ("join", {"name": "x" * 81, "email": "bob@example.org", "password1": cast.PASSWORD}, "name"),
    ],
)
def test_a_form_with_mistakes_says_so_beside_the_field(site, name, typed, wrong, language):
    client = cast.browser_of(headers={"Accept-Language": language})
    page = look(client.post(reverse(name, args=arguments_of(name, site, site.person)), typed))
    assert 'class="field-error"' in page
    assert f'lang="{language}"' in page
    if wrong:
        field = page[page.index(f'for="id_{wrong}"') :]
        assert 'aria-invalid="true"' in field[: field.index("</div>")]


def test_a_page_is_in_the_language_one_chooses(site, client):
    client.post("/language/", {"language": "zh-hans", "next": LOGIN})
    assert '<html lang="zh-hans"' in look(client.get(LOGIN))
    client.post("/language/", {"language": "en", "next": LOGIN})
    assert '<html lang="en"' in look(client.get(LOGIN))


def test_the_language_switch_leads_to_no_other_site(site, client):
    response = client.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_missing_and_forbidden_addresses_look_alike(site, bob):
    mine = cast.browser_of(bob)
    missing, forbidden = mine.get("/nothing/"), mine.get("/site/")
    strip = str.maketrans("", "", "\n ")
    pages = [
        look(response, 404).replace(path, "").translate(strip)
        for response, path in ((missing, "/nothing/"), (forbidden, "/site/"))
    ]
    assert len({len(page) for page in pages}) == 1


def test_a_host_that_is_not_ours_is_refused_on_a_page_of_ours(site, client):
    assert "PUBLIC_URL" in look(client.get(LOGIN, headers={"Host": "evil.example"}), 400)


def test_a_stale_form_is_refused_on_a_page_of_ours(site):
    client = cast.browser_of(enforce_csrf_checks=True)
    look(client.post(LOGIN, {"login": "ann@example.org", "password": cast.PASSWORD}), 403)


@pytest.mark.urls("tests.entrance")
def test_a_page_that_breaks_says_so_without_asking_the_database(site, client, django_assert_num_queries):
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        look(client.get("/broken/"), 500)


def test_the_admin_is_behind_the_same_door(site, bob, client):
    assert client.get("/admin/login/?next=/admin/")["Location"] == f"{LOGIN}?next=%2Fadmin%2F"
    look(cast.browser_of(bob).get("/admin/login/?next=/admin/"), 403)
    assert cast.browser_of(site.person).get("/admin/").status_code == 200
    assert client.get("/admin/logout/")["Location"] == "/accounts/logout/"
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"


def test_without_mail_no_page_of_the_entrance_promises_any(site, client):
    page = look(client.get(reverse("account_reset_password")))
    assert "An owner of the site can give you a link" in page
    assert "<input" not in page.split('class="languages"')[0]
    for address in (LOGIN, reverse("join", args=[the_link().token])):
        text = look(client.get(address)).lower()
        assert "mail you" not in text
        assert ENTRANCE in text
