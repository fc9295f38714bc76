"""What people wrote, and when, as pages show it."""

import re
from datetime import datetime
from typing import Final

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext

register = template.Library()

_HAN: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA: Final = re.compile("[\u3040-\u30ff]")
_NOW_SECONDS: Final = 60


@register.filter
def written(text: str) -> SafeString:
    """Return the attributes of an element that holds `text`: its direction, and Chinese where it is Chinese.

    Fonts, line height and a screen reader's voice follow the text, not the page's language.
    """
    chinese = bool(_HAN.search(text)) and not _KANA.search(text)
    return SafeString(' dir="auto" lang="zh-Hans"' if chinese else ' dir="auto"')


@register.filter
def ago(moment: datetime) -> str:
    """Return how long ago `moment` was, by its largest unit: a page does not know its reader's clock."""
    now = timezone.now()
    if (now - moment).total_seconds() < _NOW_SECONDS:
        return gettext("just now")
    return gettext("%(time)s ago") % {"time": timesince(moment, now, depth=1)}


@register.filter
def until(moment: datetime) -> str:
    """Return how long it is until `moment`, by its largest unit, as `ago` does for what is past."""
    return timeuntil(moment, timezone.now(), depth=1)
