"""Promise: seeded people can sign in and talk at once, a second run changes nothing, and cookies do not leak."""

import io
import stat
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client

from chat import payloads
from chat.models import Membership, Message, Person, Room
from chat.services import demo, messages, seed
from tests import cast

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def owner(ann):
    """The site is set up."""


def run(*words):
    """Run `seed` and return what it printed."""
    out = io.StringIO()
    call_command("seed", *map(str, words), stdout=out)
    return out.getvalue()


def everything():
    """Return the counts of all that a seed makes, and the changes counted."""
    revs = sum(Person.objects.values_list("rev", flat=True))
    return Person.objects.count(), Room.objects.count(), Message.objects.count(), Membership.objects.count(), revs


def test_all_users_are_in_all_rooms_and_the_messages_are_spread(hall):
    run("--users", 3, "--rooms", 2, "--messages", 5)
    people = Person.objects.filter(name__startswith="user").order_by("name")
    assert [(person.name, person.handle, person.user.email) for person in people] == [
        (name, name, f"{name}@example.com") for name in ("user0001", "user0002", "user0003")
    ]
    rooms = Room.objects.filter(name__startswith="room").order_by("name")
    assert [(room.name, room.kind, room.last_seq, room.rev) for room in rooms] == [
        ("room001", "open", 3, 3),
        ("room002", "open", 2, 2),
    ]
    for room in (*rooms, hall):
        assert set(people) <= {row.person for row in room.memberships.select_related("person")}
    owners = Membership.objects.filter(role="owner", room__in=rooms)
    assert {row.person for row in owners} == {people[0]}
    assert not Membership.objects.filter(room__in=rooms).exclude(last_read_seq=F("room__last_seq")).exists()


def test_the_printed_password_opens_an_account_which_can_talk(rf):
    out = run("--users", 2, "--rooms", 1)
    word = out.split()[-1]
    user = authenticate(rf.post("/"), email="user0002@example.com", password=word)
    assert user is not None
    sent = messages.send(user.person, room_id=Room.objects.get().pk, nonce="n" * 8, body="hello")
    assert sent.message.seq == 1


def test_the_same_again_changes_nothing_and_keeps_sessions(tmp_path):
    words = ["--users", 3, "--rooms", 2, "--messages", 7]
    first = run(*words, "--cookies", tmp_path / "cookies", "--yes-write-sessions")
    before = everything()
    assert run(*words) == first
    assert everything() == before
    cookie = (tmp_path / "cookies").read_text().splitlines()[2].partition("=")[2]
    client = Client()
    client.cookies["sessionid"] = cookie
    assert client.get("/").wsgi_request.user.email == "user0003@example.com"


def test_more_is_topped_up(monkeypatch):
    monkeypatch.setattr(seed, "MESSAGES_PER_TRANSACTION", 2)
    monkeypatch.setattr(seed, "MEMBERSHIPS_PER_TRANSACTION", 3)
    run("--users", 2, "--rooms", 1, "--messages", 3)
    run("--users", 4, "--rooms", 3, "--messages", 21)
    assert sorted(Room.objects.values_list("last_seq", flat=True)) == [7, 7, 7]
    assert Membership.objects.count() == 12
    room = Room.objects.order_by("name").first()
    assert list(room.messages.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6, 7]


def test_before_the_site_is_set_up_it_is_said_that_nobody_can_sign_in(ann):
    said = "no owner yet"
    assert said not in run("--users", 1)
    ann.user.is_superuser = False
    ann.user.save()
    assert said in run("--users", 1)


def test_a_room_of_somebody_elses_is_left_alone(ann):
    mine = cast.make_room(ann, "room001")
    run("--users", 1, "--rooms", 1, "--messages", 2)
    mine.refresh_from_db()
    assert (mine.last_seq, mine.memberships.count()) == (0, 1)


def test_what_cannot_be_is_refused_before_anything_is_made(settings):
    settings.CHAT_MAX_ROOMS_PER_PERSON = 2
    with pytest.raises(CommandError, match="at most 2 rooms"):
        run("--users", 1, "--rooms", 3)
    with pytest.raises(CommandError, match="Messages need rooms"):
        run("--users", 1, "--messages", 1)
    with pytest.raises(CommandError, match="Say how much"):
        run("--rooms", 1)
    assert not get_user_model().objects.exclude(is_superuser=True).exists()


def test_cookies_are_refused_without_debug_or_consent(settings, tmp_path):
    file = tmp_path / "cookies"
    with pytest.raises(CommandError, match="--yes-write-sessions"):
        run("--users", 1, "--cookies", file)
    assert not file.exists()
    settings.DEBUG = True
    run("--users", 1, "--cookies", file)
    assert file.exists()


def test_cookies_are_one_a_line_in_a_file_for_its_owner_only(tmp_path):
    file = tmp_path / "cookies"
    file.write_text("old\n")
    file.chmod(0o644)
    run("--users", 3, "--cookies", file, "--yes-write-sessions")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = file.read_text().splitlines()
    assert len(set(lines)) == 3
    assert all(line.startswith("sessionid=") for line in lines)


def test_the_demonstration_shows_every_feature_there_is():
    run("--demo")
    people = list(Person.objects.filter(user__email__endswith="@ferry-radio.example"))
    assert len(people) == 12
    assert len([person for person in people if not person.name.isascii()]) >= 5
    assert Room.objects.exclude(kind="direct").count() == 6
    assert set(Room.objects.values_list("kind", flat=True)) == {"open", "private", "direct"}
    assert Room.objects.filter(archived_at__isnull=False).count() == 1
    assert not Room.objects.exclude(kind="direct").filter(topic="").exists()
    said = Message.objects.all()
    assert said.count() >= 200
    assert said.filter(action=True).count() >= 3
    assert said.exclude(reply_to=None).count() >= 20
    for piece in ("https://", "```", "🐈", "水位", "\n1. "):
        assert said.filter(body__contains=piece).exists(), piece
    assert set(Membership.objects.values_list("role", flat=True)) == {"owner", "moderator", "member"}
    nora = Person.objects.get(name="Nora Falk")
    unread = {room["name"]: room["last_seq"] - room["last_read_seq"] for room in payloads.rooms_of(nora)[0]}
    assert unread["Studio"] == 1
    assert unread["Committee"] == 0


def test_the_demonstration_is_the_last_two_weeks_whenever_it_is_made():
    demo.fill(NOW)
    times = list(Message.objects.order_by("created_at").values_list("created_at", flat=True))
    assert NOW - timedelta(days=1) < times[-1] < NOW
    assert timedelta(days=13) < NOW - times[0] < timedelta(days=15)
    for room in Room.objects.all():
        said = list(room.messages.order_by("seq").values_list("created_at", flat=True))
        assert said == sorted(said), room
        assert room.last_message_at == said[-1]
        assert room.created_at < said[0]


def test_early_in_the_morning_nothing_has_been_said_in_the_future():
    early = NOW.replace(hour=3)
    demo.fill(early)
    assert Message.objects.latest("created_at").created_at < early


def test_the_demonstration_is_made_once_and_its_people_can_sign_in(rf):
    first = run("--demo")
    before = everything()
    assert run("--demo") == first
    assert everything() == before
    user = authenticate(rf.post("/"), email="yutong@ferry-radio.example", password=first.split()[-1])
    assert user.person.name == "陈雨桐"


def test_who_replies_in_the_demonstration_replies_to_what_is_above():
    demo.fill(NOW)
    for row in Message.objects.exclude(reply_to=None).select_related("reply_to"):
        assert row.reply_to.room_id == row.room_id
        assert row.reply_to.seq < row.seq


def test_nobody_in_the_demonstration_has_not_read_what_they_said():
    demo.fill(NOW)
    for member in Membership.objects.filter(room__in=Room.objects.exclude(name="")):
        said = member.room.messages.filter(author=member.person).order_by("seq").last()
        assert said is None or said.seq <= member.last_read_seq, member
