"""What a text must be before it is stored."""

import unicodedata

from django.utils.translation import gettext as _

from chat.protocol import MAX_BODY_CHARACTERS, MAX_NAME_CHARACTERS, MAX_TOPIC_CHARACTERS, ErrorCode, Refused

MIN_HANDLE_CHARACTERS = 2
MAX_HANDLE_CHARACTERS = 30
MAX_SEARCH_CHARACTERS = 100
_HANDLE_SIGNS = frozenset("._-")


def body(text: str) -> str:
    """Return a message's text as it is stored: as typed. Raises `invalid` when blank or with a NUL, `too_large`."""
    if "\0" in text:
        raise Refused(ErrorCode.INVALID, "body: NUL cannot be stored")
    if not text.strip():
        raise Refused(ErrorCode.INVALID, "body: nothing said")
    if len(text) > MAX_BODY_CHARACTERS:
        raise Refused(ErrorCode.TOO_LARGE, f"body: at most {MAX_BODY_CHARACTERS} characters")
    return text


def room_name(text: str) -> str:
    """Return a room's name on one line. Raises `invalid` with a sentence for the page."""
    return _line(text, MAX_NAME_CHARACTERS, _("Give the room a name."))


def person_name(text: str) -> str:
    """Return a person's name on one line. Raises `invalid` with a sentence for the page."""
    return _line(text, MAX_NAME_CHARACTERS, _("Give a name."))


def topic(text: str) -> str:
    """Return a room's topic on one line; it may be empty. Raises `invalid` with a sentence for the page."""
    return _line(text, MAX_TOPIC_CHARACTERS, None)


def searched(text: str) -> str:
    """Return what to search for: trimmed, without NUL, which PostgreSQL refuses even in a question."""
    return text.replace("\0", "").strip()[:MAX_SEARCH_CHARACTERS]


def handle(text: str) -> str:
    """Return a handle: 2 to 30 letters of any script, digits, `.`, `_` or `-`. Raises `invalid`."""
    text = unicodedata.normalize("NFC", text.strip().removeprefix("@").removeprefix("＠"))
    fits = MIN_HANDLE_CHARACTERS <= len(text) <= MAX_HANDLE_CHARACTERS
    if not fits or not all(sign in _HANDLE_SIGNS or _is_word_sign(sign) for sign in text):
        raise Refused(ErrorCode.INVALID, _("A handle is 2 to 30 letters, digits, dots, underscores or hyphens."))
    return text


def handle_from(name: str) -> str:
    """Return the part of `name` that can be a handle, or "person" when too little of it can."""
    signs = unicodedata.normalize("NFC", name).lower().replace(" ", ".")
    kept = "".join(sign for sign in signs if sign in _HANDLE_SIGNS or _is_word_sign(sign)).strip("._-")
    return kept[:MAX_HANDLE_CHARACTERS] if len(kept) >= MIN_HANDLE_CHARACTERS else "person"


def _is_word_sign(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN"


def _line(text: str, most: int, when_empty: str | None) -> str:
    signs = unicodedata.normalize("NFC", text)  # before it is measured: this can make it longer
    line = " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in signs).split())
    if when_empty and not any(_is_seen(sign) for sign in line):
        raise Refused(ErrorCode.INVALID, when_empty)
    if len(line) > most:
        raise Refused(ErrorCode.INVALID, _("At most %(most)d characters.") % {"most": most})
    return line


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "CZ"
