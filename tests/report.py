"""A pytest plugin: what kinds of tests ran. At the end one line for each kind, and each reason for skipping once.

A test's kind is the strongest of its marks: `browser`, `proxies`, `services`, `live`, `sockets`, else `unit`. What the
JavaScript tests said before, `make test` tells in JAVASCRIPT_TESTS.
"""

import os
from collections import Counter

KINDS = ("browser", "proxies", "services", "live", "sockets", "unit")


def pytest_configure(config):
    """Name the mark that this plugin adds to those of pyproject.toml."""
    config.addinivalue_line("markers", "sockets: drives the socket's application in this process")


def kind_of(keywords):
    """Return the kind of a test from its keywords, which hold its marks."""
    return next((kind for kind in KINDS if kind in keywords), "unit")


def counted(reports_by_outcome):
    """Return a Counter of (kind, outcome) and one of (kind, reason) for the skipped ones.

    A test counts as skipped, failed (also when its set-up or end fails) or passed, once.
    """
    outcomes, reasons, seen = Counter(), Counter(), set()
    for outcome, shown in (("failed", "failed"), ("error", "failed"), ("skipped", "skipped"), ("passed", "passed")):
        for report in reports_by_outcome.get(outcome, ()):
            if not hasattr(report, "keywords") or report.nodeid in seen:
                continue
            seen.add(report.nodeid)
            kind = kind_of(report.keywords)
            outcomes[kind, shown] += 1
            if shown == "skipped":
                reasons[kind, _reason(report)] += 1
    return outcomes, reasons


def pytest_terminal_summary(terminalreporter):
    """Write the lines."""
    outcomes, reasons = counted(terminalreporter.stats)
    if not outcomes:
        return
    terminalreporter.section("kinds of tests")
    for kind in reversed(KINDS):
        counts = [f"{outcomes[kind, each]:4} {each}" for each in ("passed", "skipped", "failed")]
        terminalreporter.write_line(f"{kind:<10}" + "  ".join(counts))
    if scripts := os.environ.get("JAVASCRIPT_TESTS"):
        terminalreporter.write_line(f"javascript{scripts}")
    for (kind, reason), times in sorted(reasons.items()):
        terminalreporter.write_line(f"{kind}: skipped {times}, because {reason}")


def _reason(report):
    return report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else "it says nothing"
