"""Reads the translations: `.po` files as what they say, `.mo` files as what they were compiled from."""

import ast
import gettext
import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?) )?(".*")')
CONTEXT_ENDS = "\x04"


@dataclass
class Entry:
    """A sentence and what the catalogue says for it; `texts` has one element unless it is a plural of several forms."""

    context: str = ""
    sentence: str = ""
    plural: str = ""
    texts: list[str] = field(default_factory=list)
    flags: str = ""

    @property
    def key(self) -> str:
        """The sentence as gettext files it: behind its context, where it has one."""
        return f"{self.context}{CONTEXT_ENDS}{self.sentence}" if self.context else self.sentence


def po_files() -> list[Path]:
    """Return every catalogue of the project."""
    return sorted(ROOT.glob("chat*/locale/*/LC_MESSAGES/*.po"))


def entries(path: Path) -> list[Entry]:
    """Return the entries of a `.po` file, without its header."""
    blocks = re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip())
    return [entry for entry in map(_entry, blocks) if entry.sentence]


def compiled(path: Path) -> dict[str, list[str]]:
    """Return what the `.mo` file beside a `.po` file holds: the texts of each key."""
    with path.with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    found: dict[str, list[str]] = {}
    for key, text in catalogue.items():
        if key:
            found.setdefault(key[0] if isinstance(key, tuple) else key, []).append(text)
    return found


def _entry(block: str) -> Entry:
    entry = Entry()
    parts: list[tuple[str, str]] = []
    for line in block.splitlines():
        if line.startswith("#"):
            entry.flags += line
            continue
        word, text = _LINE.fullmatch(line).groups()  # type: ignore[union-attr]
        text = ast.literal_eval(text)
        if word:
            parts.append((word, text))
        else:
            parts[-1] = (parts[-1][0], parts[-1][1] + text)
    for word, text in parts:
        if word.startswith("msgstr"):
            entry.texts.append(text)
        else:
            setattr(entry, {"msgctxt": "context", "msgid": "sentence", "msgid_plural": "plural"}[word], text)
    return entry
