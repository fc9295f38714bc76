"""The archive format: one message per line, as JSON. Pure: lines in, records out, and what is wrong with them.

A record is written in one way only, so that exporting what was imported gives the same bytes.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final, cast

from chat import protocol

MAX_LINE_BYTES: Final = 256 * 1024
"""The longest body takes half of it when every sign is escaped."""

_REQUIRED: Final = ("id", "room", "at", "author", "body")
_LONGEST: Final = {
    "id": 200,
    "room": protocol.MAX_NAME_CHARACTERS,
    "author": protocol.MAX_NAME_CHARACTERS,
    "body": protocol.MAX_BODY_CHARACTERS,
    "reply_to": 200,
}
_FIELDS: Final = frozenset((*_REQUIRED, "action", "reply_to"))
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)
_GZIP_MAGIC: Final = b"\x1f\x8b"


class WrongArchive(Exception):
    """An archive that is refused: which file, which line (from 1; 0 is the file as a whole), and why."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}" if line else f"{file}: {problem}")


class Wrong(ValueError):
    """What is wrong with one line, in words."""


@dataclass(frozen=True, slots=True)
class Record:
    """A message of an archive. `id` and `reply_to` are the archive's own names of messages."""

    id: str
    room: str
    at: datetime
    author: str
    body: str
    action: bool = False
    reply_to: str | None = None


def parse(line: bytes) -> Record:
    """Return the record that a line holds. Raises `Wrong`, whatever the bytes."""
    fields = _object(line)
    if unknown := fields.keys() - _FIELDS:
        raise Wrong(f"unknown field {min(unknown)!r}")
    if missing := [name for name in _REQUIRED if name not in fields]:
        raise Wrong(f"{missing[0]} is missing")
    for name, longest in _LONGEST.items():
        if name in fields:
            _check_text(name, fields[name], longest)
    if fields.get("action", True) is not True:
        raise Wrong("action is true, or absent")
    return Record(
        id=fields["id"],
        room=fields["room"],
        at=_moment(fields["at"]),
        author=fields["author"],
        body=fields["body"],
        action="action" in fields,
        reply_to=fields.get("reply_to"),
    )


def render(record: Record) -> bytes:
    """Return the line of a record, with its end of line."""
    fields: dict[str, Any] = {
        "id": record.id,
        "room": record.room,
        "at": moment(record.at),
        "author": record.author,
        "body": record.body,
    }
    if record.action:
        fields["action"] = True
    if record.reply_to is not None:
        fields["reply_to"] = record.reply_to
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


def moment(at: datetime) -> str:
    """Return a time in UTC with `Z`, to the second, with a fraction only where there is one."""
    fraction = "microseconds" if at.microsecond % 1000 else "milliseconds" if at.microsecond else "seconds"
    return at.astimezone(UTC).isoformat(timespec=fraction).replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file: its number from 1, its bytes, and how many bytes of the file have been read so far."""

    file: Path
    number: int
    text: bytes
    read_bytes: int

    def record(self) -> Record:
        """Return what it holds. Raises `WrongArchive`."""
        try:
            return parse(self.text)
        except Wrong as error:
            raise self.wrong(error) from None

    def wrong(self, error: Wrong) -> WrongArchive:
        """Return the refusal of this line."""
        return WrongArchive(self.file, self.number, str(error))


def lines(file: Path) -> Iterator[Line]:
    """Yield each line of a plain or gzipped file, one at a time.

    Raises `WrongArchive` when it cannot be read, is damaged, or has a line beyond `MAX_LINE_BYTES`.
    """
    number = 0
    try:
        with file.open("rb") as plain:
            stream = _unpacked(plain)
            while text := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(text) > MAX_LINE_BYTES:
                    raise WrongArchive(file, number, f"a line holds at most {MAX_LINE_BYTES} bytes")
                yield Line(file, number, text, plain.tell())
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise WrongArchive(file, number + 1, f"the compressed file is damaged: {error}") from None
    except OSError as error:
        raise WrongArchive(file, 0, error.strerror or str(error)) from None


class Checker:
    """What must hold between the records of an archive, whichever files they are in.

    It remembers ids, authors and days, never what was said.
    """

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.counts: dict[str, int] = {}
        self.messages = 0
        self._names: dict[str, str] = {}
        self._room_of: dict[str, str] = {}
        self._latest: dict[tuple[str, int], datetime] = {}

    def add(self, record: Record) -> None:
        """Take the next record in. Raises `Wrong`."""
        if record.id in self._room_of:
            raise Wrong(f"id {record.id!r} stands twice in the archive")
        if record.reply_to is not None and self._room_of.get(record.reply_to) != record.room:
            raise Wrong(f"reply_to {record.reply_to!r} is no earlier message of this room")
        day = (record.room, record.at.toordinal())
        if record.at < self._latest.get(day, record.at):
            raise Wrong("at is earlier than the message before it on the same day")
        room = self._names.setdefault(record.room, record.room)  # one text per room, not one per message
        self._room_of[record.id] = room
        self._latest[day] = record.at
        self.counts[room] = self.counts.get(room, 0) + 1
        self.messages += 1


def stamps(files: Sequence[Path]) -> list[tuple[int, int]]:
    """Return the size in bytes and the time of change of each file; the same later means that nothing was written.

    Raises `WrongArchive` for what is no ordinary file: an archive is read twice.
    """
    for file in files:
        if not file.is_file():
            raise WrongArchive(file, 0, "not an ordinary file" if file.exists() else "no such file")
    return [(stat.st_size, stat.st_mtime_ns) for stat in map(Path.stat, files)]


def _unpacked(plain: IO[bytes]) -> IO[bytes]:
    packed = plain.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    plain.seek(0)
    return cast("IO[bytes]", gzip.GzipFile(fileobj=plain)) if packed else plain


def _object(line: bytes) -> dict[str, Any]:
    try:
        pairs = _DECODER.decode(line.decode())
    except UnicodeDecodeError:
        raise Wrong("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Wrong(
            f"not JSON: {error.msg} at character {error.pos + 1}" if line.strip() else "an empty line"
        ) from None
    except Wrong:
        raise
    except (ValueError, RecursionError):  # a number of 5,000 digits, 5,000 brackets
        raise Wrong("not a JSON object of texts") from None
    if not isinstance(pairs, dict):
        raise Wrong("not a JSON object")
    return pairs


def _fields_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Wrong("a field stands twice")
    return fields


def _check_text(name: str, value: Any, longest: int) -> None:
    if not isinstance(value, str):
        raise Wrong(f"{name} is not a text")
    if "\0" in value:
        raise Wrong(f"{name} holds a NUL, which cannot be stored")
    if len(value) > longest:
        raise Wrong(f"{name} is longer than {longest} characters")
    if name != "body" and not value.strip():
        raise Wrong(f"{name} is empty")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Wrong(f"{name} holds half of a surrogate pair") from None


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise Wrong("at is not a time in UTC such as 2004-12-25T09:14:00Z")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise Wrong("at is a time that does not exist") from None


# `json.loads` with a hook makes a decoder for each line.
_DECODER: Final = json.JSONDecoder(object_pairs_hook=_fields_once)
