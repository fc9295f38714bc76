"""Promise: who reads Chinese reads nothing else: no page shows a word of English, or one that a library says otherwise.

What a person wrote, addresses and the name of the other language stay as they are. What scripts draw is theirs to say
(`tests/test_words.py`); here is what the server sends, with mistakes in its forms, too.
"""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.timesince import TIME_STRINGS

from chat.services import memberships, rooms
from chatsite.accounts import services
from chatsite.accounts.models import JoinLink, User
from tests import cast
from tests.entrance import LOGIN, claimed

pytestmark = pytest.mark.django_db

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}
LATIN = re.compile(r"[A-Za-z]{2,}")
# Names that people gave, addresses, and words that Chinese writes in Latin letters.
KEPT = re.compile(
    r"[\w.]+@example\.org|@\w+|https?://\S+|…\S{6}|“\S+”|python manage\.py setup_link"
    r"|(?<![A-Za-z])(?:Ann|Bob|Chat|Den|Eve|Lantern|English|JavaScript|Cookie|PUBLIC_URL|ALLOWED_HOSTS)(?![A-Za-z])",
    re.ASCII,
)
SHOWN_ATTRIBUTES = ("aria-label", "placeholder", "title", "alt")


class Shown(HTMLParser):
    """Gathers what a reader sees or hears of a page."""

    UNSEEN = ("script", "style", "svg")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag, attrs):
        """Take the attributes that are shown."""
        self._unseen += tag in self.UNSEEN
        self.texts += [value for name, value in attrs if name in SHOWN_ATTRIBUTES and value]

    def handle_endtag(self, tag):
        """Come out of what is not shown."""
        self._unseen -= tag in self.UNSEEN

    def handle_data(self, data):
        """Take a text."""
        if not self._unseen and data.strip():
            self.texts.append(" ".join(data.split()))


def english_of(page):
    """Return the texts of a page that hold a word in Latin letters which is none of those we keep."""
    shown = Shown()
    shown.feed(page)
    assert len(shown.texts) > 2, page
    return [text for text in shown.texts if LATIN.search(KEPT.sub("", text))]


@pytest.fixture
def site(db):
    """Return the set-up site's owner; the site has rooms of every kind, links, people and an account that is closed."""
    with translation.override("zh-hans"):
        owner, _room = claimed()
    ann, bob = owner.person, cast.make_person("Bob")
    open_room = cast.make_room(ann, "读书会", bob, topic="每周三")
    memberships.set_role(ann, open_room.pk, bob.pk, "moderator")
    cast.make_room(ann, "Den", bob, kind="private")
    rooms.archive(ann, cast.make_room(ann, "旧活动").pk)
    rooms.open_direct(ann, bob.pk)
    services.deactivate(cast.make_person("Eve").user)
    now = timezone.now()
    services.revoke_join_link(services.make_join_link(owner, lifetime=None, uses=1, now=now), now)
    services.make_join_link(owner, lifetime=timedelta(days=3), uses=10, now=now)
    return owner


def bob_of_the_site():
    """Return bob, who is a member."""
    return User.objects.get(email=cast.email_of("Bob")).person


def join_address():
    """Return the address of a link that admits."""
    return reverse("join", args=[JoinLink.objects.filter(revoked_at=None)[0].token])


def open_page(person, address, data=None):
    """Return the text of the page that a Chinese browser gets; with `data`, of the answer to the form."""
    client = cast.browser_of(person, headers=CHINESE)
    response = client.post(address, data) if data is not None else client.get(address)
    assert response.status_code != 302, f"{address} leads to {response['Location']}"
    page = response.content.decode()
    assert '<html lang="zh-hans"' in page
    return page


SIGNED_OUT = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/inactive/",
    "/join/x/",
    "/sign-in/x/",
]
SIGNED_IN = [
    *(
        "/rooms/",
        "/rooms/?q=zz",
        "/rooms/new/",
        "/people/",
        "/people/?q=zz",
        "/site/",
        "/site/people/",
        "/site/people/?q=zz",
    ),
    *("/accounts/profile/", "/accounts/password/change/", "/accounts/logout/", "/nothing/", "/rooms/99999/"),
]
OF_A_ROOM = ["", "plain/", "settings/", "settings/?q=zz&find=zz", "settings/?find=o"]


@pytest.mark.parametrize("address", SIGNED_OUT)
def test_the_entrance_is_chinese(site, address):
    assert english_of(open_page(None, address)) == []


def test_the_pages_behind_links_are_chinese(site):
    token = services.make_sign_in_link(site, bob_of_the_site().user, timezone.now())
    for address in (join_address(), f"/sign-in/{token}/"):
        assert english_of(open_page(None, address)) == []


@pytest.mark.parametrize("address", SIGNED_IN)
def test_the_pages_of_the_site_are_chinese(site, address):
    assert english_of(open_page(site.person, address)) == []


@pytest.mark.parametrize("path", OF_A_ROOM)
def test_the_pages_of_every_kind_of_room_are_chinese(site, path):
    for membership in site.person.memberships.all():
        assert english_of(open_page(site.person, f"/rooms/{membership.room_id}/{path}")) == []


def test_leaving_a_room_is_asked_in_chinese(site):
    bob = bob_of_the_site()
    leavable = bob.memberships.filter(room__everyone=False).exclude(room__kind="direct")
    assert {membership.room.kind for membership in leavable} == {"open", "private"}
    for membership in leavable:
        assert english_of(open_page(bob, f"/rooms/{membership.room_id}/leave/")) == []


FORMS = [
    (None, LOGIN, {"login": "", "password": ""}),
    (None, LOGIN, {"login": "nobody", "password": "x"}),
    (None, LOGIN, {"login": "bob@example.org", "password": "x"}),
    (None, "join", {}),
    (None, "join", {"name": "a" * 200, "email": "bob@example.org", "password1": "12345678"}),
    (None, "join", {"name": "小红", "email": "bob@example.org", "password1": "short"}),
    ("owner", "/rooms/new/", {}),
    ("owner", "/rooms/new/", {"name": "一" * 200, "kind": "private", "everyone": "on"}),
    ("owner", "/accounts/profile/", {"name": "\t", "handle": "a"}),
    ("owner", "/accounts/profile/", {"name": "Ann", "handle": "bob"}),
    ("owner", "/accounts/password/change/", {"oldpassword": "x", "password1": "ann@example.org"}),
    ("owner", "/site/", {"name": "", "sign_up": "link"}),
]


@pytest.mark.parametrize(("reader", "address", "data"), FORMS)
def test_mistakes_are_told_in_chinese(site, reader, address, data):
    address = join_address() if address == "join" else address
    page = open_page(site.person if reader else None, address, data)
    assert 'role="alert"' in page
    assert english_of(page) == []


def test_the_set_up_is_chinese(db):
    with translation.override("zh-hans"):
        token = services.the_site().setup_token
    for address, data in ((LOGIN, None), (f"/setup/{token}/", None), (f"/setup/{token}/", {}), ("/setup/x/", None)):
        client = cast.browser_of(headers=CHINESE)
        page = (client.get(address, follow=True) if data is None else client.post(address, data)).content.decode()
        assert english_of(page) == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_pages_are_chinese(db, name):
    with translation.override("zh-hans"):
        assert english_of(render_to_string(f"{name}.html", {"site_name": "灯笼社"})) == []


MAIL_PAGES = [
    "password_reset",
    "password_reset_done",
    "password_reset_from_key",
    "password_reset_from_key_done",
    "password_set",
]
MAILS = ["email_confirmation", "password_changed", "password_reset_key", "password_set", "unknown_account"]


@pytest.mark.parametrize("name", [*MAIL_PAGES, "email_confirm", "verification_sent", "no_owner"])
def test_pages_that_mail_leads_to_are_chinese(db, name):
    with translation.override("zh-hans"):
        assert (
            english_of(render_to_string(f"account/{name}.html", {"site_name": "灯笼社", "email": "ann@example.org"}))
            == []
        )


@pytest.mark.parametrize("name", MAILS)
def test_mails_are_chinese(name):
    said = {"chat_name": "灯笼社", "ip": "192.0.2.1", "timestamp": "2026年11月23日"}
    with translation.override("zh-hans"):
        mail = "".join(render_to_string(f"account/email/{name}_{part}.txt", said) for part in ("subject", "message"))
    assert re.search("[\u4e00-\u9fff]", mail)
    assert not LATIN.search(mail.replace("IP", ""))


def test_our_words_come_before_those_of_the_libraries():
    with translation.override("zh-hans"):
        assert [str(TIME_STRINGS[unit] % {"num": 3}) for unit in ("month", "day", "hour")] == ["3个月", "3天", "3小时"]
        assert translation.gettext("Log out") == "退出登录"
        for password in ("short", "password", "ann@example.org"):
            with pytest.raises(ValidationError) as refused:
                validate_password(password, User(email="ann@example.org"))
            assert not LATIN.search("".join(refused.value.messages))
