"""Styles and modules of the page, put into the page itself: one round trip less."""

import re
from collections.abc import Iterator
from functools import cache
from json import dumps
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ALWAYS: Final = ("tokens", "base")
VENDOR: Final = "chat/vendor"
MODULES: Final = "chat/js"
STATIC_IMPORT: Final = re.compile(
    r"""(?:^|;)\s*(?:import|export)\b(?:[^"'();]*?\bfrom)?\s*["']([^"']+)["']""", re.MULTILINE
)
CSS_COMMENT: Final = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def located(name: str) -> Path:
    """Return where the static file or folder `name` lies. Raises TemplateSyntaxError when there is none."""
    found = finders.find(name)
    if not found:
        raise template.TemplateSyntaxError(f"There is no static file {name!r}.")
    return Path(found)


def styles(names: tuple[str, ...]) -> str:
    """Return tokens.css, base.css and `names` (without `.css`) as one text without comments."""
    wanted = dict.fromkeys((*ALWAYS, *names))
    texts = (located(f"chat/css/{name}.css").read_text(encoding="utf-8") for name in wanted)
    return CSS_COMMENT.sub("", "".join(texts))


def specifiers() -> dict[str, str]:
    """Return every name a module may be imported by, with its static name.

    Vendored packages go by the name of their package (`lit-html`, `lit-html/directives/repeat.js`), our own
    modules by the address their relative imports arrive at.
    """
    named = {}
    vendor = located(VENDOR)
    for file in sorted(vendor.rglob("*.js")):
        path = file.relative_to(vendor)
        bare = path.parts[0] if path.stem == path.parts[0] and len(path.parts) == 2 else path.as_posix()
        named[bare] = f"{VENDOR}/{path.as_posix()}"
    for folder in (VENDOR, MODULES):
        base = located(folder)
        for file in sorted(base.rglob("*.js")):
            name = f"{folder}/{file.relative_to(base).as_posix()}"
            named[urljoin(settings.STATIC_URL, name)] = name
    return named


def import_map() -> dict[str, str]:
    """Return specifier → address. Addresses that lead to themselves (no hashed names) are left out."""
    pairs = ((specifier, staticfiles_storage.url(name)) for specifier, name in specifiers().items())
    return {specifier: address for specifier, address in pairs if specifier != address}


def imports_of(name: str, bare: dict[str, str]) -> Iterator[str]:
    """Yield the static names that the module `name` imports when it loads; `import()` is for later."""
    for specifier in STATIC_IMPORT.findall(located(name).read_text(encoding="utf-8")):
        if specifier.startswith("."):
            yield urljoin(name, specifier)
        elif specifier in bare:
            yield bare[specifier]


def needed_first(main: str) -> list[str]:
    """Return the static names of the module `main` and all it imports, nearest first."""
    bare = specifiers()
    found = [f"{MODULES}/{main}.js"]
    for name in found:  # grows while it is walked: breadth first
        found += [other for other in dict.fromkeys(imports_of(name, bare)) if other not in found]
    return found


def modules(main: str) -> tuple[str, list[str]]:
    """Return the import map as JSON and the addresses of `main` and what it needs, in this order."""
    return dumps({"imports": import_map()}), [staticfiles_storage.url(name) for name in needed_first(main)]


kept_styles = cache(styles)
kept_modules = cache(modules)


def nonce(context: template.Context) -> str:
    """Return the CSP nonce of the request in `context`; empty without the middleware that makes one."""
    return str(getattr(context.get("request"), "csp_nonce", ""))


@register.simple_tag(takes_context=True)
def chat_styles(context: template.Context, *names: str) -> SafeString:
    """Print one `<style>` with the tokens, the base and each css file named. Kept in memory unless DEBUG."""
    text = styles(names) if settings.DEBUG else kept_styles(names)
    return format_html('<style nonce="{}">{}</style>', nonce(context), trusted(text))


@register.simple_tag(takes_context=True)
def chat_modules(context: template.Context, main: str = "main") -> SafeString:
    """Print the import map, the preloads of what the first paint needs, and the script js/`main`.js."""
    mapping, addresses = modules(main) if settings.DEBUG else kept_modules(main)
    key = nonce(context)
    preloads = ((address, key) for address in addresses[1:])
    return format_html(
        '<script type="importmap" nonce="{key}">{mapping}</script>{preloads}'
        '<script type="module" src="{main}" nonce="{key}"></script>',
        key=key,
        mapping=trusted(mapping),
        preloads=format_html_join("", '<link rel="modulepreload" href="{}" nonce="{}">', preloads),
        main=addresses[0],
    )


def trusted(text: str) -> SafeString:
    """Mark text of our own static files as safe: nobody's input reaches it."""
    return mark_safe(text)
