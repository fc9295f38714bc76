"""Nobody does or sees what is not theirs: each right for each role, each address for each kind of visitor."""

import re
from dataclasses import fields

import pytest
from django.urls import reverse

from chat import access
from chat.access import Rights
from chat.models import Membership, Room
from chat.protocol import ErrorCode, Refused
from chat.services import people
from chat.urls import urlpatterns
from tests.cast import browser_of, make_person, make_room

# What each may do. "site" is a site's owner who is not in the room, "stranger" has an account and is not in it.
RIGHTS = {
    ("open", "live"): {
        "owner": "post leave rename archive add_members remove_members set_roles",
        "moderator": "post leave rename add_members remove_members",
        "member": "post leave",
        "stranger": "join",
        "site": "join rename archive add_members remove_members set_roles",
    },
    ("open", "archived"): {
        "owner": "leave archive remove_members set_roles",
        "moderator": "leave remove_members",
        "member": "leave",
        "stranger": "",
        "site": "archive remove_members set_roles",
    },
    ("everyone", "live"): {
        "owner": "post rename archive add_members set_roles",
        "moderator": "post rename add_members",
        "member": "post",
        "stranger": "join",
        "site": "join rename archive add_members set_roles",
    },
    ("everyone", "archived"): {
        "owner": "archive set_roles",
        "moderator": "",
        "member": "",
        "stranger": "",
        "site": "archive set_roles",
    },
    ("private", "live"): {
        "owner": "post leave rename archive add_members remove_members set_roles",
        "moderator": "post leave rename add_members remove_members",
        "member": "post leave",
        "stranger": "",
        "site": "",
    },
    ("private", "archived"): {
        "owner": "leave archive remove_members set_roles",
        "moderator": "leave remove_members",
        "member": "leave",
        "stranger": "",
        "site": "",
    },
    ("direct", "live"): {"member": "post", "stranger": "", "site": ""},
    ("direct", "archived"): {"member": "", "stranger": "", "site": ""},
    ("staging", "live"): {"stranger": "", "site": ""},
}
CASES = [
    (kind, state, who, right, right in allowed.split())
    for (kind, state), row in RIGHTS.items()
    for who, allowed in row.items()
    for right in (field.name for field in fields(Rights))
]


@pytest.mark.parametrize(("kind", "state", "who", "right", "allowed"), CASES)
def test_a_right(ann, eve, kind, state, who, right, allowed):
    """The table above holds for `rights`, and for the door that every write goes through."""
    person = ann if who == "site" else eve
    room = Room.objects.create(
        kind="open" if kind == "everyone" else kind,
        name="" if kind == "direct" else "Room",
        direct_key="7-8" if kind == "direct" else None,
        everyone=kind == "everyone",
        archived_at=eve.created_at if state == "archived" else None,
    )
    found = None
    if who in Membership.Role.values:
        found = Membership.objects.create(room=room, person=person, role=who)
    assert getattr(access.rights(person, room, found), right) is allowed
    if allowed:
        assert access.room_for(person, room.pk, right) == room
        return
    with pytest.raises(Refused) as refused:
        access.room_for(person, room.pk, right)
    known = found is not None or kind in ("open", "everyone")
    assert refused.value.code == (ErrorCode.FORBIDDEN if known else ErrorCode.NOT_FOUND)


FOR_MEMBERS = ("login", 404, 200, 200)
FOR_OWNERS = ("login", 404, 403, 302)
# What (nobody, a stranger, a member, an owner) of the private room gets; "login" is the way to the sign-in page.
# `room` is that room, `other` a member, `person` anybody.
ADDRESSES = {
    "home": {"GET": ("login", 302, 302, 302)},
    "directory": {"GET": ("login", 200, 200, 200)},
    "room_create": {"GET": ("login", 200, 200, 200), "POST": ("login", 302, 302, 302)},
    "room": {"GET": FOR_MEMBERS},
    "room_opening": {"GET": FOR_MEMBERS},
    "room_plain": {"GET": FOR_MEMBERS},
    "room_settings": {"GET": FOR_MEMBERS, "POST": FOR_OWNERS},
    "room_archive": {"GET": (405,) * 4, "POST": FOR_OWNERS},
    "room_restore": {"GET": (405,) * 4, "POST": FOR_OWNERS},
    "room_join": {"GET": (405,) * 4, "POST": ("login", 404, 302, 302)},
    "room_leave": {"GET": FOR_MEMBERS, "POST": ("login", 404, 302, 302)},
    "members": {"GET": FOR_MEMBERS, "POST": (405,) * 4},
    "member_add": {"GET": (405,) * 4, "POST": FOR_OWNERS},
    "member_remove": {"GET": (405,) * 4, "POST": FOR_OWNERS},
    "member_role": {"GET": (405,) * 4, "POST": FOR_OWNERS},
    "people": {"GET": ("login", 200, 200, 200)},
    "direct": {"GET": (405,) * 4, "POST": ("login", 302, 302, 302)},
    "modules": {"GET": (200,) * 4},  # the page's own code, nobody's data
    "gallery": {"GET": (404,) * 4},
    "healthz": {"GET": (200,) * 4},
    "readyz": {"GET": (200,) * 4},
}
VISITS = [
    (name, method, index, answers[index])
    for name, methods in ADDRESSES.items()
    for method, answers in methods.items()
    for index in range(4)
]
FORM = {"name": "Taken over", "topic": "", "role": "owner", "kind": "private"}


def address_of(name, room, other):
    """Return the address of a route for these rows."""
    given = {"room_id": room.pk, "other_id": other.pk, "person_id": other.pk, "version": "old"}
    pattern = next(one for one in urlpatterns if one.name == name)
    return reverse(f"chat:{name}", kwargs={key: given[key] for key in pattern.pattern.converters})


def state_of(room):
    """Return all that a visitor could have changed of a room."""
    room.refresh_from_db()
    members = sorted(room.memberships.values_list("person", "role"))
    return room.name, room.topic, room.archived, room.rev, room.last_seq, members


def test_every_address_is_in_the_table():
    """A new address of the chat cannot come without saying who gets what there."""
    assert {pattern.name for pattern in urlpatterns} == set(ADDRESSES)


FOR_THE_SIGNED_IN = [name for name, methods in ADDRESSES.items() if methods["GET"][0] == "login"]


@pytest.mark.parametrize("name", FOR_THE_SIGNED_IN)
def test_no_browser_keeps_what_is_for_who_is_signed_in(den, bob, xiaoming, name):
    """After a logout, "back" asks the server, who leads to the login."""
    answer = browser_of(bob).get(address_of(name, den, xiaoming))
    assert answer.status_code in (200, 302)
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))


@pytest.mark.parametrize(("name", "method", "visitor", "expected"), VISITS)
def test_an_address(den, ann, bob, xiaoming, eve, name, method, visitor, expected):
    """Each visitor gets the answer of the table, and who may not, changes nothing."""
    before = state_of(den)
    browser = browser_of((None, eve, bob, ann)[visitor])
    answer = browser.generic(method, address_of(name, den, xiaoming)) if method == "GET" else None
    answer = answer or browser.post(address_of(name, den, xiaoming), FORM)
    if expected == "login":
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("account_login"))
    else:
        assert answer.status_code == expected
        assert not answer.headers.get("Location", "").startswith(reverse("account_login"))
    if expected in ("login", 403, 404, 405):
        assert state_of(den) == before


@pytest.mark.parametrize("name", [name for name in ADDRESSES if name.startswith(("room", "member"))])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hidden_and_missing_are_the_same_page(den, ann, eve, name, method):
    """From the answer nobody learns that a private room exists: the bytes are those of a room that does not."""
    answers = []
    missing = Room(pk=den.pk + 1000)
    for room in (den, missing):
        browser = browser_of(eve)
        answer = getattr(browser, method.lower())(address_of(name, room, ann), FORM if method == "POST" else None)
        answers.append((answer.status_code, _without_secrets(answer, str(room.pk))))
    assert answers[0] == answers[1]


def _without_secrets(answer, own):
    """Return the body without what differs in each answer: its nonce, its form secret, and its own address."""
    body = re.sub(r'(nonce=|name="csrfmiddlewaretoken" value=)"[^"]*"', r"\1", answer.content.decode())
    body = body.replace(f"/rooms/{own}/", "/rooms/N/")
    headers = {key: value for key, value in answer.headers.items() if key not in ("Content-Security-Policy",)}
    return body, {key: value for key, value in headers.items() if key not in ("Content-Length", "Location")}


def test_a_number_no_database_holds_is_no_address(ann):
    """An id beyond 64 bits is answered like any other that does not exist."""
    browser = browser_of(ann)
    huge = "9" * 30
    assert browser.get(f"/rooms/{huge}/").status_code == 404
    assert browser.post(f"/rooms/{huge}/leave/").status_code == 404
    assert browser.post(f"/people/{huge}/direct/").status_code == 404
    assert browser.post("/rooms/9999999999999999/leave/").status_code == 404


def test_who_is_deactivated_speaks_as_nobody(bob, den):
    """A deactivated account is nobody: not signed in, in no room, in no list."""
    people.deactivate(bob.user)
    with pytest.raises(Refused) as refused:
        access.person_of(bob.user)
    assert refused.value.code is ErrorCode.FORBIDDEN
    assert access.membership(bob, den.pk) is None
    assert not access.people_to_find(bob, "Bob", None).exists()
    with pytest.raises(Refused):
        access.person_to_see(bob.pk)


def test_the_directory_of_each(ann, bob, eve, den, hall):
    """The directory shows open rooms and one's own private ones, never a direct room or what is being imported."""
    Room.objects.create(kind=Room.Kind.STAGING, name="Import")
    Room.objects.create(kind=Room.Kind.DIRECT, direct_key="1-2").memberships.create(person=bob)
    assert {(room.name, room.joined) for room in access.directory(bob)} == {("Den", True), ("Hall", True)}
    assert [(room.name, room.joined) for room in access.directory(eve)] == [("Hall", True)]
    assert list(access.directory(eve, "den")) == []


def test_the_directory_counts_who_counts(ann, bob, den, hall):
    """A deactivated member is not counted, in the directory as in the room."""
    counts = {room.name: room.member_count for room in access.directory(ann)}
    assert counts == {"Den": 3, "Hall": 3}
    people.deactivate(bob.user)
    counts = {room.name: room.member_count for room in access.directory(ann)}
    assert counts == {"Den": 2, "Hall": 2}
    assert access.member_count(den) == 2


def test_the_directory_begins_with_what_is_alive(ann):
    """Last spoken in first, archived ones last, however lately they were spoken in."""
    names = ("Old", "New", "Archived")
    old, new, archived = (make_room(ann, name) for name in names)
    Room.objects.filter(pk=old.pk).update(last_message_at="2026-01-01T00:00Z")
    Room.objects.filter(pk=new.pk).update(last_message_at="2026-02-01T00:00Z")
    Room.objects.filter(pk=archived.pk).update(last_message_at="2026-03-01T00:00Z", archived_at="2026-03-02T00:00Z")
    assert [room.name for room in access.directory(ann)] == ["New", "Old", "Archived"]


@pytest.mark.parametrize("query", ["news", "NEWS", " new ", "\0news"])
def test_the_directory_finds_names_and_topics(ann, hall, query):
    """Whatever the case, around blanks, and a NUL that no database takes."""
    make_room(ann, "Lounge", topic="All the news")
    make_room(ann, "Tea")
    expected = {"Hall", "Lounge"} if query == " new " else {"Lounge"}
    assert {room.name for room in access.directory(ann, query)} == expected


def test_members_stand_by_rank_and_name(ann, bob, xiaoming, eve, lilei):
    """Owners first, then moderators, then members; by name each; a search finds names and handles."""
    room = make_room(lilei, "Tea", ann, bob, xiaoming, eve)
    room.memberships.filter(person=eve).update(role="moderator")
    listed = [(row.person.name, row.role) for row in access.members_to_see(bob, room.pk)]
    assert listed == [
        ("李雷", "owner"),
        ("Eve", "moderator"),
        ("Ann", "member"),
        ("Bob", "member"),
        ("王小明", "member"),
    ]
    assert [row.person for row in access.members_to_see(bob, room.pk, "小")] == [xiaoming]
    assert [row.person for row in access.members_to_see(bob, room.pk, "@an")] == [ann]


def test_members_of_a_hidden_room_are_hidden(den, eve):
    """Neither a member list nor a search within tells of a private room."""
    for ask in (lambda: access.members_to_see(eve, den.pk), lambda: access.people_to_find(eve, "a", den.pk)):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code is ErrorCode.NOT_FOUND


def test_people_to_add_are_those_who_are_not_in(den, ann, eve, lilei):
    """Whom one can add: active people who match and are not in the room."""
    gone = make_person("Evelyn")
    people.deactivate(gone.user)
    assert list(access.people_to_add(ann, den, "e")) == [eve]
    assert list(access.people_to_add(ann, den, "")) == [eve, lilei]
    assert list(access.people_to_add(ann, den, "Bob")) == []
