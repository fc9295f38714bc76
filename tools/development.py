"""What a developer does now and then: `make format`, `make requirements`, `make words`."""

import shutil
import sys

import environment
from steps import ROOT, fail, run, say, script

PINNED = ("requirements", "requirements-dev")
NOT_OURS = (".venv", "node_modules")


def format_files():
    """Put the Python files into the one format, with their imports in order."""
    say("Formatting the Python files.")
    run(environment.BIN / "ruff", "check", "--quiet", "--select=I", "--fix")
    run(environment.BIN / "ruff", "format", "--quiet")


def requirements():
    """Write requirements.txt and requirements-dev.txt from their `.in` files, newest fitting versions first."""
    for name in PINNED:
        say(f"Pinning {name}.in into {name}.txt.")
        run(
            *(environment.BIN / "uv", "pip", "compile", "--quiet", "--universal", "--python-version=3.11"),
            *("--upgrade", "--no-header", f"{name}.in", f"--output-file={name}.txt"),
        )


def words():
    """Collect the sentences to translate, of Python, templates and JavaScript, and compile the translations."""
    if not shutil.which("xgettext"):
        fail("The gettext tools are missing. On Debian or Ubuntu: apt-get install gettext")
    say("Collecting the sentences to translate.")
    run(environment.PYTHON, ROOT / "tools" / "words.py")
    say("Compiling the translations.")
    run(environment.PYTHON, "manage.py", "compilemessages", "--verbosity=0", *(f"--ignore={one}" for one in NOT_OURS))


COMMANDS = {"format": format_files, "requirements": requirements, "words": words}


def main():
    """Do what the first argument names."""
    environment.prepare("requirements-dev.txt")
    COMMANDS[sys.argv[1]]()


if __name__ == "__main__":
    script(main)
