"""The first data of a page: who reads, their rooms, and the room that is open."""

from functools import cache
from typing import Any

from django import template
from django.apps import apps
from django.conf import settings
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation.trans_real import DjangoTranslation

from chat import access, conf, payloads, protocol
from chat.protocol import Refused

register = template.Library()

_ROOM, _PERSON = 999_999_999_999_001, 999_999_999_999_002
_URLS = {
    "home": ("chat:home", []),
    "directory": ("chat:directory", []),
    "create": ("chat:room_create", []),
    "people": ("chat:people", []),
    "room": ("chat:room", [_ROOM]),
    "opening": ("chat:room_opening", [_ROOM]),
    "settings": ("chat:room_settings", [_ROOM]),
    "members": ("chat:members", [_ROOM]),
    "join": ("chat:room_join", [_ROOM]),
    "leave": ("chat:room_leave", [_ROOM]),
    "direct": ("chat:direct", [_PERSON]),
    "health": ("chat:healthz", []),
    # The site's, where it has them.
    "profile": ("account_profile", []),
    "login": ("account_login", []),
    "logout": ("account_logout", []),
    "site": ("site_settings", []),
}


@register.simple_tag(takes_context=True)
def chat_boot(context: template.Context) -> SafeString:
    """Print the JSON that `main.js` begins with, as `<script id="boot">`; nothing for who is signed out."""
    request = context.get("request")
    try:
        person = access.person_of(request.user) if request is not None else None
    except Refused:
        person = None
    if request is None or person is None:
        return SafeString("")
    get_token(request)  # has the page's own requests find the token in its cookie
    boot: dict[str, Any] = {
        "protocol": protocol.PROTOCOL,
        "hello": payloads.hello(person),
        "room": context.get("opening"),
        "urls": _urls() | {"public": conf.text("CHAT_PUBLIC_URL")},
        "site": {"name": context.get("site_name") or "Chat"},
        "invitation": context.get("invitation"),
        "owner": access.is_site_owner(person),
        "language": get_language(),
        "words": _words(get_language() or settings.LANGUAGE_CODE),
        "debug": settings.DEBUG,
    }
    return json_script(boot, "boot")


@register.simple_tag
def chat_words() -> SafeString:
    """Print the page's own sentences in the current language, as `<script id="words">`."""
    return json_script(_words(get_language() or settings.LANGUAGE_CODE), "words")


@cache
def _urls() -> dict[str, str]:
    """Return the addresses that the page needs, with `{room}` and `{person}` where an id belongs."""
    found = {}
    for name, (view, arguments) in _URLS.items():
        try:
            address = reverse(view, args=arguments)
        except NoReverseMatch:
            continue
        found[name] = address.replace(str(_ROOM), "{room}").replace(str(_PERSON), "{person}")
    return found


@cache
def _words(language: str) -> dict[str, str | list[str]]:
    """Return the page's own sentences in `language`: by English text, plurals as a list of forms."""
    if language.startswith("en"):
        return {}
    folder = f"{apps.get_app_config('chat').path}/locale"
    catalog = DjangoTranslation(language, domain="djangojs", localedirs=[folder])._catalog  # type: ignore[attr-defined]
    words: dict[str, str | list[str]] = {}
    plurals: dict[str, dict[int, str]] = {}
    for catalog_part in getattr(catalog, "_catalogs", [catalog]):
        for key, text in dict(catalog_part).items():
            if isinstance(key, tuple):
                plurals.setdefault(key[0], {})[key[1]] = text
            elif key:
                words[key] = text
    return words | {key: [forms[number] for number in sorted(forms)] for key, forms in plurals.items()}
