"""Promise: history comes in whole or not at all, harms nobody who talks meanwhile, and goes out as it came in."""

import asyncio
import gzip
import io
import json
import stat
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from chat import access, hub, payloads
from chat.archive_format import MAX_LINE_BYTES, Checker, Wrong, lines, parse, render
from chat.models import Message, Person, Room
from chat.protocol import ErrorCode, Refused
from chat.services import archive, memberships, messages, rooms, staging
from tests import cast
from tests.live import ROOT

DAY = "2011-03-04"


def record(id, body="hello", room="harbour", at=f"{DAY}T05:06:07Z", author="Mara", **more):
    """Return a line of an archive, as the format writes it."""
    fields = {"id": id, "room": room, "at": at, "author": author, "body": body} | more
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


# Two rooms that take turns, all that JSON escapes and all that it does not, and times with and without a fraction.
AWKWARD = [
    record("a1", '<script>alert(1)</script> & "quotes" \\ /'),
    record("b1", "你好 👩‍👩‍👧 \u202e\u200d", room="码头", author="王小明"),
    record("a2", "bell \x07 back \x08 delete \x7f file \x1c tab \t line \n\r\u2028", author="mara", reply_to="a1"),
    record("a3", "waves", action=True),
    record("b2", " ", room="码头", at=f"{DAY}T05:06:07.250Z", author="王小明", action=True, reply_to="b1"),
    record("a4", "", at=f"{DAY}T05:06:07.000001Z"),
    record("a5", "yesterday's log comes late", at="2011-03-03T00:00:00Z", author="MARA", reply_to="a4"),
]


@pytest.fixture
def write(tmp_path):
    """Return a function that writes lines to a file and returns its path."""

    def write(*parts, name="archive.jsonl"):
        file = tmp_path / name
        file.write_bytes(gzip.compress(b"".join(parts)) if name.endswith(".gz") else b"".join(parts))
        return file

    return write


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Have even small archives cross chunks, and not rest between them."""
    monkeypatch.setattr(archive, "CHUNK", 2)
    monkeypatch.setattr(archive, "PAUSE_SECONDS", 0.0)


@pytest.fixture
def published(monkeypatch, django_capture_on_commit_callbacks):
    """Return a function that runs another and returns the frames it had the hub send."""

    def run(function):
        sent = []
        monkeypatch.setattr(hub, "_send", lambda group, frame: sent.append(frame))
        with django_capture_on_commit_callbacks(execute=True):
            function()
        return sent

    return run


def bring(*files, **options):
    """Run `import_archive` and return what it printed, and what it printed as errors."""
    out, errors = io.StringIO(), io.StringIO()
    call_command("import_archive", *files, stdout=out, stderr=errors, **options)
    return out.getvalue(), errors.getvalue()


def take_out(tmp_path, *words, name="out.jsonl"):
    """Run `export_archive` and return the bytes of its file."""
    call_command("export_archive", *words, output=tmp_path / name, stderr=io.StringIO())
    return (tmp_path / name).read_bytes()


def everything():
    """Count all that an import could have written."""
    return Room.objects.count(), Person.objects.count(), Message.objects.count()


def quiet(step, done, whole):
    """Show no progress."""


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"\n", "an empty line"),
        (b"{", "not JSON: Expecting property name enclosed in double quotes at character 2"),
        (b"\xff", "not UTF-8"),
        (b"[1]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"[" * 100_000, "not a JSON object of texts"),
        (b'{"id": ' + b"9" * 5000 + b"}", "not a JSON object of texts"),
        (b'{"id": "a", "id": "b"}', "a field stands twice"),
        (b'{"id": "a"}', "room is missing"),
        (record("a", mood="calm"), "unknown field 'mood'"),
        (record(7), "id is not a text"),
        (record(""), "id is empty"),
        (record("i" * 201), "id is longer than 200 characters"),
        (record("a", None), "body is not a text"),
        (record("a", "x" * 10_001), "body is longer than 10000 characters"),
        (record("a", "a\0b"), "body holds a NUL, which cannot be stored"),
        (record("a", author="a\0b"), "author holds a NUL, which cannot be stored"),
        (record("a", author="  "), "author is empty"),
        (record("a", author="x" * 81), "author is longer than 80 characters"),
        (record("a", room="x" * 81), "room is longer than 80 characters"),
        (
            b'{"id": "a", "room": "r", "at": "x", "author": "a", "body": "\\ud83d"}',
            "body holds half of a surrogate pair",
        ),
        (record("a", action=False), "action is true, or absent"),
        (record("a", action="true"), "action is true, or absent"),
        (record("a", reply_to=None), "reply_to is not a text"),
        (record("a", at=1299215167), "at is not a time in UTC such as 2004-12-25T09:14:00Z"),
        (record("a", at="2011-03-04T05:06:07"), "at is not a time in UTC such as 2004-12-25T09:14:00Z"),
        (record("a", at="2011-03-04T05:06:07+01:00"), "at is not a time in UTC such as 2004-12-25T09:14:00Z"),
        (record("a", at="٢٠١١-03-04T05:06:07Z"), "at is not a time in UTC such as 2004-12-25T09:14:00Z"),
        (record("a", at="2011-02-29T05:06:07Z"), "at is a time that does not exist"),
    ],
)
def test_a_wrong_line_is_named_for_what_is_wrong_with_it(line, problem):
    with pytest.raises(Wrong) as refusal:
        parse(line)
    assert str(refusal.value) == problem


@pytest.mark.parametrize("line", AWKWARD)
def test_a_line_is_written_as_it_was_read(line):
    assert render(parse(line)) == line


@pytest.mark.parametrize(
    ("before", "line", "problem"),
    [
        ([record("a")], record("a", "again"), "id 'a' stands twice in the archive"),
        ([record("a")], record("a", room="other"), "id 'a' stands twice in the archive"),
        ([], record("a", reply_to="later"), "reply_to 'later' is no earlier message of this room"),
        ([], record("a", reply_to="a"), "reply_to 'a' is no earlier message of this room"),
        ([record("a")], record("b", room="other", reply_to="a"), "reply_to 'a' is no earlier message of this room"),
        (
            [record("a", at=f"{DAY}T10:00:00Z"), record("b", at="2011-03-05T00:00:00Z")],
            record("c", at=f"{DAY}T09:59:59Z"),
            "at is earlier than the message before it on the same day",
        ),
    ],
)
def test_what_must_hold_between_lines_is_checked(before, line, problem):
    checker = Checker()
    for earlier in before:
        checker.add(parse(earlier))
    with pytest.raises(Wrong) as refusal:
        checker.add(parse(line))
    assert str(refusal.value) == problem


def test_rooms_and_days_have_their_own_clocks():
    checker = Checker()
    times = [("harbour", f"{DAY}T10:00:00Z"), ("quay", f"{DAY}T09:00:00Z"), ("harbour", "2011-03-03T09:00:00Z")]
    for number, (room, at) in enumerate(times):
        checker.add(parse(record(str(number), room=room, at=at)))
    assert checker.counts == {"harbour": 2, "quay": 1}


@pytest.mark.django_db
def test_exporting_what_was_imported_gives_identical_bytes(ann, write, tmp_path):
    bring(write(*AWKWARD[:3], name="one.jsonl"), write(*AWKWARD[3:], name="two.jsonl.gz"))
    assert take_out(tmp_path) == b"".join(AWKWARD)
    assert gzip.decompress(take_out(tmp_path, name="out.jsonl.gz")) == b"".join(AWKWARD)
    only = [line for line in AWKWARD if b"harbour" in line]
    assert take_out(tmp_path, "--room", "harbour") == b"".join(only)


@pytest.mark.django_db
def test_an_imported_room_reads_like_one_that_was_talked_in(ann, write):
    bring(write(*AWKWARD))
    room = Room.objects.get(name="harbour")
    page = payloads.history(ann, room, limit=50)
    assert [message["seq"] for message in page["messages"]] == [1, 2, 3, 4, 5]
    assert page["messages"][1]["reply_to"]["seq"] == 1
    assert page["messages"][4]["reply_to"]["seq"] == 4
    assert page["messages"][2]["action"] is True
    assert page["messages"][0]["created_at"] == "2011-03-04T05:06:07.000Z"
    assert (room.kind, room.created_by, room.last_seq, room.rev) == ("open", None, 5, 5)
    assert payloads.changes_since(ann, room, 3)["messages"] == page["messages"][3:]


@pytest.mark.django_db
def test_imported_authors_are_their_exact_names_and_nobody_with_an_account(ann, write):
    bring(write(record("1", author="Ann"), record("2", author="ann"), record("3", author="Ann")))
    authors = [row.author for row in Message.objects.order_by("seq").select_related("author")]
    assert [author.name for author in authors] == ["Ann", "ann", "Ann"]
    assert authors[0] == authors[2] != ann
    assert {(author.kind, author.user, author.handle) for author in authors} == {("imported", None, None)}
    bring(write(record("4", room="quay", author="Ann"), name="later.jsonl"))
    assert Message.objects.get(archive_id="4").author == authors[0]


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [b"{}\n", record("a1"), record("x", reply_to="b1"), record("x", room=" harbour")])
def test_a_wrong_line_refuses_the_whole_with_its_number_and_writes_nothing(ann, write, wrong):
    before = everything()
    good = write(*AWKWARD[:2], name="good.jsonl")
    bad = write(AWKWARD[2], wrong, name="bad.jsonl.gz")
    with pytest.raises(CommandError, match=r"bad\.jsonl\.gz:2: "):
        bring(good, bad)
    assert everything() == before


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_is_refused_by_its_name(ann, write, tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.jsonl: no such file"):
        bring(tmp_path / "nowhere.jsonl")
    with pytest.raises(CommandError, match="not an ordinary file"):
        bring(tmp_path)
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(b"".join(AWKWARD))[:-9])
    with pytest.raises(CommandError, match=r"cut\.jsonl\.gz:\d+: the compressed file is damaged"):
        bring(cut)
    with pytest.raises(CommandError, match=r"long\.jsonl:2: a line holds at most"):
        bring(write(record("1"), b" " * (MAX_LINE_BYTES + 1), name="long.jsonl"))
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_an_archive_in_another_form_is_taken_and_said(ann, write):
    spaced = json.dumps(json.loads(record("2")), separators=(",", ":")).encode() + b"\n"
    out, errors = bring(write(record("1"), spaced))
    assert "harbour: 2 messages" in out
    assert "archive.jsonl:2: from here on, an export writes some lines in another form." in errors


@pytest.mark.django_db
def test_nothing_is_visible_until_all_is_in(ann, bob, write):
    seen = []

    def look(step, done, whole):
        hidden = Room.objects.filter(kind=Room.Kind.STAGING).first()
        names = {room.name for room in access.directory(bob)}
        if hidden:
            with pytest.raises(Refused) as refusal:
                access.room_to_read(ann, hidden.pk)
            assert refusal.value.code is ErrorCode.NOT_FOUND
        seen.append((step, done, bool(hidden), "harbour" in names, payloads.hello(ann)["rooms"]))

    plan = archive.check([write(*AWKWARD)], into=False, private=False, owner=None, progress=look)
    archive.run(plan, look)
    assert ("store", 6, True, False, []) in seen
    assert {name for _step, _done, _hidden, name, _rooms in seen} == {False}
    assert {room.name for room in access.directory(bob)} == {"harbour", "码头"}


@pytest.mark.django_db
def test_an_interrupted_import_leaves_nothing_visible_and_the_next_clears_it_away(ann, write):
    file = write(*AWKWARD)

    def interrupt(step, done, whole):
        if step == "store" and done >= 4:
            raise KeyboardInterrupt

    plan = archive.check([file], into=False, private=False, owner=None, progress=quiet)
    with pytest.raises(KeyboardInterrupt):
        archive.run(plan, interrupt)
    assert Message.objects.count() == 4
    assert not access.directory(ann).exists()
    with pytest.raises(Refused):
        access.room_to_read(ann, Message.objects.first().room_id)
    other = write(record("only", author="Noor", room="quay"), name="other.jsonl")
    bring(other)
    assert [row.archive_id for row in Message.objects.all()] == ["only"]
    assert list(Room.objects.values_list("name", "kind")) == [("quay", "open")]
    assert set(Person.objects.filter(kind="imported").values_list("name", flat=True)) == {"Noor"}


@pytest.mark.django_db
def test_a_second_import_waits_for_nobody_and_harms_nobody(ann, write):
    with staging.alone(), pytest.raises(CommandError, match="Another import is running"):
        bring(write(*AWKWARD))
    bring(write(*AWKWARD))
    assert Message.objects.count() == len(AWKWARD)


@pytest.mark.django_db
def test_a_file_that_changes_meanwhile_is_not_imported(ann, write):
    file = write(*AWKWARD)
    plan = archive.check([file], into=False, private=False, owner=None, progress=quiet)
    file.write_bytes(file.read_bytes() + record("more"))
    with pytest.raises(archive.NotImported):
        archive.run(plan, quiet)
    assert not access.directory(ann).exists()


@pytest.mark.django_db
def test_a_room_that_holds_something_is_refused_without_into(ann, write):
    room = cast.make_room(ann, "harbour")
    messages.send(ann, room_id=room.pk, nonce="n" * 8, body="we are here already")
    with pytest.raises(CommandError, match="'harbour' is not empty; --into"):
        bring(write(*AWKWARD))
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_an_empty_room_of_that_name_is_filled(ann, bob, write):
    room = cast.make_room(ann, "harbour", bob, kind="private")
    bring(write(*AWKWARD))
    room.refresh_from_db()
    assert (room.kind, room.last_seq, Room.objects.filter(name="harbour").count()) == ("private", 5, 1)
    assert room.memberships.count() == 2


@pytest.mark.django_db
def test_into_puts_the_archive_behind_what_was_said_and_tells_the_room(ann, bob, write, published):
    room = cast.make_room(ann, "harbour", bob)
    said = messages.send(bob, room_id=room.pk, nonce="n" * 8, body="first").message
    frames = published(lambda: bring(write(*AWKWARD), into=True))
    room.refresh_from_db()
    rows = list(room.messages.order_by("seq").values_list("seq", "rev", "archive_id"))
    assert rows == [(1, 1, None), (2, 2, "a1"), (3, 3, "a2"), (4, 4, "a3"), (5, 5, "a4"), (6, 6, "a5")]
    assert (room.last_seq, room.rev, room.last_message_at) == (6, 6, said.created_at)
    told = [json.loads(frame["text"]) for frame in frames if frame["type"] == "hub.room" and frame["room"] == room.pk]
    assert told == [
        {"type": "room.changes", "room": room.pk, "after": 1, "rev": 6, "reset": True, "last_seq": 6},
    ]
    assert payloads.rooms_of(bob, room.pk)[0][0]["last_seq"] == 6
    again = messages.send(ann, room_id=room.pk, nonce="m" * 8, body="last").message
    assert (again.seq, again.rev) == (7, 7)


@pytest.mark.django_db
def test_what_a_room_holds_already_does_not_come_in_twice(ann, write):
    bring(write(*AWKWARD))
    before = everything()
    with pytest.raises(CommandError, match=r"holds the message 'a\d' of this archive already"):
        bring(write(record("new"), *AWKWARD), into=True)
    assert everything() == before


@pytest.mark.django_db
def test_two_rooms_of_one_name_are_not_guessed_between(ann, write):
    cast.make_room(ann, "harbour")
    cast.make_room(ann, "harbour")
    with pytest.raises(CommandError, match="Two rooms are called 'harbour'"):
        bring(write(*AWKWARD))


@pytest.mark.django_db
def test_new_rooms_belong_to_the_owner_named_else_to_the_sites_owners(ann, bob, write, published):
    frames = published(lambda: bring(write(record("1")), private=True, owner="bob@example.org"))
    room = Room.objects.get()
    assert room.kind == "private"
    assert list(room.memberships.values_list("person", "role", "last_read_seq")) == [(bob.pk, "owner", 1)]
    assert [(frame["type"], frame["person"]) for frame in frames] == [("hub.joined", bob.pk)]
    bring(write(record("2", room="quay"), name="more.jsonl"))
    assert list(Room.objects.get(name="quay").memberships.values_list("person", "role")) == [(ann.pk, "owner")]
    with pytest.raises(CommandError, match=r"No active account has the e-mail address nobody@example\.org"):
        bring(write(record("3", room="pier"), name="third.jsonl"), owner="nobody@example.org")


@pytest.mark.django_db
def test_a_private_room_that_nobody_could_enter_is_not_made(bob, write):
    with pytest.raises(CommandError, match="--owner"):
        bring(write(record("1")), private=True)
    assert not Room.objects.exists()


@pytest.mark.django_db
def test_more_rooms_than_an_owner_may_be_in_are_refused_before_anything_is_written(ann, write, settings):
    settings.CHAT_MAX_ROOMS_PER_PERSON = 1
    with pytest.raises(CommandError, match="Ann would be in more than 1 rooms"):
        bring(write(*AWKWARD))
    assert not Room.objects.exists()


@pytest.mark.django_db
def test_what_was_said_here_is_exported_with_where_and_comes_in_elsewhere(ann, bob, write, tmp_path):
    room = cast.make_room(ann, "Quay", bob)
    first = messages.send(ann, room_id=room.pk, nonce="a" * 8, body="早上好 *everyone*").message
    messages.send(bob, room_id=room.pk, nonce="b" * 8, body="hi", reply_to=first.pk)
    out = take_out(tmp_path)
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["room"], row["author"], row["body"]) for row in rows] == [
        ("Quay", "Ann", "早上好 *everyone*"),
        ("Quay", "Bob", "hi"),
    ]
    assert rows[0]["id"].startswith("chatsite:")
    assert rows[0]["id"].endswith(f":{first.pk}")
    assert rows[1]["reply_to"] == rows[0]["id"]
    rooms.change(ann, room.pk, name="Old quay")
    bring(write(out, name="live.jsonl"))
    assert take_out(tmp_path, "--room", "Quay") == out


@pytest.mark.django_db
def test_deleted_messages_stay_out_and_nothing_replies_to_them(ann, tmp_path):
    room = cast.make_room(ann, "Quay")
    gone = messages.send(ann, room_id=room.pk, nonce="a" * 8, body="secret").message
    messages.send(ann, room_id=room.pk, nonce="b" * 8, body="still here", reply_to=gone.pk)
    gone.deleted_at = gone.created_at
    gone.save()
    rows = [json.loads(line) for line in take_out(tmp_path).splitlines()]
    assert [row["body"] for row in rows] == ["still here"]
    assert "reply_to" not in rows[0]


@pytest.mark.django_db
def test_a_clock_that_was_set_back_does_not_make_an_archive_that_is_refused(ann, tmp_path):
    room = cast.make_room(ann, "Quay")
    early, late = (messages.send(ann, room_id=room.pk, nonce=sign * 8, body=sign).message for sign in "ab")
    Message.objects.filter(pk=early.pk).update(created_at=late.created_at.replace(hour=12))
    Message.objects.filter(pk=late.pk).update(created_at=late.created_at.replace(hour=11))
    checker = Checker()
    take_out(tmp_path)
    for line in lines(tmp_path / "out.jsonl"):
        checker.add(line.record())
    assert checker.messages == 2


@pytest.mark.django_db
def test_direct_rooms_are_exported_only_when_their_id_is_given(ann, bob, tmp_path):
    direct = rooms.open_direct(ann, bob.pk)
    messages.send(bob, room_id=direct.pk, nonce="a" * 8, body="between us")
    assert take_out(tmp_path) == b""
    row = json.loads(take_out(tmp_path, "--room", str(direct.pk)))
    assert (row["room"], row["body"]) == ("Ann, Bob", "between us")


@pytest.mark.django_db
def test_rooms_that_one_archive_cannot_hold_are_refused_and_no_file_appears(ann, write, tmp_path):
    bring(write(record("1")))
    bring(write(record("1", room="quay"), name="second.jsonl"))
    with pytest.raises(CommandError, match="Two rooms hold a message '1'"):
        take_out(tmp_path)
    cast.make_room(ann, "quay")
    with pytest.raises(CommandError, match="More than one room is called 'quay'"):
        take_out(tmp_path, "--room", "quay")
    with pytest.raises(CommandError, match="Two rooms are called 'quay'"):
        take_out(tmp_path)
    with pytest.raises(CommandError, match="No room is called 'sea'"):
        take_out(tmp_path, "--room", "sea")
    assert not [file for file in tmp_path.iterdir() if "out" in file.name]


@pytest.mark.django_db
def test_an_exported_file_is_its_owners_only_and_the_same_each_time(ann, write, tmp_path):
    bring(write(*AWKWARD))
    first = take_out(tmp_path, name="out.jsonl.gz")
    assert stat.S_IMODE((tmp_path / "out.jsonl.gz").stat().st_mode) == 0o600
    assert take_out(tmp_path, name="other.jsonl.gz") == first


@pytest.mark.django_db
def test_the_pages_of_an_export_join_without_a_seam(ann, write, tmp_path, monkeypatch):
    monkeypatch.setattr("chat.services.archive_export.PAGE_MESSAGES", 1)
    many = [record(str(number), str(number)) for number in range(120)]
    bring(write(*many))
    assert take_out(tmp_path) == b"".join(many)


@pytest.mark.django_db
def test_a_person_who_leaves_an_imported_room_keeps_it_readable(ann, bob, write):
    bring(write(*AWKWARD))
    room = Room.objects.get(name="harbour")
    memberships.join(bob, room.pk)
    memberships.leave(ann, room.pk)
    assert room.memberships.get().person == bob
    assert access.room_to_read(ann, room.pk) == room


@pytest.mark.live
@pytest.mark.services
async def test_an_archive_goes_through_postgresql_unchanged(own_site, postgresql, write, tmp_path):
    site = await own_site(database_url=postgresql.new_database("archive"))
    file, out = write(*AWKWARD), tmp_path / "out.jsonl"
    for words in (["import_archive", file], ["export_archive", "--output", out]):
        command = [sys.executable, "manage.py", *words]
        await asyncio.to_thread(subprocess.run, command, check=True, cwd=ROOT, env=site.environment)
    assert out.read_bytes() == b"".join(AWKWARD)
