"""Write the browser's constants from the protocol."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from chat import protocol

TARGET = Path(protocol.__file__).parent / "static" / "chat" / "js" / "protocol.js"


def render() -> str:
    """Return the text of `protocol.js`."""
    limits = {
        "frame_bytes": protocol.MAX_FRAME_BYTES,
        "body_characters": protocol.MAX_BODY_CHARACTERS,
        "page_messages": protocol.MAX_PAGE_MESSAGES,
        "default_page_messages": protocol.DEFAULT_PAGE_MESSAGES,
        "name_characters": protocol.MAX_NAME_CHARACTERS,
        "topic_characters": protocol.MAX_TOPIC_CHARACTERS,
        "typing_seconds": protocol.TYPING_SECONDS,
    }
    parts = [
        "// Written by `manage.py protocol_js` from chat/protocol.py. Change it there.",
        f"export const PROTOCOL = {protocol.PROTOCOL};",
        _constant("Command", {_name(word): word for word in protocol.COMMANDS}),
        _constant("Event", {event.name: str(event) for event in protocol.Event}),
        _constant("ErrorCode", {code.name: str(code) for code in protocol.ErrorCode}),
        _constant("Close", {close.name: int(close) for close in protocol.Close}),
        _constant("LIMITS", limits),
    ]
    return "\n\n".join(parts) + "\n"


class Command(BaseCommand):
    """Writes chat/static/chat/js/protocol.js; a test fails while it is stale."""

    help = "Write the browser's constants from chat/protocol.py."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(render(), encoding="utf-8")
        self.stdout.write(f"{TARGET.name} written")


def _name(word: str) -> str:
    return word.replace(".", "_").upper()


def _constant(name: str, values: dict[str, Any]) -> str:
    rows = "".join(f"  {key}: {json.dumps(value)},\n" for key, value in values.items())
    return f"export const {name} = Object.freeze({{\n{rows}}});"
