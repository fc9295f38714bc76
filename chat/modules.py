"""The page's JavaScript modules: where each lies, what it imports, and all of them joined into one file.

Thirty small files are good to read and slow to fetch: over HTTP/1.1 a browser asks for six at a time, and on a line
with a round trip of 150 ms that alone takes a second. So a page that is not being worked on (no DEBUG) gets one file in
which each module is a function of its imports, in the order they need each other. This knows the few forms of `import`
and `export` that we and the vendored modules write, and refuses any other.
"""

import hashlib
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urljoin

from django.contrib.staticfiles import finders

VENDOR: Final = "chat/vendor"
OWN: Final = "chat/js"

NAMES: Final = r"\{([^}]*)\}"
FROM: Final = r"""\s*from\s*["']([^"']+)["'];?"""
START: Final = r"(?:^|(?<=[;}]))"
STATIC_IMPORT: Final = re.compile(
    r"""(?:^|;)\s*(?:import|export)\b(?:[^"'();]*?\bfrom)?\s*["']([^"']+)["']""", re.MULTILINE
)
IMPORT: Final = re.compile(rf"{START}import\s*{NAMES}{FROM}", re.MULTILINE)
EXPORT_FROM: Final = re.compile(rf"{START}export\s*{NAMES}{FROM}", re.MULTILINE)
EXPORT_LIST: Final = re.compile(rf"{START}export\s*{NAMES};?", re.MULTILINE)
EXPORT_DECLARED: Final = re.compile(r"^export\s+((?:async\s+)?(?:function\*?|class|const)\s+([\w$]+))", re.MULTILINE)
IMPORT_LATER: Final = re.compile(r"""\bimport\(["']([^"']+)["']\)""")
LEFT_OVER: Final = re.compile(rf"""{START}(?:import|export)\s*[\w{{*"'][^\n]{{0,80}}""", re.MULTILINE)
COMMENT: Final = re.compile(r"/\*\*(?:(?!@license|\*/).)*\*/|^[ \t]*//[^\n]*\n", re.DOTALL | re.MULTILINE)


class Joined(NamedTuple):
    """All modules of the page in one text, and a name that changes when it does."""

    text: str
    version: str


def located(name: str) -> Path:
    """Return where the static file or folder `name` lies. Raises FileNotFoundError when there is none."""
    found = finders.find(name)
    if not found:
        raise FileNotFoundError(f"There is no static file {name!r}.")
    return Path(found)


def packages() -> dict[str, str]:
    """Return each vendored module by the name it is imported by: `lit-html`, `lit-html/directives/repeat.js`."""
    named = {}
    vendor = located(VENDOR)
    for file in sorted(vendor.rglob("*.js")):
        path = file.relative_to(vendor)
        bare = path.parts[0] if path.stem == path.parts[0] and len(path.parts) == 2 else path.as_posix()
        named[bare] = f"{VENDOR}/{path.as_posix()}"
    return named


def own() -> list[str]:
    """Return the static names of our own modules."""
    base = located(OWN)
    return [f"{OWN}/{file.relative_to(base).as_posix()}" for file in sorted(base.rglob("*.js"))]


def resolve(name: str, specifier: str) -> str:
    """Return the static name of what the module `name` calls `specifier`. Raises KeyError for an unknown package."""
    return urljoin(name, specifier) if specifier.startswith(".") else packages()[specifier]


def needed_first(main: str) -> list[str]:
    """Return the static names of the module `main` and all it imports at once, nearest first."""
    found = [main]
    for name in found:  # grows while it is walked: breadth first
        text = located(name).read_text(encoding="utf-8")
        wanted = [resolve(name, specifier) for specifier in STATIC_IMPORT.findall(text)]
        found += [other for other in dict.fromkeys(wanted) if other not in found]
    return found


class _Joiner:
    """One joining: modules are added with what they need before them, so that the order of the text is right."""

    def __init__(self) -> None:
        self.variables: dict[str, str] = {}
        self.parts: list[str] = []
        self.later: list[str] = []

    def add(self, main: str) -> None:
        """Add `main`, what it imports, and then what it imports later. Raises CycleError for a circle of imports."""
        names = needed_first(main)
        graph = {name: needed_first(name)[1:] for name in names}
        for name in TopologicalSorter(graph).static_order():
            if name not in self.variables:
                self.variables[name] = f"module{len(self.variables)}"
                self.parts.append(self.wrapped(name))
        while self.later:
            self.add(self.later.pop())

    def wrapped(self, name: str) -> str:
        """Return the module `name` as a function that returns its exports."""
        exports: list[str] = []

        def given(match: re.Match[str]) -> str:
            return f"const {{{_renamed(match[1])}}} = {self.variables[resolve(name, match[2])]};"

        def passed_on(match: re.Match[str]) -> str:
            pairs = (each.split(" as ") for each in _listed(match[1]))
            source = self.variables[resolve(name, match[2])]
            exports.extend(f"{pair[-1]}: {source}.{pair[0]}" for pair in pairs)
            return ""

        def listed(match: re.Match[str]) -> str:
            exports.extend(": ".join(reversed(each.split(" as "))) for each in _listed(match[1]))
            return ""

        def declared(match: re.Match[str]) -> str:
            exports.append(match[2])
            return match[1]

        def later(match: re.Match[str]) -> str:
            self.later.append(resolve(name, match[1]))
            return f"Promise.resolve().then(() => joined[{str(self.later[-1])!r}]())"

        text = COMMENT.sub("", located(name).read_text(encoding="utf-8"))
        for pattern, replace in (
            (IMPORT, given),
            (EXPORT_FROM, passed_on),
            (EXPORT_LIST, listed),
            (EXPORT_DECLARED, declared),
            (IMPORT_LATER, later),
        ):
            text = pattern.sub(replace, text)
        if found := LEFT_OVER.search(text):
            raise ValueError(f"{name}: {found[0]!r} is written in a way that modules.py does not know")
        variable = self.variables[name]
        return (
            f"// {name}\nconst {variable} = (() => {{\n{text.strip()}\nreturn {{{', '.join(exports)}}};\n}})();\n"
            f"joined[{name!r}] = () => {variable};\n"
        )


def _listed(names: str) -> list[str]:
    return [each.strip() for each in names.split(",") if each.strip()]


def _renamed(names: str) -> str:
    return ", ".join(": ".join(each.split(" as ")) for each in _listed(names))


def join(main: str = f"{OWN}/main.js") -> Joined:
    """Join `main` and all it imports, at once or later. Raises ValueError for a form of import it does not know."""
    joiner = _Joiner()
    joiner.add(main)
    text = "const joined = {};\n" + "".join(joiner.parts)
    return Joined(text, hashlib.sha256(text.encode()).hexdigest()[:16])


joined = cache(join)
