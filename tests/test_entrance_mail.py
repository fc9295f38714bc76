"""Promise: with EMAIL_URL a forgotten password is reset by mail and a new address confirmed by it; neither tells who
has an account, and a mail server that fails keeps nobody out."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from chat.services import sessions
from tests import cast
from tests.entrance import claimed, join_address, look, sign_up_data, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.entrance")]

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


@pytest.fixture
def mailing(settings, mailoutbox):
    """Have the site send mail, and return what it sent."""
    settings.EMAIL_URL = "smtp://mail.example.org"
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
    return mailoutbox


def test_a_forgotten_password_is_reset_by_mail(site, bob, client, mailing, ended):
    reset = reverse("account_reset_password")
    look(client.get(reset))
    client.post(reset, {"email": cast.email_of("Bob")})
    (message,) = mailing
    assert "Lantern" in message.subject
    link = next(line for line in message.body.splitlines() if line.startswith("http://testserver/"))
    form = client.get(link.removeprefix("http://testserver"))["Location"]
    assert "field-error" in look(client.post(form, {"password1": "short"}))
    assert client.post(form, {"password1": NEW_PASSWORD})["Location"] == "/"
    assert ended == [bob.pk]
    assert signed_in(client)
    look(Client().get(link.removeprefix("http://testserver")))


def test_a_reset_tells_nobody_which_addresses_have_accounts(site, client, mailing):
    known = client.post(reverse("account_reset_password"), {"email": cast.email_of("Ann")})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert known["Location"] == unknown["Location"]
    assert "no account has this address" in mailing[1].body


def test_a_new_address_is_confirmed_by_mail_and_nobody_waits_for_it(site, client, mailing):
    assert client.post(join_address(), sign_up_data())["Location"] == "/"
    link = next(line for line in mailing[0].body.splitlines() if line.startswith("http://testserver/"))
    address = link.removeprefix("http://testserver")
    assert cast.email_of("Bob") in look(client.get(address))
    assert client.post(address)["Location"] == "/"
    assert "This link has ended" in look(client.get(address))


def test_a_mail_server_that_fails_keeps_nobody_out(site, client, mailing, monkeypatch):
    def fail(_message):
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", fail)
    assert client.post(join_address(), sign_up_data())["Location"] == "/"
    assert signed_in(client)
