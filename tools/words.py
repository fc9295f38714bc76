"""Collect the sentences to translate; `make words` calls it inside the virtual environment, in the root folder.

Django's own `makemessages`, told what the page's JavaScript calls its two functions: `t` and `tn`.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["zh_Hans"]
NOT_OURS = [".venv", "node_modules", "staticfiles", "tests", "tools", "vendor", "data"]


def collect():
    """Bring every `.po` file up to date: the chat's in chat/locale, the site's in chatsite/locale."""
    from django.core.management.commands.makemessages import Command

    for app in ("chat", "chatsite"):
        (ROOT / app / "locale").mkdir(exist_ok=True)
    for domain in ("django", "djangojs"):
        command = Command()
        if domain == "djangojs":
            command.xgettext_options = [*command.xgettext_options, "--keyword=t", "--keyword=tn:1,2"]
        command.run_from_argv(
            [
                *("manage.py", "makemessages", "--domain", domain, "--no-location", "--no-wrap", "--verbosity", "0"),
                *(f"--locale={language}" for language in LANGUAGES),
                *(f"--ignore={folder}" for folder in NOT_OURS),
            ]
        )


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    sys.path.insert(0, str(ROOT))
    django.setup()
    collect()
