"""A room is never without an owner, nobody is in it by accident, and each change is told to those it concerns."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError

from chat.models import Membership, Person, PersonQuerySet, Room
from chat.protocol import ErrorCode, Refused
from chat.services import memberships, people, rooms
from tests.cast import make_person, make_room


def refusal_of(call, *args, **kwargs):
    """Return the code that a call is refused with."""
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def roles(room):
    """Return name → role of all memberships of a room."""
    return dict(room.memberships.values_list("person__name", "role"))


def events(frames):
    """Return (kind, person or room, type of the event inside) of what the hub was told."""
    found = []
    for frame in frames:
        inner = json.loads(frame["text"])["type"] if "text" in frame else None
        found.append((frame["type"], frame.get("person", frame.get("room")), inner))
    return found


# Making rooms


def test_a_new_room_belongs_to_who_made_it(bob, told):
    """Its maker owns it and is told; name and topic stand on one line."""
    with told() as frames:
        room = rooms.create(bob, kind="private", name="  Tea\n room ", topic="Leaves\tand\x07 water")
    assert (room.name, room.topic, room.created_by) == ("Tea room", "Leaves and water", bob)
    assert roles(room) == {"Bob": "owner"}
    assert events(frames) == [("hub.joined", bob.pk, None)]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "direct", "name": "Tea"}, ErrorCode.INVALID),
        ({"kind": "staging", "name": "Tea"}, ErrorCode.INVALID),
        ({"kind": "open", "name": " \u200b\n"}, ErrorCode.INVALID),
        ({"kind": "open", "name": "n" * 81}, ErrorCode.INVALID),
        ({"kind": "open", "name": "\u0958" * 50}, ErrorCode.INVALID),  # 100 code points as it is stored
        ({"kind": "open", "name": "Tea", "topic": "t" * 251}, ErrorCode.INVALID),
        ({"kind": "private", "name": "Tea", "everyone": True}, ErrorCode.INVALID),
    ],
)
def test_rooms_that_cannot_be(ann, fields, code):
    """Nothing is stored of a room that cannot be, whoever wants it."""
    assert refusal_of(rooms.create, ann, **fields) == code
    assert not Room.objects.exists()


def test_a_room_for_everyone_has_everyone(ann, bob, eve, told):
    """Those who are here, those who come; not those who have gone, nor those who are in too many rooms."""
    people.deactivate(eve.user)
    with told() as frames:
        room = rooms.create(ann, kind="open", name="Hall", everyone=True)
    assert sorted(events(frames)) == [("hub.joined", ann.pk, None), ("hub.joined", bob.pk, None)]
    make_person("李雷")
    assert roles(room) == {"Ann": "owner", "Bob": "member", "李雷": "member"}


def test_a_full_person_does_not_stop_a_room_for_everyone(ann, bob, settings):
    """Who is in as many rooms as may be is left out; the others get their room."""
    settings.CHAT_MAX_ROOMS_PER_PERSON = 1
    make_room(bob, "Bob's")
    room = rooms.create(ann, kind="open", name="Hall", everyone=True)
    assert roles(room) == {"Ann": "owner"}


def test_only_a_sites_owner_makes_a_room_for_everyone(bob):
    """A member's wish for one is refused."""
    assert refusal_of(rooms.create, bob, kind="open", name="Hall", everyone=True) == ErrorCode.FORBIDDEN


def test_a_rename_is_one_change_of_the_room(den, ann, told):
    """Name and topic together take one `rev` and are told as `info`; the same names again take none."""
    with told() as frames:
        rooms.change(ann, den.pk, name="Lair", topic="Bears")
    den.refresh_from_db()
    assert (den.name, den.topic, den.rev, den.info_rev) == ("Lair", "Bears", 1, 1)
    told_frame = json.loads(frames[0]["text"])
    assert (told_frame["after"], told_frame["rev"]) == (0, 1)
    assert told_frame["info"] == {"kind": "private", "name": "Lair", "topic": "Bears", "archived": False}
    with told() as frames:
        rooms.change(ann, den.pk, name=" Lair", topic="Bears ")
    den.refresh_from_db()
    assert (frames, den.rev) == ([], 1)


def test_archiving_and_restoring(den, ann, bob, told):
    """Each is one change that is told, a repeat is none, and between them nothing can be changed."""
    with told() as frames:
        rooms.archive(ann, den.pk)
        rooms.archive(ann, den.pk)
    assert [json.loads(frame["text"])["info"]["archived"] for frame in frames] == [True]
    assert refusal_of(rooms.change, ann, den.pk, name="Lair") == ErrorCode.FORBIDDEN
    assert refusal_of(memberships.add, ann, den.pk, make_person("李雷").pk) == ErrorCode.FORBIDDEN
    assert refusal_of(rooms.restore, bob, den.pk) == ErrorCode.FORBIDDEN
    rooms.restore(ann, den.pk)
    den.refresh_from_db()
    assert (den.archived, den.rev) == (False, 2)


# Direct rooms


def test_two_people_have_one_direct_room(bob, lilei, told):
    """Whoever asks and however often; both are in it and told once."""
    with told() as frames:
        room = rooms.open_direct(bob, lilei.pk)
        assert rooms.open_direct(lilei, bob.pk) == rooms.open_direct(bob, lilei.pk) == room
    assert roles(room) == {"Bob": "member", "李雷": "member"}
    assert sorted(events(frames)) == [("hub.joined", bob.pk, None), ("hub.joined", lilei.pk, None)]


def test_of_two_tabs_the_slower_finds_the_room(bob, lilei, monkeypatch):
    """When the other tab makes the room between our look and our write, we get theirs."""
    make = rooms._make_direct
    made = []

    def after_the_other(key, both):
        if not made:
            made.append(make(key, both))
        raise IntegrityError

    monkeypatch.setattr(rooms, "_make_direct", after_the_other)
    assert [rooms.open_direct(bob, lilei.pk)] == made


def test_a_note_to_oneself(bob):
    """A direct room with oneself has one member."""
    assert roles(rooms.open_direct(bob, bob.pk)) == {"Bob": "member"}


def test_nobody_writes_to_who_is_gone(bob, lilei):
    """A deactivated, imported or unknown person cannot be written to."""
    people.deactivate(lilei.user)
    imported = Person.objects.create(kind="imported", name="lilo")
    for person_id in (lilei.pk, imported.pk, 10_000):
        assert refusal_of(rooms.open_direct, bob, person_id) == ErrorCode.NOT_FOUND
    assert not Room.objects.exists()


def test_a_direct_room_keeps_its_two(bob, lilei, ann):
    """Nobody leaves it, is put out of it, or comes into it, not even by a site's owner."""
    room = rooms.open_direct(bob, lilei.pk)
    assert refusal_of(memberships.leave, bob, room.pk) == ErrorCode.FORBIDDEN
    assert refusal_of(memberships.remove, bob, room.pk, lilei.pk) == ErrorCode.FORBIDDEN
    assert refusal_of(memberships.add, bob, room.pk, ann.pk) == ErrorCode.FORBIDDEN
    assert refusal_of(memberships.join, ann, room.pk) == ErrorCode.NOT_FOUND
    assert refusal_of(rooms.change, bob, room.pk, name="Us") == ErrorCode.FORBIDDEN


# Coming and going


def test_joining_is_idempotent_and_starts_read(ann, bob, told):
    """A second join changes nothing; what was said before counts as read, and joining is no message."""
    room = make_room(ann, "Tea")
    Room.objects.filter(pk=room.pk).update(last_seq=7, rev=9)
    with told() as frames:
        memberships.join(bob, room.pk)
        memberships.join(bob, room.pk)
    assert room.memberships.get(person=bob).last_read_seq == 7
    assert events(frames) == [("hub.joined", bob.pk, None)]
    bob.refresh_from_db()
    room.refresh_from_db()
    assert (bob.rev, room.rev, room.last_seq) == (1, 9, 7)


def test_coming_back_is_coming_new(ann, bob):
    """Who left and joins again is a plain member with all read, whatever they were before."""
    room = make_room(ann, "Tea", bob)
    memberships.set_role(ann, room.pk, bob.pk, "moderator")
    memberships.leave(bob, room.pk)
    Room.objects.filter(pk=room.pk).update(last_seq=3)
    memberships.join(bob, room.pk)
    again = room.memberships.get(person=bob)
    assert (again.role, again.last_read_seq) == ("member", 3)


def test_no_joining_of_archived_or_hidden_rooms(ann, eve, den):
    """An archived room refuses, a private one is not there."""
    room = make_room(ann, "Tea")
    rooms.archive(ann, room.pk)
    assert refusal_of(memberships.join, eve, room.pk) == ErrorCode.FORBIDDEN
    assert refusal_of(memberships.join, eve, den.pk) == ErrorCode.NOT_FOUND


def test_a_person_is_in_so_many_rooms_at_most(ann, bob, settings):
    """Joining, being added and being written to stop there, with a conflict."""
    settings.CHAT_MAX_ROOMS_PER_PERSON = 1
    room = make_room(ann, "Tea")
    make_room(bob, "Bob's")
    assert refusal_of(memberships.join, bob, room.pk) == ErrorCode.CONFLICT
    assert refusal_of(memberships.add, ann, room.pk, bob.pk) == ErrorCode.CONFLICT
    assert refusal_of(rooms.open_direct, make_person("李雷"), bob.pk) == ErrorCode.CONFLICT
    assert roles(room) == {"Ann": "owner"}


def test_leaving_is_told_to_all_windows_of_who_left(den, bob, told):
    """The person's `rev` counts it; the members' feed does not."""
    with told() as frames:
        memberships.leave(bob, den.pk)
    left = json.loads(frames[0]["text"])
    bob.refresh_from_db()
    assert left == {"type": "room.left", "rev": bob.rev, "room": den.pk}
    assert "Bob" not in roles(den)
    assert refusal_of(memberships.leave, bob, den.pk) == ErrorCode.NOT_FOUND


def test_nobody_leaves_a_room_for_everyone(hall, bob):
    """And nobody is put out of it."""
    assert refusal_of(memberships.leave, bob, hall.pk) == ErrorCode.FORBIDDEN
    assert refusal_of(memberships.remove, hall.created_by, hall.pk, bob.pk) == ErrorCode.FORBIDDEN


def test_adding(den, ann, bob, lilei, told):
    """By who may; a repeat changes nothing; who is deactivated cannot be added."""
    with told() as frames:
        memberships.add(ann, den.pk, lilei.pk)
        memberships.add(ann, den.pk, lilei.pk)
    assert events(frames) == [("hub.joined", lilei.pk, None)]
    gone = make_person("Eve")
    people.deactivate(gone.user)
    assert refusal_of(memberships.add, ann, den.pk, gone.pk) == ErrorCode.NOT_FOUND
    assert refusal_of(memberships.add, bob, den.pk, make_person("Zoe").pk) == ErrorCode.FORBIDDEN


def test_who_removes_whom(den, ann, bob, xiaoming, lilei):
    """Moderators remove members; only owners remove moderators and owners."""
    memberships.add(ann, den.pk, lilei.pk)
    memberships.set_role(ann, den.pk, bob.pk, "moderator")
    memberships.set_role(ann, den.pk, xiaoming.pk, "moderator")
    assert refusal_of(memberships.remove, bob, den.pk, xiaoming.pk) == ErrorCode.FORBIDDEN
    assert refusal_of(memberships.remove, bob, den.pk, ann.pk) == ErrorCode.FORBIDDEN
    memberships.remove(bob, den.pk, lilei.pk)
    memberships.remove(ann, den.pk, xiaoming.pk)
    assert roles(den) == {"Ann": "owner", "Bob": "moderator"}
    assert refusal_of(memberships.remove, ann, den.pk, lilei.pk) == ErrorCode.NOT_FOUND


# Roles and owners


def test_a_role_is_told_to_its_holder(den, ann, bob, told):
    """Once; the same role again is no change."""
    with told() as frames:
        memberships.set_role(ann, den.pk, bob.pk, "moderator")
        memberships.set_role(ann, den.pk, bob.pk, "moderator")
    assert events(frames) == [("hub.joined", bob.pk, None)]
    assert roles(den)["Bob"] == "moderator"


def test_roles_that_cannot_be(den, ann, bob, eve):
    """Unknown roles, people who are not in the room, and who has no right to give any."""
    assert refusal_of(memberships.set_role, ann, den.pk, bob.pk, "king") == ErrorCode.INVALID
    assert refusal_of(memberships.set_role, ann, den.pk, eve.pk, "owner") == ErrorCode.NOT_FOUND
    assert refusal_of(memberships.set_role, bob, den.pk, bob.pk, "owner") == ErrorCode.FORBIDDEN
    assert refusal_of(memberships.set_role, eve, den.pk, eve.pk, "owner") == ErrorCode.NOT_FOUND


def test_the_last_owner_stays_one(den, ann, bob):
    """Until there is another who is not deactivated."""
    assert refusal_of(memberships.set_role, ann, den.pk, ann.pk, "member") == ErrorCode.CONFLICT
    memberships.set_role(ann, den.pk, bob.pk, "owner")
    people.deactivate(bob.user)
    assert refusal_of(memberships.set_role, ann, den.pk, ann.pk, "member") == ErrorCode.CONFLICT
    people.reactivate(bob.user)
    memberships.set_role(ann, den.pk, ann.pk, "member")
    assert roles(den) == {"Ann": "member", "Bob": "owner", "王小明": "member"}


def test_a_room_without_owner_takes_other_roles(ann, bob):
    """A site's owner may name a moderator in an open room that nobody owns, as an imported one is."""
    room = Room.objects.create(kind="open", name="Archive")
    memberships.join(bob, room.pk)
    memberships.set_role(ann, room.pk, bob.pk, "moderator")
    assert roles(room) == {"Bob": "moderator"}


@pytest.mark.parametrize("moderator", [None, "王小明"])
def test_the_last_owners_room_goes_to_the_next(den, ann, moderator, told):
    """To a moderator first, then to who has been in it longest; the heir is told."""
    if moderator:
        den.memberships.filter(person__name=moderator).update(role="moderator")
    with told() as frames:
        memberships.leave(ann, den.pk)
    heir = moderator or "Bob"
    assert [name for name, role in roles(den).items() if role == "owner"] == [heir]
    assert ("hub.joined", Person.objects.get(name=heir).pk, None) in events(frames)


def test_a_room_never_goes_to_who_is_gone(den, ann, bob, xiaoming):
    """Not when the last owner leaves, and not when a deactivated owner would be the only one."""
    memberships.set_role(ann, den.pk, bob.pk, "owner")
    people.deactivate(bob.user)
    memberships.leave(ann, den.pk)
    assert roles(den) == {"Bob": "owner", "王小明": "owner"}


def test_deactivating_the_only_owner_hands_the_room_over(den, ann, bob, xiaoming):
    """Rooms that have another owner stay as they are; back again, the first is an owner still."""
    other = make_room(ann, "Tea", xiaoming)
    memberships.set_role(ann, other.pk, xiaoming.pk, "owner")
    people.deactivate(ann.user)
    assert roles(den) == {"Ann": "owner", "Bob": "owner", "王小明": "member"}
    assert roles(other) == {"Ann": "owner", "王小明": "owner"}


@pytest.mark.parametrize("go", [memberships.leave, lambda who, room: memberships.remove(who, room, who.pk)])
def test_a_private_room_that_nobody_can_enter_is_archived(bob, lilei, go):
    """The last one goes, by leaving or from the list of members: it is archived; an open room stays as it is,
    anybody may come."""
    private = make_room(bob, "Den", kind="private")
    opened = make_room(bob, "Tea")
    for room in (private, opened):
        go(bob, room.pk)
        room.refresh_from_db()
    assert (private.archived, opened.archived) == (True, False)


# People


def test_two_of_one_name_at_the_same_moment_both_get_a_handle(ann, monkeypatch):
    """The look-ups find the handle free and the constraint does not: the next free one is taken."""
    user = get_user_model().objects.create_user(email="second@example.org")
    really, overtaken = PersonQuerySet.exists, iter([False, False])
    monkeypatch.setattr(PersonQuerySet, "exists", lambda rows: next(overtaken, None) is None and really(rows))
    assert people.create(user, name="Ann").handle == "ann2"


def test_a_handle_is_made_from_the_name(db):
    """Of any script, free of collisions whatever the case, numbered when taken."""
    names = ["王小明", "Ann Lee", "ANN LEE", "ann.lee", "!", "?"]
    made = [make_person_named(name, number) for number, name in enumerate(names)]
    assert [person.handle for person in made] == ["王小明", "ann.lee", "ann.lee2", "ann.lee3", "person", "person2"]


def make_person_named(name, number):
    """Return a person whose e-mail does not follow from the name."""
    from chatsite.accounts.models import User

    return people.create(User.objects.create_user(f"{number}@example.org"), name=name)


def test_renaming(bob, ann):
    """A new name counts as a change of one's own; a taken handle, in whatever case, is refused."""
    people.rename(bob, name=" Robert ", handle="@rob")
    bob.refresh_from_db()
    assert (bob.name, bob.handle, bob.rev) == ("Robert", "rob", 1)
    assert refusal_of(people.rename, bob, name="Bob", handle="ANN") == ErrorCode.CONFLICT
    assert refusal_of(people.rename, bob, name="\u200b", handle="rob") == ErrorCode.INVALID
    assert refusal_of(people.rename, bob, name="Bob", handle="a b") == ErrorCode.INVALID


def test_deactivation_closes_the_sockets_and_keeps_the_words(bob, den, told):
    """The membership stays for the day of return; all sockets are closed."""
    with told() as frames:
        people.deactivate(bob.user)
    assert ("hub.ended", bob.pk) in [(frame["type"], frame.get("person")) for frame in frames]
    assert Membership.objects.filter(room=den, person=bob).exists()


def test_what_is_refused_is_not_told(bob, den, told):
    """No frame leaves for a write that did not happen."""
    with told() as frames:
        refusal_of(rooms.change, bob, den.pk, name="Mine")
        refusal_of(memberships.remove, bob, den.pk, bob.pk)
    assert frames == []
