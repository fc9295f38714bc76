"""Promise: people come in by a join link, a password or a sign-in link, and by nothing else; wrong passwords are
counted; a link for one admits one, whoever comes at the same moment; leaving and a new password end open sockets."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils.timezone import now

from chat.models import Person
from chat.services import sessions
from chatsite.accounts import services
from chatsite.accounts.models import SignInLink, Site, User, new_token
from tests import cast
from tests.entrance import LOGIN, claimed, join_address, look, sign_in, sign_up_data, signed_in, the_link

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "a lamp in the window"


@pytest.fixture
def site(db):
    """Return the set-up site's owner."""
    return claimed()[0]


@pytest.fixture
def ended(monkeypatch):
    """Return the people whose sockets were closed, in order."""
    found = []
    monkeypatch.setattr(sessions, "ended", lambda person_id, **_which: found.append(person_id))
    return found


# Join links and sign-up


def test_a_join_link_names_who_invites_and_lets_one_in(site, client):
    assert "Ann invites you" in look(client.get(join_address()))
    response = client.post(join_address(), sign_up_data("王小明"))
    assert response["Location"] == "/"
    assert signed_in(client)
    person = Person.objects.get(name="王小明")
    assert person.user.email == cast.email_of("王小明")
    assert person.memberships.get().room.everyone


def test_who_has_an_account_lands_in_the_site(site, bob):
    assert cast.browser_of(bob).get(join_address())["Location"] == "/"
    assert the_link().uses == 0


def test_opening_a_link_uses_nothing_up(site, client):
    link = services.make_join_link(site, lifetime=None, uses=1, now=now())
    address = reverse("join", args=[link.token])
    for _time in range(3):
        look(client.get(address))
    assert client.post(address, sign_up_data())["Location"] == "/"


def test_an_ended_link_says_so(site, client):
    services.revoke_join_link(the_link(), now())
    assert "This link has ended" in look(client.get(join_address()), 403)
    assert "This link has ended" in look(client.post(join_address(), sign_up_data()), 403)
    assert not User.objects.filter(email=cast.email_of("Bob")).exists()


def test_a_link_that_ends_while_the_form_is_open_says_so(site, client, monkeypatch):
    monkeypatch.setattr(services, "usable_join_link", lambda _token, _now: the_link())
    services.revoke_join_link(the_link(), now())
    assert "This link has ended" in look(client.post(join_address(), sign_up_data()), 403)
    assert not signed_in(client)


def test_an_e_mail_taken_in_the_same_moment_is_said_beside_its_field(site, client, monkeypatch):
    monkeypatch.setattr("chatsite.accounts.forms.SignUpForm.validate_unique_email", lambda _form, value: value.lower())
    page = look(client.post(join_address(), sign_up_data(email=cast.email_of("Ann"))))
    assert "already has an account" in page
    assert the_link().uses == 0


@pytest.mark.parametrize(("policy", "status"), [("link", 403), ("closed", 403), ("open", 200)])
def test_without_a_link_only_an_open_site_lets_sign_up(site, client, policy, status):
    services.change_site(name="Lantern", sign_up=policy)
    look(client.get(reverse("account_signup")), status)
    client.post(reverse("account_signup"), sign_up_data())
    assert User.objects.filter(email=cast.email_of("Bob")).exists() is (policy == "open")
    assert ("Make an account" in look(Client().get(LOGIN))) is (policy == "open")


def test_a_closed_site_admits_nobody_by_a_link_either(site, client):
    services.change_site(name="Lantern", sign_up=Site.SignUp.CLOSED)
    look(client.get(join_address()), 403)


def test_sign_ups_from_one_address_are_counted(site, client):
    statuses = [client.post(join_address(), sign_up_data(password1="1")).status_code for _try in range(21)]
    assert statuses == [200] * 20 + [429]


@pytest.mark.django_db(transaction=True)
def test_a_link_for_one_admits_exactly_one_of_four_who_come_at_once():
    owner = claimed()[0]
    link = services.make_join_link(owner, lifetime=None, uses=1, now=now())
    names = ["Bob", "Eve", "王小明", "李雷"]
    together = threading.Barrier(len(names))
    came = []

    def come(name):
        together.wait()
        try:
            came.append(
                services.make_account(
                    email=cast.email_of(name), password=cast.PASSWORD, name=name, token=link.token
                ).email
            )
        except services.NotAdmitted:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    link.refresh_from_db()
    assert len(came) == 1
    assert (link.uses, link.uses_left) == (1, 0)
    assert User.objects.exclude(pk=owner.pk).get().email == came[0]


# Passwords


def test_a_password_opens_the_page_one_came_for(site, client):
    response = sign_in(client, "Ann", next="/rooms/1/")
    assert response["Location"] == "/rooms/1/"
    assert signed_in(client)


def test_the_session_has_a_new_key_after_signing_in(site, client):
    client.cookies["sessionid"] = fixed = "f" * 32
    sign_in(client, "Ann")
    assert client.session.session_key != fixed


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(site, client, where):
    assert sign_in(client, "Ann", next=where)["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(site, client):
    answers = [look(sign_in(client, name, "wrong")) for name in ("Ann", "Eve")]
    assert "E-mail or password is wrong" in answers[0]
    assert "E-mail or password is wrong" in answers[1]


def test_five_wrong_passwords_close_the_account_for_a_while_even_to_the_right_one(site, client):
    for _try in range(5):
        assert "E-mail or password is wrong" in look(sign_in(client, "Ann", "wrong"))
    assert "Too many attempts" in look(sign_in(client, "Ann"))
    assert not signed_in(client)
    # Somebody else is not kept out by it.
    cast.make_person("Bob")
    sign_in(client, "Bob")
    assert signed_in(client)


def test_a_deactivated_account_is_told_so_only_with_its_password(site, client, bob):
    services.deactivate(bob.user)
    assert "E-mail or password is wrong" in look(sign_in(client, "Bob", "wrong"))
    assert "closed" in look(client.get(sign_in(client, "Bob")["Location"]))
    assert not signed_in(client)


def test_logging_out_takes_a_press_and_closes_the_sockets(site, bob, monkeypatch):
    closed = []
    monkeypatch.setattr(sessions, "ended", lambda person_id, session_key=None: closed.append((person_id, session_key)))
    browser = cast.browser_of(bob)
    key = browser.session.session_key
    look(browser.get(reverse("account_logout")))
    assert signed_in(browser)
    assert browser.post(reverse("account_logout"))["Location"] == "/"
    assert not signed_in(browser)
    assert closed == [(bob.pk, key)]


def test_a_new_password_ends_the_other_browsers_and_all_sockets(site, bob, ended):
    here, elsewhere = cast.browser_of(bob), cast.browser_of(bob)
    typed = {"oldpassword": cast.PASSWORD, "password1": NEW_PASSWORD}
    assert here.post(reverse("account_change_password"), typed)["Location"] == reverse("account_profile")
    assert ended == [bob.pk]
    assert elsewhere.get(reverse("account_change_password")).status_code == 302
    assert here.get(reverse("account_change_password")).status_code == 200
    bob.user.refresh_from_db()
    assert bob.user.check_password(NEW_PASSWORD)


def test_a_new_password_needs_the_old_one_and_must_not_be_common(site, bob, ended):
    browser = cast.browser_of(bob)
    wrong = {"oldpassword": "wrong", "password1": NEW_PASSWORD}
    assert "current password is wrong" in look(browser.post(reverse("account_change_password"), wrong))
    common = {"oldpassword": cast.PASSWORD, "password1": "password1"}
    assert "field-error" in look(browser.post(reverse("account_change_password"), common))
    assert ended == []


# Sign-in links


def sign_in_address(owner, person):
    """Return the address of a fresh sign-in link for `person`."""
    return reverse("sign_in_link", args=[services.make_sign_in_link(owner, person.user, now())])


def test_a_sign_in_link_leads_to_a_new_password_without_the_old_one(site, bob, client, ended):
    address = sign_in_address(site, bob)
    assert "Sign in as Bob" in look(client.get(address))
    assert not signed_in(client), "a preview of the link must not spend it"
    assert client.post(address)["Location"] == reverse("account_set_password")
    assert signed_in(client)
    look(client.get(reverse("account_set_password")))
    assert "field-error" in look(client.post(reverse("account_set_password"), {"password1": "short"}))
    assert client.post(reverse("account_set_password"), {"password1": NEW_PASSWORD})["Location"] == "/"
    assert ended == [bob.pk]
    assert signed_in(client)
    # Once. From now on the old password is asked for.
    assert client.get(reverse("account_set_password"))["Location"] == reverse("account_change_password")
    assert sign_in(Client(), "Bob", NEW_PASSWORD)["Location"] == "/"


def test_a_used_sign_in_link_says_so(site, bob, client):
    address = sign_in_address(site, bob)
    client.post(address)
    other = Client()
    for response in (other.get(address), other.post(address)):
        assert "This link has ended" in look(response, 404)
    assert not signed_in(other)


def test_a_sign_in_link_of_four_hours_ago_opens_nothing(site, bob, client):
    address = sign_in_address(site, bob)
    SignInLink.objects.update(expires_at=now() - timedelta(seconds=1))
    look(client.post(address), 404)
    assert not signed_in(client)


def test_a_sign_in_link_changes_who_is_signed_in(site, bob, eve):
    browser = cast.browser_of(eve)
    browser.post(sign_in_address(site, bob))
    assert browser.session["_auth_user_id"] == str(bob.user_id)


def test_the_right_to_a_new_password_ends_with_the_links_time(site, bob, client):
    client.post(sign_in_address(site, bob))
    session = client.session
    session["may_set_password_until"] = now().timestamp() - 1
    session.save()
    assert client.get(reverse("account_set_password"))["Location"] == reverse("account_change_password")


def test_tries_of_sign_in_links_are_counted(site, client):
    statuses = [client.post("/sign-in/guess/").status_code for _try in range(21)]
    assert statuses == [404] * 20 + [429]


# Addresses


@pytest.mark.parametrize("door", ["setup", "join", "sign-in"])
@pytest.mark.parametrize("token", ["\0", "a\0b", "a.b", "灯", "a" * 65])
def test_what_no_token_can_be_is_no_address(door, token):
    """PostgreSQL fails on a NUL instead of finding nothing."""
    assert resolve(f"/{door}/{new_token()}/")
    with pytest.raises(Resolver404):
        resolve(f"/{door}/{token}/")
