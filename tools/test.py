"""From a bare clone to tests that have all run; `make test` calls it."""

import re
import shutil
import tempfile

import environment
import system
from steps import ROOT, attempt, say, script


def javascript():
    """Run the JavaScript tests; return whether none failed, and the line that tells of them.

    Without Node they are skipped, and it says so.
    """
    files = sorted((ROOT / "tests" / "js").glob("*.test.js"))
    if not shutil.which("node"):
        say("JavaScript: skipped, because Node is missing.")
        return True, ": skipped, because Node is not installed"
    say("Running the JavaScript tests.")
    done = attempt("node", "--test", *files, quiet=True)
    counts = {name: int(number) for name, number in re.findall(r"^\S+ (tests|pass|fail) (\d+)$", done.stdout, re.M)}
    passed = done.returncode == 0 and counts.get("tests", 0) > 0
    if not passed:
        say(done.stdout)
    skipped = counts.get("tests", 0) - counts.get("pass", 0) - counts.get("fail", 0)
    return passed, f"{counts.get('pass', 0):4} passed  {skipped:4} skipped  {counts.get('fail', 0):4} failed"


def python(scripts):
    """Run pytest, whose summary, with the line `scripts`, closes the output; return whether none failed."""
    say("Running the Python tests, those in browsers and with real servers among them.")
    # Never the folder of the site that may be running here.
    with tempfile.TemporaryDirectory(prefix="chatsite-tests-") as folder:
        surroundings = {"DATA_DIR": folder, "PATH": system.SEARCH, "JAVASCRIPT_TESTS": scripts}
        return attempt(environment.PYTHON, "-m", "pytest", "-q", env=surroundings).returncode == 0


def main():
    """Install, run, and exit with 1 when anything failed."""
    environment.prepare("requirements-dev.txt")
    system.prepare()
    scripts_passed, scripts = javascript()
    raise SystemExit(not (python(scripts) and scripts_passed))


if __name__ == "__main__":
    script(main)
