"""Styles and modules of the page, put into the page itself or in one request: round trips are what a page waits for."""

import re
from functools import cache
from json import dumps
from typing import Final

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from chat import modules

register = template.Library()

ALWAYS: Final = ("tokens", "base")
CSS_COMMENT: Final = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def styles(names: tuple[str, ...]) -> str:
    """Return tokens.css, base.css and `names` (without `.css`) as one text without comments."""
    wanted = dict.fromkeys((*ALWAYS, *names))
    texts = (modules.located(f"chat/css/{name}.css").read_text(encoding="utf-8") for name in wanted)
    return CSS_COMMENT.sub("", "".join(texts))


kept_styles = cache(styles)


def import_map() -> dict[str, str]:
    """Return the address of each package by the name our modules import it by."""
    return {bare: staticfiles_storage.url(name) for bare, name in modules.packages().items()}


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
    """Print the script that starts the page: all modules in one file, or under DEBUG js/`main`.js as it is written."""
    if settings.DEBUG:
        return separate_modules(context, main)
    address = reverse("chat:modules", args=[modules.joined().version])
    return format_html('<script type="module" src="{}" nonce="{}"></script>', address, nonce(context))


def separate_modules(context: template.Context, main: str) -> SafeString:
    """Print the import map, the preloads of what the first paint needs, and the script js/`main`.js."""
    key = nonce(context)
    addresses = [staticfiles_storage.url(name) for name in modules.needed_first(f"{modules.OWN}/{main}.js")]
    preloads = ((address, key) for address in addresses[1:])
    return format_html(
        '<script type="importmap" nonce="{key}">{mapping}</script>{preloads}'
        '<script type="module" src="{main}" nonce="{key}"></script>',
        key=key,
        mapping=trusted(dumps({"imports": import_map()})),
        preloads=format_html_join("", '<link rel="modulepreload" href="{}" nonce="{}">', preloads),
        main=addresses[0],
    )


def trusted(text: str) -> SafeString:
    """Mark text of our own static files as safe: nobody's input reaches it."""
    return mark_safe(text)
