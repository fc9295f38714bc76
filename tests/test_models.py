"""What the database itself guarantees: one row where there may be one, numbers that are counted in it, no deletion."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from chat.models import Installation, Membership, Message, Person, PresenceLease, Room
from tests.cast import make_room


def refused(make, *args, **fields):
    """Check that the database refuses a row, and leave the transaction usable."""
    with pytest.raises(IntegrityError), transaction.atomic():
        make(*args, **fields)


def test_a_room_has_a_name_or_a_key(db):
    """A direct room has a key and needs no name; all others have a name and no key."""
    Room.objects.create(kind="direct", direct_key="1-2")
    refused(Room.objects.create, kind="direct", direct_key="1-2")
    refused(Room.objects.create, kind="direct")
    refused(Room.objects.create, kind="open", name="")
    refused(Room.objects.create, kind="private", name="Den", direct_key="3-4")


def test_one_membership(hall, ann):
    """A person is in a room once."""
    refused(Membership.objects.create, room=hall, person=ann)


def test_one_message_per_place_change_nonce_and_archive_id(hall, ann, bob):
    """Four numbers and names that no two messages share."""
    other = make_room(ann, "Tea")

    def say(room, author, seq, rev, nonce=None, archive_id=None):
        row = {"room": room, "author": author, "seq": seq, "rev": rev, "nonce": nonce, "archive_id": archive_id}
        return Message.objects.create(body="…", **row)

    say(hall, ann, 1, 1, nonce="n" * 8, archive_id="a1")
    refused(say, hall, bob, 1, 2)
    refused(say, hall, bob, 2, 1)
    refused(say, other, ann, 1, 1, nonce="n" * 8)
    refused(say, hall, bob, 2, 2, archive_id="a1")
    say(hall, bob, 2, 2, nonce="n" * 8)
    say(other, ann, 1, 1, archive_id="a1")


def test_names_of_people(db):
    """Handles are one person's; imported names are one person each, others may share a name."""
    for kind in ("member", "member", "imported"):
        Person.objects.create(kind=kind, name="小明")
    refused(Person.objects.create, kind="imported", name="小明")
    Person.objects.create(name="A", handle="a")
    refused(Person.objects.create, name="B", handle="A")


def test_nothing_said_is_lost_by_deleting_a_row(den, ann):
    """Rooms, people and their accounts cannot be deleted while anything hangs on them."""
    Message.objects.create(room=den, author=ann, seq=1, rev=1, body="…")
    for row in (den, ann, ann.user):
        with pytest.raises(ProtectedError):
            row.delete()


def test_a_persons_changes_are_counted_in_the_database(ann):
    """Two copies of one person, read before either counted, count two changes."""
    copies = [Person.objects.get(pk=ann.pk) for _ in range(2)]
    before = ann.rev
    assert [copy.take_rev() for copy in copies] == [before + 1, before + 2]


def test_people_are_found_whatever_the_case(ann, bob, xiaoming):
    """By a part of name or handle, with or without either at-sign."""
    find = Person.objects.matching
    assert set(find("")) == {ann, bob, xiaoming}
    assert list(find("AN")) == list(find("@ann")) == list(find("＠ann ")) == [ann]
    assert list(find("小")) == [xiaoming]
    assert list(find("%")) == []


def test_a_message_is_named_by_its_place_alone(den, ann):
    """What shows in logs and in the admin carries no text."""
    row = Message.objects.create(room=den, author=ann, seq=1, rev=1, body="secret plan")
    assert (str(row), row.text_length) == (f"{den.pk}/1", 11)


def test_one_installation(db):
    """There is one epoch, and asking again does not change it."""
    epoch = Installation.current().epoch
    assert Installation.current().epoch == epoch
    refused(Installation.objects.create, pk=Installation.THE_ONE)


def test_a_lease_per_process_and_person(ann):
    """A process renews its lease of a person and never holds two; leases go with the person."""
    PresenceLease.objects.create(process="p", person=ann, expires_at=ann.created_at)
    refused(PresenceLease.objects.create, process="p", person=ann, expires_at=ann.created_at)
