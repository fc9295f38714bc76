"""Promise: the documentation names each setting, each word of the protocol and only what exists.

A setting, command, event, field, code or limit that is added, renamed or removed fails here until docs/ says so.
"""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from chat import payloads, protocol
from chat.conf import DEFAULTS
from chat.management.commands import protocol_js
from chat.models import Message, Room
from chat.services import messages, rooms

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
# Set by settings.py itself, from PUBLIC_URL.
NOT_FROM_THE_ENVIRONMENT = {"CHAT_PUBLIC_URL"}
LIMITS = [
    protocol.MAX_FRAME_BYTES,
    protocol.MAX_SERVER_FRAME_BYTES,
    protocol.MAX_BODY_CHARACTERS,
    protocol.MAX_PAGE_MESSAGES,
    protocol.DEFAULT_PAGE_MESSAGES,
    protocol.MAX_PEOPLE,
    protocol.MAX_NAME_CHARACTERS,
    protocol.MAX_TOPIC_CHARACTERS,
    protocol.TYPING_SECONDS,
    protocol.MAX_MALFORMED_PER_MINUTE,
    protocol.MAX_OVERSIZE_FRAMES,
]


def text_of(page):
    """Return the text of a page by its path in the project."""
    return (ROOT / page).read_text(encoding="utf-8")


def sections(page, level):
    """Return title → text of the headings of `level`, each to the next of that level or a higher one."""
    heading = re.compile(rf"^#{{1,{level}}} (.*)$", re.MULTILINE)
    found = list(heading.finditer(text_of(page)))
    ends = [*(match.start() for match in found[1:]), None]
    pairs = zip(found, ends, strict=True)
    return {
        match[1].strip("`"): text_of(page)[match.end() : end]
        for match, end in pairs
        if match[0].startswith("#" * level + " ")
    }


def part(title):
    """Return heading → text inside one part of the protocol's page."""
    whole = sections("docs/protocol.md", 2)[title]
    pieces = re.split(r"^### (.*)$", whole, flags=re.MULTILINE)[1:]
    return {name.strip("`"): text for name, text in zip(pieces[::2], pieces[1::2], strict=True)}


def fields(text):
    """Return field → whether it is optional, from the list under a heading."""
    rows = re.findall(r"^- `(\w+)`( \(optional\))?", text, re.MULTILINE)
    return {name: bool(optional) for name, optional in rows}


def table(text):
    """Return the rows of the tables in a text, each as its cells without code marks."""
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows if not set(row[0]) <= set("- ")]


def documented_settings():
    """Return name → default as the page says it."""
    rows = table(text_of("docs/configuration.md"))
    return {row[0]: row[1] for row in rows if re.fullmatch(r"[A-Z_]+", row[0])}


def read_variables():
    """Return the names of the environment variables that the site reads: literals given to readers of env.py."""
    names = set()
    for file in ("settings.py", "env.py"):
        for node in ast.walk(ast.parse(text_of(f"chatsite/{file}"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                reader = ast.unparse(node.func).removeprefix("env.")
                if reader not in {"wrong", "found.get"} and isinstance(name := node.args[0].value, str):
                    names |= {name} if re.fullmatch(r"[A-Z][A-Z_]+", name) else set()
    return names


def test_each_setting_is_documented_and_each_documented_one_is_read() -> None:
    read = read_variables() | DEFAULTS.keys()
    assert documented_settings().keys() == read - NOT_FROM_THE_ENVIRONMENT


def test_the_chats_defaults_are_those_of_the_table() -> None:
    documented = documented_settings()
    said = {name: {True: "on", False: "off"}.get(value, str(value)) for name, value in DEFAULTS.items()}
    assert {name: documented[name] for name in said.keys() - NOT_FROM_THE_ENVIRONMENT} == {
        name: value for name, value in said.items() if name not in NOT_FROM_THE_ENVIRONMENT
    }


def test_each_command_is_documented_with_its_fields() -> None:
    in_code = {
        name: {field: not info.is_required() for field, info in shape.model_fields.items() if field != "ref"}
        for name, shape in protocol.COMMANDS.items()
    }
    assert {name: fields(text) for name, text in part("Commands").items()} == in_code


def test_each_event_is_documented() -> None:
    assert part("Events").keys() == {str(event) for event in protocol.Event}


def test_each_code_is_documented() -> None:
    codes = sections("docs/protocol.md", 2)
    assert [row[0] for row in table(codes["Error codes"])[1:]] == [str(code) for code in protocol.ErrorCode]
    assert [int(row[0]) for row in table(codes["Close codes"])[1:]] == [int(code) for code in protocol.Close]


def test_each_limit_is_documented() -> None:
    rows = table(sections("docs/protocol.md", 2)["Limits"])[1:]
    assert [int(row[1].split()[0]) for row in rows] == LIMITS


def shapes_match(documented, *payloads_of_it):
    """Tell whether each payload has all that is required and nothing that is not documented."""
    required = {name for name, optional in documented.items() if not optional}
    return all(required <= shown.keys() <= documented.keys() for shown in payloads_of_it)


def test_hello_and_its_rooms_are_as_documented(ann, bob, hall) -> None:
    archived = rooms.create(ann, kind=Room.Kind.PRIVATE, name="Attic")
    rooms.archive(ann, archived.pk)
    rooms.open_direct(ann, bob.pk)
    hello = payloads.hello(ann)
    assert hello.keys() == fields(part("Events")["hello"]).keys()
    assert shapes_match(fields(part("Shapes")["A room of yours"]), *hello["rooms"])
    assert len(hello["rooms"]) == 3


def test_messages_and_people_are_as_documented(ann, hall) -> None:
    first = messages.send(ann, room_id=hall.pk, nonce="nonce-0001", body="Morning").message
    reply = messages.send(ann, room_id=hall.pk, nonce="nonce-0002", body="And?", reply_to=first.pk).message
    tombstone = Message(pk=3, seq=3, rev=3, author=ann, created_at=first.created_at, deleted_at=first.created_at)
    acted = Message(pk=4, seq=4, rev=4, author=ann, body="waves", action=True, edited_at=first.created_at)
    shown = payloads.messages([first, reply, tombstone, acted])
    documented = fields(part("Shapes")["A message"])
    assert shapes_match(documented, *shown["messages"])
    assert set().union(*(message.keys() for message in shown["messages"])) == documented.keys()
    assert shapes_match(fields(part("Shapes")["A person"]), *shown["people"])


def test_changes_of_a_room_are_as_documented(ann, hall) -> None:
    row = messages.send(ann, room_id=hall.pk, nonce="nonce-0001", body="Morning").message
    hall.refresh_from_db()
    hall.info_rev = hall.rev
    [event] = payloads.changes(hall, 0, [row])
    assert shapes_match(fields(part("Events")["room.changes"]), event)
    assert "info" in event


def test_the_browsers_constants_are_fresh() -> None:
    assert protocol_js.TARGET.read_text(encoding="utf-8") == protocol_js.render(), "run: manage.py protocol_js"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_and_files_that_a_page_names_exist(page) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text)]
    missing = [link for link in links if link and not (page.parent / link).exists()]
    told = re.findall(r"`((?:chat|chatsite|tests|tools|deploy|docs|templates)/[\w./*-]+)`", text)
    missing += [path for path in told if not any(ROOT.glob(path.rstrip("/")))]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_that_a_page_names_exist(page) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    assert {name for name in re.findall(r"\bmake ([a-z]+)`", text)} - targets == set()
    assert {name for name in re.findall(r"\bmanage\.py ([a-z_]+)", text)} - get_commands().keys() == set()


def test_the_readme_names_only_settings_there_are() -> None:
    named = set(re.findall(r"\b([A-Z][A-Z]+_[A-Z_]+|HOST|PORT)=", text_of("README.md")))
    assert named
    assert named - documented_settings().keys() == set()
