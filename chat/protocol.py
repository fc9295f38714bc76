"""The words of the socket, version 1: commands, events, codes and limits. The single source of them.

`manage.py protocol_js` writes the browser's constants from here and `docs/protocol.md` describes each one;
tests fail when either is stale. No Django and no database in this module.
"""

import json
from enum import IntEnum, StrEnum
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

PROTOCOL: Final = 1

MAX_FRAME_BYTES: Final = 64 * 1024
"""The largest frame a client may send."""
MAX_SERVER_FRAME_BYTES: Final = 256 * 1024
"""The largest frame the server sends; an answer holds as many messages as fit."""
MAX_BODY_CHARACTERS: Final = 10_000
MAX_PAGE_MESSAGES: Final = 100
DEFAULT_PAGE_MESSAGES: Final = 50
MAX_PEOPLE: Final = 100
MAX_NAME_CHARACTERS: Final = 80
MAX_TOPIC_CHARACTERS: Final = 250
TYPING_SECONDS: Final = 3
"""A person's typing in a room is told at most this often."""
MAX_MALFORMED_PER_MINUTE: Final = 100
MAX_OVERSIZE_FRAMES: Final = 3

# SQLite and PostgreSQL hold ids and counters in signed 64 bits; browsers hold integers exactly to 2**53 - 1.
MAX_INTEGER: Final = 2**53 - 1


class ErrorCode(StrEnum):
    """Why a command was refused."""

    BAD_FRAME = "bad_frame"
    UNKNOWN_TYPE = "unknown_type"
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    INVALID = "invalid"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    CONFLICT = "conflict"
    INTERNAL = "internal"


class Close(IntEnum):
    """Why the server ends a socket. daphne takes only a plain `int`: write `int(Close.X)` where one is sent."""

    BAD_FRAMES = 4400
    SESSION_ENDED = 4401
    NOT_ALLOWED = 4403
    TOO_SLOW = 4408
    TOO_LARGE = 4413
    RATE_ABUSE = 4429
    RESTART = 1012


class Event(StrEnum):
    """What the server may tell a browser."""

    HELLO = "hello"
    OK = "ok"
    ERROR = "error"
    ROOM_CHANGES = "room.changes"
    ROOM_JOINED = "room.joined"
    ROOM_LEFT = "room.left"
    ROOM_READ = "room.read"
    ROOM_TYPING = "room.typing"
    PRESENCE = "presence"
    PING = "ping"


class Refused(Exception):
    """A request that is answered with an error. `detail` is English, for developers.

    `retry_after_seconds` tells when the same request may be made again, `None` when waiting would not help.
    """

    def __init__(self, code: ErrorCode, detail: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds


Identifier = Annotated[int, Field(strict=True, ge=1, le=MAX_INTEGER)]
Position = Annotated[int, Field(strict=True, ge=0, le=MAX_INTEGER)]
_NO_NUL = r"^[^\x00]*$"  # PostgreSQL stores none and searches for none
Body = Annotated[str, Field(strict=True, max_length=MAX_BODY_CHARACTERS, pattern=_NO_NUL)]
Nonce = Annotated[str, StringConstraints(strict=True, min_length=8, max_length=64, pattern=_NO_NUL)]
Reference = (
    Annotated[str, Field(strict=True, max_length=64)]
    | Annotated[int, Field(strict=True, ge=-MAX_INTEGER, le=MAX_INTEGER)]
)
PageLimit = Annotated[int, Field(strict=True, ge=1, le=MAX_PAGE_MESSAGES)]


class Frame(BaseModel):
    """A command as a client sent it. Unknown fields are ignored, wrong types are not converted."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str]

    ref: Reference | None = None


class MessageSend(Frame):
    """Store `body` in `room`. The same nonce again gets the first result."""

    type = "message.send"
    room: Identifier
    nonce: Nonce
    body: Body
    reply_to: Identifier | None = None


class RoomRead(Frame):
    """The person has read `room` up to `seq`. Only advances."""

    type = "room.read"
    room: Identifier
    seq: Position


class RoomUnread(Frame):
    """Make `seq` and all after it unread again."""

    type = "room.unread"
    room: Identifier
    seq: Identifier


class RoomHistory(Frame):
    """A page of messages before, after or around a `seq`; without any, the newest."""

    type = "room.history"
    room: Identifier
    before: Position | None = None
    after: Position | None = None
    around: Position | None = None
    limit: PageLimit = DEFAULT_PAGE_MESSAGES

    @model_validator(mode="after")
    def one_anchor(self) -> Self:
        """Refuse two anchors at once."""
        if sum(anchor is not None for anchor in (self.before, self.after, self.around)) > 1:
            raise ValueError("give one of before, after, around")
        return self


class RoomChanges(Frame):
    """What changed in `room` since `after`, a `rev`."""

    type = "room.changes"
    room: Identifier
    after: Position


class RoomTyping(Frame):
    """The person is writing in `room`."""

    type = "room.typing"
    room: Identifier


class People(Frame):
    """The people with these ids; the ones that are not there are left out."""

    type = "people"
    ids: Annotated[list[Identifier], Field(max_length=MAX_PEOPLE)]


class PeopleFind(Frame):
    """People whose name or handle matches, those of `room` when it is given."""

    type = "people.find"
    query: Annotated[str, Field(strict=True, max_length=100, pattern=_NO_NUL)]
    room: Identifier | None = None


class Hello(Frame):
    """Ask for a fresh `hello`."""

    type = "hello"


class Pong(Frame):
    """The answer to a `ping`."""

    type = "pong"
    n: Annotated[int, Field(strict=True, ge=0, le=MAX_INTEGER)]


COMMANDS: Final[dict[str, type[Frame]]] = {
    command.type: command
    for command in (
        MessageSend,
        RoomRead,
        RoomUnread,
        RoomHistory,
        RoomChanges,
        RoomTyping,
        People,
        PeopleFind,
        Hello,
        Pong,
    )
}


def parse(text: str) -> Frame:
    """Turn one frame's text into its command.

    Raises `BadFrame` with the code `bad_frame`, `unknown_type`, `invalid` or `too_large`, and never anything
    else, whatever the text; its `ref` is the frame's own where that could be read.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise BadFrame(ErrorCode.TOO_LARGE, f"a frame holds at most {MAX_FRAME_BYTES} bytes", oversize=True)
    data = _object(text)
    ref = _reference(data)
    shape = COMMANDS.get(kind) if isinstance(kind := data.get("type"), str) else None
    if shape is None:
        raise BadFrame(ErrorCode.UNKNOWN_TYPE, "unknown type", ref=ref)
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        raise BadFrame(_code_of(error), _sentence_of(error), ref=ref) from None


class BadFrame(Refused):
    """A frame that is no command.

    `malformed` tells that it counts towards `Close.BAD_FRAMES`, `oversize` towards `Close.TOO_LARGE`; a command
    that is merely refused, such as one with a body too long, counts towards neither.
    """

    def __init__(self, code: ErrorCode, detail: str, *, ref: str | int | None = None, oversize: bool = False) -> None:
        super().__init__(code, detail)
        self.ref = ref
        self.malformed = code is ErrorCode.BAD_FRAME
        self.oversize = oversize


def encode(event: str, fields: dict[str, Any], *, ref: str | int | None = None) -> str:
    """Return the text of a server frame: `type` first, then `ref` where one is given, then the fields."""
    head: dict[str, Any] = {"type": str(event)}
    if ref is not None:
        head["ref"] = ref
    return json.dumps(head | fields, ensure_ascii=False, separators=(",", ":"))


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _object(text: str) -> dict[str, Any]:
    """Read one JSON object. Deep nesting, NaN, huge numbers and lone surrogates are all `bad_frame`."""
    try:
        data = json.loads(text, parse_constant=_no_constant)
        json.dumps(data, ensure_ascii=False).encode()  # a lone surrogate cannot be stored or sent
    except (ValueError, RecursionError):
        raise BadFrame(ErrorCode.BAD_FRAME, "a frame is one JSON object in UTF-8") from None
    if not isinstance(data, dict):
        raise BadFrame(ErrorCode.BAD_FRAME, "a frame is a JSON object")
    return data


def _reference(data: dict[str, Any]) -> str | int | None:
    ref = data.get("ref")
    if ref is None or (isinstance(ref, str) and len(ref) <= 64):
        return ref
    if isinstance(ref, int) and not isinstance(ref, bool) and abs(ref) <= MAX_INTEGER:
        return ref
    raise BadFrame(ErrorCode.INVALID, "ref is a string of up to 64 characters or an integer")


def _code_of(error: ValidationError) -> ErrorCode:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    long_body = first["type"] == "string_too_long" and first["loc"] == ("body",)
    return ErrorCode.TOO_LARGE if long_body else ErrorCode.INVALID


def _sentence_of(error: ValidationError) -> str:
    """Name the field that is wrong, never its value: a body must not reach the log."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "frame"
    return f"{field}: {first['msg']}"
