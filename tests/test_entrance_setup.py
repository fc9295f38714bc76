"""Promise: one printed link leads once to one page that makes the owner, the first room and a join link; until then
every page says where to find it and nobody else gets in; of two who try at once, one becomes the owner."""

import re
import threading

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext, override

from chat.models import Membership, Person, Room
from chatsite.accounts import services, setup
from chatsite.accounts.models import JoinLink, Site, User
from tests import cast
from tests.entrance import look, set_up_data, sign_up_data, the_link

pytestmark = pytest.mark.django_db


def set_up_address():
    """Return the address of the set-up page."""
    return reverse("set_up", args=[setup.token()])


def printed(capsys, **options):
    """Return what `manage.py setup_link` prints."""
    call_command("setup_link", **options)
    return capsys.readouterr().out


def test_the_first_owner_lands_in_the_first_room_signed_in(client):
    assert "<form" in look(client.get(set_up_address()))
    response = client.post(set_up_address(), set_up_data())
    room = Room.objects.get()
    assert response["Location"] == reverse("chat:room", args=[room.pk])
    owner = User.objects.get()
    assert client.session["_auth_user_id"] == str(owner.pk)
    assert owner.is_superuser
    assert owner.is_staff
    assert (room.kind, room.everyone, room.name) == (Room.Kind.OPEN, True, "Everyone")
    assert Membership.objects.get().person == Person.objects.get(name="Ann", user=owner)
    assert services.the_site().name == "Lantern"


def test_the_first_room_is_named_in_the_language_of_the_page():
    client = cast.browser_of(headers={"Accept-Language": "zh-hans"})
    client.post(set_up_address(), set_up_data())
    with override("zh-hans"):
        assert Room.objects.get().name == gettext("Everyone")


def test_the_set_up_makes_a_join_link_for_seven_days(client):
    client.post(set_up_address(), set_up_data())
    link = the_link()
    assert link.uses_left is None
    assert (link.expires_at - link.created_at).days == 7
    assert services.usable_join_link(link.token, now()) == link


def test_the_link_is_printed_at_each_start_until_it_was_used(client, capsys, settings):
    settings.HOST, settings.PORT, settings.PUBLIC_URL = "127.0.0.1", 8123, ""
    first = printed(capsys)
    assert re.findall(r"\S+/setup/\S+", first) == [
        f"http://127.0.0.1:8123/setup/{setup.token()}/",
        f"http://localhost:8123/setup/{setup.token()}/",
    ]
    assert printed(capsys) == first
    client.post(set_up_address(), set_up_data())
    later = printed(capsys)
    assert "setup" not in later
    assert "http://127.0.0.1:8123/" in later


def test_with_a_public_address_that_one_is_printed(capsys, settings):
    settings.PUBLIC_URL = "https://chat.example.org"
    assert f"https://chat.example.org/setup/{setup.token()}/" in printed(capsys)


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_until_there_is_an_owner_every_page_says_where_to_find_the_link(client, name):
    page = look(client.get(reverse(name)))
    assert "manage.py setup_link" in page
    assert setup.token() not in page


def test_a_room_leads_to_the_page_that_says_it(client):
    assert "manage.py setup_link" in look(client.get("/rooms/1/", follow=True))


def test_a_wrong_link_opens_nothing(client):
    assert "manage.py setup_link" in look(client.get("/setup/guess/"), 404)
    look(client.post("/setup/guess/", set_up_data()), 404)
    assert not User.objects.exists()


def test_nobody_signs_up_before_there_is_an_owner(client):
    services.change_site(name="Lantern", sign_up=Site.SignUp.OPEN)
    assert "manage.py setup_link" in look(client.post(reverse("account_signup"), sign_up_data()))
    assert not User.objects.exists()


def test_the_link_works_once(client):
    used = set_up_address()
    client.post(used, set_up_data())
    other = Client()
    for response in (other.get(used), other.post(used, set_up_data(email="eve@example.org"))):
        assert response["Location"] == reverse("account_login")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("site_name", " "), ("name", ""), ("email", "x"), ("password1", "12345678"), ("password1", "short")],
)
def test_a_mistake_is_said_beside_its_field_and_makes_nothing(client, field, value):
    page = look(client.post(set_up_address(), set_up_data(**{field: value})))
    part = page[page.index(f'for="id_{field}"') :]
    assert "field-error" in part[: part.index("</div>")]
    assert not User.objects.exists()
    assert setup.token()


def test_the_set_up_page_counts_tries(client):
    address = set_up_address()
    statuses = [client.post(address, set_up_data(password1="short")).status_code for _try in range(21)]
    assert statuses == [200] * 20 + [429]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_up_at_once_one_becomes_the_owner():
    address = set_up_address()
    together = threading.Barrier(2)
    answers = {}

    def post(name):
        typed = set_up_data(name=name, email=cast.email_of(name))
        together.wait()
        answers[name] = Client().post(address, typed)
        connection.close()

    threads = [threading.Thread(target=post, args=[name]) for name in ("Ann", "Eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.filter(is_superuser=True).count() == 1
    assert User.objects.count() == Person.objects.count() == Room.objects.count() == JoinLink.objects.count() == 1
    rooms = [response for response in answers.values() if "/rooms/" in response.get("Location", "")]
    assert len(rooms) == 1
