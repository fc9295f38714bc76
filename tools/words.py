"""Collect the sentences to translate; `make words` calls it inside the virtual environment, in the root folder.

Django's own `makemessages`, told what the page's JavaScript calls its two functions: `t` and `tn`. What it writes
depends on the sentences alone, not on the day or the machine; a sentence that is new or has changed has no translation
until somebody writes one, and `tests/test_words.py` says which.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The languages and how many forms a plural has in each; see the gettext manual for others.
LANGUAGES = {"zh_Hans": "nplurals=1; plural=0;"}
OURS = ("chat", "chatsite")
NOT_OURS = [".venv", "node_modules", "staticfiles", "tests", "tools", "vendor", "data"]

HEADER = r"""msgid ""
msgstr ""
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plurals}\n"
"""


def collect():
    """Bring every `.po` file up to date: the chat's in chat/locale, the site's in chatsite/locale."""
    from django.core.management.commands.makemessages import Command

    for app in OURS:
        (ROOT / app / "locale").mkdir(exist_ok=True)
    for domain in ("django", "djangojs"):
        command = Command()
        command.msgmerge_options = [*command.msgmerge_options, "--no-fuzzy-matching"]
        if domain == "djangojs":
            command.xgettext_options = [*command.xgettext_options, "--keyword=t", "--keyword=tn:1,2"]
        command.run_from_argv(
            [
                *("manage.py", "makemessages", "--domain", domain, "--verbosity", "0"),
                *("--no-location", "--no-wrap", "--no-obsolete"),
                *(f"--locale={language}" for language in LANGUAGES),
                *(f"--ignore={folder}" for folder in NOT_OURS),
            ]
        )
    for app in OURS:
        for language, plurals in LANGUAGES.items():
            for catalogue in (ROOT / app / "locale" / language).rglob("*.po"):
                set_header(catalogue, HEADER.format(language=language, plurals=plurals))


def set_header(catalogue, header):
    """Give the file its header without dates and names, which would change with every run."""
    text = catalogue.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    start = lines.index('msgstr ""\n') + 1
    while start < len(lines) and lines[start].startswith('"'):
        start += 1
    rest = "".join(lines[start:]).strip("\n")
    catalogue.write_text(f"{header}\n{rest}\n", encoding="utf-8")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    sys.path.insert(0, str(ROOT))
    django.setup()
    collect()
