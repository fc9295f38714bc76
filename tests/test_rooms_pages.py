"""The pages about rooms and people work as plain forms: what is there, what is offered, where one lands after."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from chat import access
from chat.models import Membership, Person, Room
from chat.services import memberships, messages, people, rooms
from tests.cast import browser_of, make_person, make_room


def crowd(count, *, prefix="Guest"):
    """Return `count` people, made in two queries; their accounts are active."""
    from chatsite.accounts.models import User

    users = User.objects.bulk_create(User(email=f"{prefix}{n}@example.org", password="!") for n in range(count))
    rows = (Person(user=user, name=f"{prefix} {n:05}", handle=f"{prefix}{n}") for n, user in enumerate(users))
    return Person.objects.bulk_create(rows)


def fill(room, persons):
    """Put people into a room without telling anyone."""
    Membership.objects.bulk_create(Membership(room=room, person=person) for person in persons)


def page(person, address, **query):
    """Return a page's text as `person` gets it."""
    answer = browser_of(person).get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def main_of(text):
    """Return the page's own part, without the frame and its data."""
    return text[text.index("<main") : text.index("</main>")]


def rows_of(text):
    """Return the words of each row of the lists on a page, blanks folded."""
    rows = re.findall(r'<li class="list-row".*?</li>', text, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def offers(text):
    """Return the names of the chat's addresses that a page's forms and links lead to, without ids."""
    found = re.findall(r'(?:action|href)="(/[^"?#]*)', main_of(text))
    return {re.sub(r"\d+", "N", address) for address in found}


DIRECTORY = "/rooms/"


# The directory


def test_the_directory_says_what_one_needs(ann, bob, hall, den):
    """Name, topic, members, last activity, the lock of private ones, and whether one is in."""
    make_room(ann, "Tea", topic="Leaves & water")
    assert rows_of(page(bob, DIRECTORY)) == [
        "Tea Leaves & water 1 member · just now Join",
        "Den Private · 3 members · just now Joined Leave",
        "Hall What is new 3 members · just now Joined",
    ]


def test_the_directory_tells_the_last_activity(ann):
    """By its largest unit, since the last message or else since the room was made."""
    room = make_room(ann, "Tea")
    Room.objects.filter(pk=room.pk).update(last_message_at=timezone.now() - timedelta(days=3, hours=5))
    assert "3 days ago" in rows_of(page(ann, DIRECTORY))[0].replace("\xa0", " ")


def test_archived_rooms_are_folded_at_the_end(ann, hall):
    """They can be opened and not joined."""
    rooms.archive(ann, make_room(ann, "Old").pk)
    eve = make_person("Eve")
    text = page(eve, DIRECTORY)
    before, after = text.split("<details")
    assert [row[:4] for row in rows_of(before)] == ["Hall"]
    assert rows_of(after) == ["Old 1 member · just now"]


def test_an_empty_directory_offers_the_first_step(bob):
    """And an unsuccessful search offers to make the room, with its name filled in and nothing of it as markup."""
    assert "Make the first room" in page(bob, DIRECTORY)
    text = page(bob, DIRECTORY, q="<b>tea")
    assert "No room has “&lt;b&gt;tea” in its name or topic." in text
    [link] = re.findall(r'href="(/rooms/new/\?[^"]+)"', text)
    assert 'value="&lt;b&gt;tea"' in page(bob, unescape(link))


def test_the_directory_in_pages(ann):
    """Fifty at a time, with the search kept; a number that is none leads to the first."""
    Room.objects.bulk_create(Room(kind="open", name=f"Tea {n}") for n in range(120))
    Room.objects.create(kind="open", name="Coffee")
    seen = []
    address = f"{DIRECTORY}?q=tea"
    while address:
        text = page(ann, address)
        seen += [row.partition(" 0 members")[0] for row in rows_of(text)]
        further = re.findall(r'href="([^"]+)" rel="next"', text)
        address = DIRECTORY + unescape(further[0]) if further else ""
    assert sorted(seen) == sorted(f"Tea {n}" for n in range(120))
    for wrong in ("0", "-1", "x", "9" * 40, "٣"):
        assert len(rows_of(page(ann, DIRECTORY, page=wrong))) == 50
    assert rows_of(page(ann, DIRECTORY, page="999999")) == []


def test_joining_leads_into_the_room(ann, bob):
    """And again is the same."""
    room = make_room(ann, "Tea")
    browser = browser_of(bob)
    for _ in range(2):
        answer = browser.post(reverse("chat:room_join", args=[room.pk]))
        assert answer.url == f"/rooms/{room.pk}/"
    assert room.memberships.filter(person=bob).count() == 1


def test_leaving_does_not_lose_ones_place(ann, bob):
    """The row's form carries search, page and row, and leaving leads back to exactly there."""
    room = make_room(ann, "Tea", bob)
    text = page(bob, f"{DIRECTORY}?q=tea&page=1")
    action = reverse("chat:room_leave", args=[room.pk])
    form = text[text.index(f'action="{action}"') :]
    wished = unescape(re.search(r'name="next" value="([^"]+)"', form)[1])
    answer = browser_of(bob).post(action, {"next": wished})
    assert answer.url == wished == f"/rooms/?q=tea&page=1#room-{room.pk}"
    assert not room.memberships.filter(person=bob).exists()


def test_leaving_a_private_room_asks_first(den, bob):
    """A plain page, as only others can undo it; it keeps the place, too, and Stay leads back there."""
    text = page(bob, f"{DIRECTORY}?q=den")
    link = unescape(re.search(rf'href="(/rooms/{den.pk}/leave/[^"]*)"', text)[1])
    asked = main_of(page(bob, link))
    assert "only someone in it can let you in again" in asked
    assert asked.count(f'"/rooms/?q=den#room-{den.pk}"') == 3  # back, Stay, and the form's next
    assert den.memberships.filter(person=bob).exists()


def test_the_last_one_hears_what_leaving_means(bob):
    """That the room goes with them."""
    room = make_room(bob, "Mine", kind="private")
    assert "You are the last one here." in page(bob, reverse("chat:room_leave", args=[room.pk]))


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil", "/\\evil", "abc", "chat:people", ""],
)
def test_nobody_is_led_to_another_site(ann, bob, elsewhere):
    """`next` is followed within this site only."""
    room = make_room(ann, "Tea")
    browser = browser_of(bob)
    assert browser.post(reverse("chat:room_join", args=[room.pk]), {"next": elsewhere}).url == f"/rooms/{room.pk}/"
    assert browser.post(reverse("chat:room_leave", args=[room.pk]), {"next": elsewhere}).url == DIRECTORY


def test_too_many_rooms_is_said_in_words(ann, bob, settings):
    """On the page one came from."""
    settings.CHAT_MAX_ROOMS_PER_PERSON = 1
    make_room(bob, "Mine")
    room = make_person_room(ann)
    browser = browser_of(bob)
    answer = browser.post(reverse("chat:room_join", args=[room.pk]), {"next": "/rooms/?q=t"}, follow=True)
    assert answer.redirect_chain == [("/rooms/?q=t", 302)]
    assert "You are in 1 rooms, and more is not possible." in answer.content.decode()
    answer = browser.post(reverse("chat:room_create"), {"name": "Other", "kind": "open"})
    assert answer.status_code == 400
    assert "You are in 1 rooms" in answer.content.decode()
    assert 'value="Other"' in answer.content.decode()


def make_person_room(owner):
    """Return an open room of `owner`'s, who may be in one room only."""
    return make_room(owner, "Tea")


def test_every_form_asks_for_its_secret(ann, den):
    """A form of another site cannot act: without the secret all of these are refused."""
    browser = browser_of(ann, enforce_csrf_checks=True)
    for name in ("room_create", "room_join", "room_leave", "room_archive", "room_restore", "room_settings"):
        arguments = [] if name == "room_create" else [den.pk]
        assert browser.post(reverse(f"chat:{name}", args=arguments), {"name": "x"}).status_code == 403
    for name in ("member_add", "member_remove", "member_role"):
        assert browser.post(reverse(f"chat:{name}", args=[den.pk, ann.pk])).status_code == 403
    assert browser.post(reverse("chat:direct", args=[ann.pk])).status_code == 403


# A new room


def test_making_a_room(bob):
    """Leads into it; it is its maker's."""
    answer = browser_of(bob).post(reverse("chat:room_create"), {"name": " Tea ", "topic": "Leaves", "kind": "private"})
    room = Room.objects.get()
    assert answer.url == f"/rooms/{room.pk}/"
    assert (room.name, room.topic, room.kind, room.everyone) == ("Tea", "Leaves", "private", False)
    assert room.memberships.get().role == "owner"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "", "kind": "open"}, "Give the room a name."),
        ({"name": "\u200b", "kind": "open"}, "Give the room a name."),
        ({"name": "n" * 81, "kind": "open"}, "At most 80 characters."),
        ({"name": "Tea", "topic": "t" * 251, "kind": "open"}, "At most 250 characters."),
        ({"name": "Tea", "kind": "direct"}, "Select a valid choice"),
        ({"name": "Tea", "kind": "private", "everyone": "on"}, "A room for everyone is open."),
        ({}, "Give the room a name."),
    ],
)
def test_a_room_that_cannot_be(ann, fields, sentence):
    """Is refused beside the field, and what was typed stays."""
    answer = browser_of(ann).post(reverse("chat:room_create"), fields)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in text
    kept = [fields.get("topic"), fields.get("name", "").strip("\u200b")]
    assert all(f'value="{typed}"' in text for typed in kept if typed)
    assert ('value="private" required checked' in text) is (fields.get("kind") == "private")
    assert not Room.objects.exists()


def test_only_a_sites_owner_is_asked_about_everyone(ann, bob):
    """And a member who sends the field all the same makes an ordinary room."""
    assert 'name="everyone"' in page(ann, reverse("chat:room_create"))
    assert 'name="everyone"' not in page(bob, reverse("chat:room_create"))
    fields = {"name": "Tea", "kind": "open", "everyone": "on"}
    browser_of(bob).post(reverse("chat:room_create"), fields)
    browser_of(ann).post(reverse("chat:room_create"), fields)
    assert [room.everyone for room in Room.objects.order_by("pk")] == [False, True]


# A room's settings


def settings_of(room):
    """Return the address of a room's page."""
    return reverse("chat:room_settings", args=[room.pk])


OFFERED = {
    "owner": {
        "/rooms/N/settings/",
        "/rooms/N/leave/",
        "/rooms/N/archive/",
        "/rooms/N/members/N/role/",
        "/rooms/N/members/N/remove/",
    },
    "moderator": {"/rooms/N/settings/", "/rooms/N/leave/", "/rooms/N/members/N/remove/"},
    "member": {"/rooms/N/settings/", "/rooms/N/leave/"},
}


@pytest.mark.parametrize("role", OFFERED)
def test_what_one_has_no_right_to_is_not_offered(den, bob, xiaoming, role):
    """Each role sees its own buttons; the search of members is for all."""
    den.memberships.filter(person=bob).update(role=role)
    text = page(bob, settings_of(den))
    assert offers(text) - {"/rooms/N/"} == OFFERED[role]
    assert ('name="name"' in text) is (role != "member")
    assert ('name="find"' in text) is (role != "member")


def test_renaming_says_saved(den, ann):
    """And stays on the page."""
    browser = browser_of(ann)
    answer = browser.post(settings_of(den), {"name": "Lair", "topic": "Bears"}, follow=True)
    assert answer.redirect_chain == [(settings_of(den), 302)]
    assert "Saved." in answer.content.decode()
    den.refresh_from_db()
    assert (den.name, den.topic) == ("Lair", "Bears")


def test_a_name_that_cannot_be_stays_in_its_field(den, ann):
    """With the sentence beside it; the room keeps its name."""
    answer = browser_of(ann).post(settings_of(den), {"name": "n" * 81, "topic": "Bears"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "At most 80 characters." in text
    assert f'value="{"n" * 81}"' in text
    assert 'value="Bears"' in text
    den.refresh_from_db()
    assert den.name == "Den"


def test_adding_someone_without_scripts(den, ann, lilei):
    """Search by handle, press Add, be back at the search; who is in already is not found."""
    text = page(ann, settings_of(den), find="李")
    section = text[text.index('id="add"') : text.index('id="members"')]
    assert rows_of(section) == ["李雷 @李雷 Add"]
    action = re.search(r'action="([^"]+/add/)"', section)[1]
    wished = unescape(re.search(r'name="next" value="([^"]+)"', section)[1])
    assert browser_of(ann).post(action, {"next": wished}).url == f"{settings_of(den)}?find=%E6%9D%8E#add"
    assert den.memberships.filter(person=lilei).exists()
    assert "Nobody else has “李” in their name or handle." in page(ann, settings_of(den), find="李")


def test_a_role_and_a_removal(den, ann, bob):
    """Both by the row's own form."""
    browser = browser_of(ann)
    browser.post(reverse("chat:member_role", args=[den.pk, bob.pk]), {"role": "moderator"})
    assert den.memberships.get(person=bob).role == "moderator"
    browser.post(reverse("chat:member_remove", args=[den.pk, bob.pk]))
    assert not den.memberships.filter(person=bob).exists()


@pytest.mark.parametrize(
    ("action", "fields", "sentence"),
    [
        ("member_role", {"role": "member"}, "A room keeps at least one owner."),
        ("member_role", {"role": "king"}, "That cannot be."),
        ("member_role", {}, "That cannot be."),
    ],
)
def test_what_is_refused_is_said_on_the_page(den, ann, action, fields, sentence):
    """In the reader's words."""
    answer = browser_of(ann).post(reverse(f"chat:{action}", args=[den.pk, ann.pk]), fields, follow=True)
    assert sentence in answer.content.decode()
    assert den.memberships.get(person=ann).role == "owner"


@pytest.mark.parametrize("action", ["member_add", "member_remove", "member_role"])
def test_someone_who_has_gone_meanwhile(den, ann, eve, action):
    """Is said to be gone; the room is still there."""
    people.deactivate(eve.user)
    answer = browser_of(ann).post(reverse(f"chat:{action}", args=[den.pk, eve.pk]), {"role": "owner"}, follow=True)
    assert answer.status_code == 200
    assert "They are not here any more." in answer.content.decode()


def test_archive_and_restore(den, ann, bob):
    """One button, which then is the other; members see that the room is archived."""
    browser_of(ann).post(reverse("chat:room_archive", args=[den.pk]))
    text = page(bob, settings_of(den))
    assert "Archived just now. Nobody can write here." in text
    assert "/rooms/N/restore/" in offers(page(ann, settings_of(den)))
    assert "/rooms/N/restore/" not in offers(text)
    browser_of(ann).post(reverse("chat:room_restore", args=[den.pk]))
    den.refresh_from_db()
    assert not den.archived


def test_a_direct_room_has_people_and_nothing_to_set(bob, lilei):
    """Its title is the other's name; nothing to rename, leave or archive."""
    room = rooms.open_direct(bob, lilei.pk)
    text = page(bob, settings_of(room))
    assert '<h1 class="page-title" dir="auto" lang="zh-Hans">李雷</h1>' in text
    assert sorted(rows_of(text)) == ["Bob @bob · you", "李雷 @李雷"]
    assert offers(text) == {f"/rooms/{'N'}/"}
    assert "<form" not in main_of(text)


def test_names_are_text(ann):
    """Markup in names, topics and searches shows as typed."""
    evil = "<script>alert(1)</script>"
    room = make_room(ann, evil, topic=evil)
    people.rename(ann, name=evil, handle="ann")
    leave = reverse("chat:room_leave", args=[room.pk])
    for address in (DIRECTORY, settings_of(room), leave, "/people/", f"{settings_of(room)}?find={evil}&q={evil}"):
        text = page(ann, address)
        assert evil not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


# Members as data


def members_of(person, room, **query):
    """Return the answer of the member list."""
    answer = browser_of(person).get(reverse("chat:members", args=[room.pk]), query)
    assert answer.status_code == 200
    return answer.json()


def test_the_member_list_as_data(den, ann, bob, xiaoming):
    """Owners, moderators, members; the people who appear; how many there are."""
    memberships.set_role(ann, den.pk, xiaoming.pk, "moderator")
    assert members_of(bob, den) == {
        "members": [
            {"id": ann.pk, "role": "owner"},
            {"id": xiaoming.pk, "role": "moderator"},
            {"id": bob.pk, "role": "member"},
        ],
        "people": [
            {"id": ann.pk, "name": "Ann", "handle": "ann"},
            {"id": xiaoming.pk, "name": "王小明", "handle": "王小明"},
            {"id": bob.pk, "name": "Bob", "handle": "bob"},
        ],
        "total": 3,
        "next": None,
    }
    assert [row["id"] for row in members_of(bob, den, q="@王")["members"]] == [xiaoming.pk]
    assert members_of(bob, den, q="nobody") == {"members": [], "people": [], "total": 0, "next": None}


def test_ten_thousand_members(ann, bob, django_assert_max_num_queries):
    """Each once, a hundred at a time, in few queries, also on the room's own page."""
    room = make_room(ann, "Square", bob)
    fill(room, crowd(10_000))
    seen, after = [], ""
    browser = browser_of(bob)
    while after is not None:
        with django_assert_max_num_queries(6):
            answer = browser.get(reverse("chat:members", args=[room.pk]), {"after": after}).json()
        assert answer["total"] == 10_002
        assert len(answer["members"]) <= 100
        seen += [row["id"] for row in answer["members"]]
        after = answer["next"]
        if len(seen) == 300:  # enough to see that pages follow each other; then the last ones
            last = access.members_to_see(bob, room.pk)[9_949]
            after = f"{last.rank}.{last.person_id}.{last.person.name}"
    ordered = list(access.members_to_see(bob, room.pk).values_list("person", flat=True))
    assert seen == ordered[:300] + ordered[9_950:]


@pytest.mark.parametrize("after", ["x", "1", "1.2", "1.x.Ann", "-1.2.Ann", f"1.{'9' * 17}.Ann", "0.1.\0"])
def test_another_cursor_is_refused(den, ann, after):
    """A cursor is what an earlier page gave."""
    answer = browser_of(ann).get(reverse("chat:members", args=[den.pk]), {"after": after})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


# People


def test_people_one_can_write_to(bob, xiaoming, lilei):
    """By name; oneself among them; not the deactivated, nor those of an archive."""
    people.deactivate(lilei.user)
    Person.objects.create(kind="imported", name="lilo")
    assert rows_of(page(bob, "/people/")) == ["Bob @bob · you Message", "王小明 @王小明 Message"]
    assert rows_of(page(bob, "/people/", q="小")) == ["王小明 @王小明 Message"]
    assert "Nobody has “zoe” in their name or handle." in page(bob, "/people/", q="zoe")


def test_people_in_pages(bob):
    """Fifty at a time."""
    crowd(60)
    first, second = (rows_of(page(bob, "/people/", page=number)) for number in (1, 2))
    assert (len(first), len(second)) == (50, 11)
    assert len({*first, *second}) == 61


def test_writing_to_someone(bob, lilei):
    """Leads into the one direct room, also the second time."""
    browser = browser_of(bob)
    addresses = {browser.post(reverse("chat:direct", args=[lilei.pk])).url for _ in range(2)}
    room = Room.objects.get(kind="direct")
    assert addresses == {f"/rooms/{room.pk}/"}
    assert browser.post(reverse("chat:direct", args=[10_000])).status_code == 404


# What pages cost


@pytest.fixture
def busy(ann, bob):
    """Bob in two hundred rooms, some of them direct, each with words in it and other members."""
    others = crowd(5)
    opened = Room.objects.bulk_create(Room(kind="open", name=f"Room {n}", created_by=ann) for n in range(190))
    for room in opened:
        fill(room, [bob, *others])
    made = [rooms.open_direct(bob, other.pk) for other in crowd(10, prefix="Friend")]
    for room in (*opened[:5], *made):
        messages.send(bob, room_id=room.pk, nonce=f"nonce-{room.pk:04}", body="Hello")
    return opened[0]


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/rooms/", 11),
        ("/rooms/?q=room", 11),
        ("/people/", 11),
        ("/rooms/{room}/settings/?find=a", 14),
        ("/rooms/{room}/members/", 6),
    ],
)
def test_a_page_in_few_queries(busy, bob, address, most, django_assert_max_num_queries):
    """However many rooms one is in; the second visit, as the first stores which room was last."""
    browser = browser_of(bob)
    address = address.format(room=busy.pk)
    assert browser.get(address).status_code == 200
    with django_assert_max_num_queries(most):
        assert browser.get(address).status_code == 200


@pytest.mark.parametrize("kind", ["open", "direct"])
@pytest.mark.parametrize("part", ["", "opening/"])
def test_the_room_page_in_twelve_queries(busy, ann, bob, kind, part, django_assert_max_num_queries):
    """Also for the site's owner, who is shown an invitation, with replies in view, in a direct room."""
    from chatsite.accounts.services import make_join_link

    make_join_link(ann.user, lifetime=None, uses=None, now=timezone.now())
    room = rooms.open_direct(ann, bob.pk) if kind == "direct" else busy
    memberships.join(ann, room.pk)
    source = messages.send(ann, room_id=room.pk, nonce="nonce-0001", body="One").message
    for number in range(60):
        author = (ann, bob)[number % 2]
        messages.send(author, room_id=room.pk, nonce=f"reply-{number:02}", body="Yes", reply_to=source.pk)
    browser = browser_of(ann)
    address = f"/rooms/{room.pk}/{part}"
    assert browser.get(address).status_code == 200
    with django_assert_max_num_queries(8 if part else 12):
        assert browser.get(address).status_code == 200


def test_the_plain_page_pages(busy, bob):
    """Backwards to the first message and forwards to the last, each once, without scripts."""
    for number in range(119):
        messages.send(bob, room_id=busy.pk, nonce=f"plain-{number:03}", body=f"No. {number}.")
    address = f"/rooms/{busy.pk}/plain/"
    for direction in ("prev", "next"):
        step, seen = address, []
        while step:
            address = step
            text = page(bob, step)
            seen += re.findall(r"No\. \d+\.", text)
            found = re.findall(rf'href="([^"]+)" rel="{direction}"', text)
            step = f"/rooms/{busy.pk}/plain/{unescape(found[0])}" if found else ""
        assert len(seen) == len(set(seen)) == 119
    assert 'rel="next"' in page(bob, f"/rooms/{busy.pk}/plain/", before=1)
