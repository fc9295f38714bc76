"""All that can be said about the code without running it; `make check` calls it and it goes on after a failure."""

import tempfile

import environment
import node
import system
from steps import attempt, fail, say, script

TEMPLATES = ("templates", "chat/templates")
PRODUCTION = {"PUBLIC_URL": "https://chat.example.org", "DEBUG": "off"}

PYTHON_CHECKS = (
    ("Python: mistakes and habits (ruff).", ("ruff", "check", "--quiet")),
    ("Python: the one format (ruff).", ("ruff", "format", "--check", "--quiet")),
    ("Python: types (mypy).", ("mypy", "--no-error-summary")),
    ("Templates: mistakes (djlint).", ("djlint", "--quiet", "--lint", *TEMPLATES)),
    ("Settings: production (check --deploy).", ("python", "manage.py", "check", "--deploy", "--fail-level=WARNING")),
    ("Models: no migration is missing.", ("python", "manage.py", "makemigrations", "--check", "--dry-run")),
)
SCRIPT_CHECKS = (
    ("JavaScript: types (tsc).", ("npm", "run", "--silent", "types")),
    ("JavaScript: mistakes (biome).", ("npm", "run", "--silent", "lint")),
)


def checks():
    """Yield each check as its sentence and its command, with what they need installed first."""
    environment.prepare("requirements-dev.txt")
    for sentence, (program, *arguments) in PYTHON_CHECKS:
        yield sentence, (environment.BIN / program, *arguments)
    if node.prepare():
        yield from SCRIPT_CHECKS
    elif system.CI:
        fail("With CI=true npm has to be here.")
    else:
        say("npm is missing: the JavaScript is not checked.")


def main():
    """Run every check and name those that failed at the end."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="chatsite-check-") as folder:
        for sentence, command in checks():
            say(sentence)
            done = attempt(*command, quiet=True, env=PRODUCTION | {"DATA_DIR": folder})
            if done.returncode:
                say(done.stdout.rstrip())
                failed.append(sentence)
    if failed:
        fail("These failed:\n" + "\n".join(f"  {sentence}" for sentence in failed))
    say("All checks passed.")


if __name__ == "__main__":
    script(main)
