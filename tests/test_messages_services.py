"""Said once, in everyone's order: numbers without gaps, retries without doubles, places of reading that fit."""

import json
import threading

import pytest
from django.db import connections, transaction

from chat import payloads, text
from chat.models import Message, Room
from chat.protocol import MAX_BODY_CHARACTERS, ErrorCode, Refused
from chat.services import memberships, messages, people, reads, rooms
from tests.cast import make_room


def say(person, room, body, *, nonce=None, reply_to=None):
    """Send a message; without a nonce it gets one of its own."""
    nonce = nonce or f"{person.pk}-{body}".ljust(8, ".")[:64]
    return messages.send(person, room_id=room.pk, nonce=nonce, body=body, reply_to=reply_to)


def refusal_of(call, *args, **kwargs):
    """Return the code that a call is refused with."""
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def numbers(room):
    """Return (seq, rev) of all messages of a room, and the heads that the room keeps."""
    room.refresh_from_db()
    return list(room.messages.order_by("seq").values_list("seq", "rev")), (room.last_seq, room.rev)


# Order


def test_messages_are_numbered_without_gaps(den, ann, bob):
    """Places count messages, revs count changes; a rename between two takes a rev and no place."""
    say(ann, den, "one")
    rooms.change(ann, den.pk, topic="Numbers")
    say(bob, den, "two")
    say(ann, den, "three")
    assert numbers(den) == ([(1, 1), (2, 3), (3, 4)], (3, 4))


def test_a_rollback_leaves_no_hole(den, ann, bob, told):
    """What is undone gives its numbers back and is told to nobody."""
    say(ann, den, "one")
    with told() as frames, pytest.raises(RuntimeError), transaction.atomic():
        say(ann, den, "never")
        raise RuntimeError
    say(bob, den, "two")
    assert numbers(den) == ([(1, 1), (2, 2)], (2, 2))
    assert frames == []


def test_the_refused_take_no_number(den, ann, bob, eve):
    """In one batch, the good ones stand one after the other and the others get their own refusal."""
    outcomes = messages.send_many(
        [
            messages.Send(ann, den.pk, "nonce-01", "one"),
            messages.Send(eve, den.pk, "nonce-02", "let me in"),
            messages.Send(bob, den.pk, "nonce-03", " \n"),
            messages.Send(bob, den.pk, "nonce-04", "two"),
        ]
    )
    codes = [getattr(outcome, "code", None) for outcome in outcomes]
    assert codes == [None, ErrorCode.NOT_FOUND, ErrorCode.INVALID, None]
    assert numbers(den) == ([(1, 1), (2, 2)], (2, 2))


@pytest.mark.django_db(transaction=True)
def test_threads_that_talk_at_once_keep_one_order(den, ann, bob, xiaoming):
    """Three people, each in a thread of its own: places and revs are 1, 2, 3 …, and each one's order is kept."""
    start = threading.Barrier(3)

    def talk(person):
        start.wait()
        for number in range(8):
            say(person, den, f"{number}")
        connections.close_all()

    threads = [threading.Thread(target=talk, args=[person]) for person in (ann, bob, xiaoming)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(den) == ([(number, number) for number in range(1, 25)], (24, 24))
    for person in (ann, bob, xiaoming):
        said = den.messages.filter(author=person).order_by("seq").values_list("body", flat=True)
        assert list(said) == [str(number) for number in range(8)]


def test_a_message_is_told_as_one_change(den, ann, told):
    """The room hears what is stored, from the rev before to the rev after."""
    with told() as frames:
        sent = say(ann, den, "你好 <script>")
    [frame] = frames
    event = json.loads(frame["text"])
    assert (frame["room"], event["after"], event["rev"]) == (den.pk, 0, 1)
    assert event["messages"] == [payloads.message(sent.message)]
    assert event["messages"][0]["body"] == "你好 <script>"
    assert "nonce" not in event["messages"][0]


def test_a_batch_is_told_in_frames_that_follow_each_other(den, ann, told):
    """Long messages leave in several frames; each begins where the last one ended."""
    long = "长" * MAX_BODY_CHARACTERS
    with told() as frames:
        messages.send_many([messages.Send(ann, den.pk, f"nonce-{n:02}", long) for n in range(12)])
    events = [json.loads(frame["text"]) for frame in frames]
    assert len(events) > 1
    assert [event["after"] for event in events] == [0, *(event["rev"] for event in events[:-1])]
    assert [row["seq"] for event in events for row in event["messages"]] == list(range(1, 13))
    assert max(len(frame["text"].encode()) for frame in frames) <= 256 * 1024


# Once


def test_the_same_nonce_gets_the_first_result(den, ann, told):
    """Whatever the text says the second time; nothing is stored or told again."""
    first = say(ann, den, "one", nonce="the-nonce")
    with told() as frames:
        again = say(ann, den, "another", nonce="the-nonce")
    assert (first.duplicate, again.duplicate) == (False, True)
    assert again.message == first.message
    assert (numbers(den), frames) == (([(1, 1)], (1, 1)), [])


def test_the_same_nonce_twice_in_one_batch(den, ann):
    """Also when both arrive together."""
    first, again = messages.send_many([messages.Send(ann, den.pk, "the-nonce", "one")] * 2)
    assert (first.duplicate, again.duplicate) == (False, True)
    assert first.message == again.message
    assert Message.objects.count() == 1


def test_a_retry_after_being_removed_is_still_answered(den, ann, bob):
    """The message was stored; who was removed meanwhile learns so, and cannot say more."""
    first = say(bob, den, "one", nonce="the-nonce")
    memberships.remove(ann, den.pk, bob.pk)
    assert say(bob, den, "one", nonce="the-nonce").message == first.message
    assert refusal_of(say, bob, den, "two") == ErrorCode.NOT_FOUND


def test_a_nonce_is_good_for_one_room_and_one_author(den, hall, ann, bob):
    """In another room it is a conflict; another author may use the same."""
    say(ann, den, "one", nonce="the-nonce")
    assert refusal_of(say, ann, hall, "one", nonce="the-nonce") == ErrorCode.CONFLICT
    assert say(bob, den, "one", nonce="the-nonce").duplicate is False


# What may be said


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", ErrorCode.INVALID),
        (" \n\t", ErrorCode.INVALID),
        ("a\0b", ErrorCode.INVALID),
        ("长" * (MAX_BODY_CHARACTERS + 1), ErrorCode.TOO_LARGE),
    ],
    ids=["empty", "blank", "NUL", "too long"],
)
def test_texts_that_cannot_be(den, ann, body, code):
    """Blank ones, a NUL that no database keeps, and too long ones."""
    assert refusal_of(say, ann, den, body, nonce="the-nonce") == code
    assert numbers(den) == ([], (0, 0))


@pytest.mark.parametrize(
    "body",
    ["<script>alert(1)</script>", "  two\n\n lines ", "\b\x7f\x1c", "👩\u200d👧", "长" * MAX_BODY_CHARACTERS],
    ids=["markup", "blanks", "controls", "joined emoji", "the longest"],
)
def test_a_text_is_kept_as_typed(den, ann, body):
    """Signs, blanks and control characters alike."""
    say(ann, den, body)
    assert den.messages.get().body == body == text.body(body)


def test_who_may_not_post(den, hall, ann, bob, eve, lilei):
    """A stranger to a private room finds none; who is not in an open one, or in an archived one, may not."""
    tea = make_room(ann, "Tea")
    assert refusal_of(say, eve, den, "one") == ErrorCode.NOT_FOUND
    assert refusal_of(say, eve, tea, "one") == ErrorCode.FORBIDDEN
    rooms.archive(ann, den.pk)
    assert refusal_of(say, bob, den, "one") == ErrorCode.FORBIDDEN
    people.deactivate(lilei.user)
    assert refusal_of(say, lilei, hall, "one") == ErrorCode.FORBIDDEN


def test_a_reply_is_to_a_message_of_the_same_room(den, hall, ann, bob):
    """Elsewhere or nowhere is refused, in the same words: a reply does not tell what exists."""
    source = say(ann, den, "one").message
    reply = say(bob, den, "two", reply_to=source.pk).message
    assert reply.reply_to_id == source.pk
    outside = say(ann, hall, "three").message
    details = []
    for wrong in (outside.pk, 10_000):
        with pytest.raises(Refused) as refused:
            say(bob, den, "four", reply_to=wrong)
        details.append((refused.value.code, refused.value.detail))
    assert details[0] == details[1]
    assert details[0][0] == ErrorCode.INVALID
    assert numbers(den) == ([(1, 1), (2, 2)], (2, 2))


# How far one has read


@pytest.fixture
def five(den, ann):
    """The den with five messages of ann's."""
    for number in range(5):
        say(ann, den, str(number))
    den.refresh_from_db()
    return den


def place(room, person):
    """Return how far a person has read."""
    return room.memberships.get(person=person).last_read_seq


def test_who_speaks_has_read(five, ann, bob):
    """The author's place moves along; the others' stay."""
    assert (place(five, ann), place(five, bob)) == (5, 0)


def test_reading_only_advances_and_stays_within(five, bob, told):
    """Back is not forward, beyond the last message is the last message; only a move is told, with the new rev."""
    with told() as frames:
        assert [reads.read(bob, room_id=five.pk, seq=seq) for seq in (3, 2, 3, 99, 0)] == [3, 3, 3, 5, 5]
    moves = [json.loads(frame["text"]) for frame in frames]
    assert [move["last_read_seq"] for move in moves] == [3, 5]
    bob.refresh_from_db()
    assert moves[-1]["rev"] == bob.rev == moves[0]["rev"] + 1


def test_unreading_only_goes_back(five, bob):
    """What stands before the message stays read, and what is unread already stays so."""
    reads.read(bob, room_id=five.pk, seq=4)
    assert [reads.unread(bob, room_id=five.pk, seq=seq) for seq in (3, 5, 99, 1, 0)] == [2, 2, 2, 0, 0]
    assert place(five, bob) == 0


def test_reading_is_for_members(five, eve, bob):
    """Who is not in a room has no place in it, whether they may know of the room or not."""
    assert refusal_of(reads.read, eve, room_id=five.pk, seq=1) == ErrorCode.NOT_FOUND
    memberships.leave(bob, five.pk)
    assert refusal_of(reads.unread, bob, room_id=five.pk, seq=1) == ErrorCode.NOT_FOUND
    assert refusal_of(reads.read, bob, room_id=10_000, seq=1) == ErrorCode.NOT_FOUND


def test_unread_is_subtraction(five, bob, ann):
    """For each room of `hello`: the last place less the read one."""
    shown = {room["id"]: room["last_seq"] - room["last_read_seq"] for room in payloads.hello(bob)["rooms"]}
    assert shown == {five.pk: 5}
    reads.read(bob, room_id=five.pk, seq=3)
    say(ann, five, "six")
    [room] = payloads.hello(bob)["rooms"]
    assert room["last_seq"] - room["last_read_seq"] == 3


def test_hello_in_few_queries(ann, bob, lilei, django_assert_max_num_queries):
    """Four, for a member of two hundred rooms, some of them direct."""
    payloads.hello(bob)  # the installation's row is made at first use
    opened = Room.objects.bulk_create(Room(kind="open", name=f"Room {n}") for n in range(198))
    for room in opened:
        room.memberships.create(person=bob)
    for other in (ann, lilei):
        rooms.open_direct(bob, other.pk)
    with django_assert_max_num_queries(4):
        shown = payloads.hello(bob)
    assert len(shown["rooms"]) == 200
    assert {person["id"] for person in shown["people"]} == {ann.pk, bob.pk, lilei.pk}


def test_a_send_in_few_queries(den, ann, django_assert_max_num_queries):
    """The same for one message and for fifty of a batch."""
    with django_assert_max_num_queries(14):
        say(ann, den, "one")
    with django_assert_max_num_queries(14):
        messages.send_many([messages.Send(ann, den.pk, f"nonce-{n:02}", "more") for n in range(50)])
