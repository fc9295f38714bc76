"""A long list, a page at a time."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

ROWS_PER_PAGE = 50
_MAX_DIGITS = 6

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of a page, and the numbers of the pages beside it."""

    rows: list[Row]
    number: int
    earlier: int | None
    further: int | None


def page_of(request: HttpRequest, rows: "QuerySet[Row]") -> "Page[Row]":
    """Return the page of `rows` that the address asks for as `page`; the first when that is no number."""
    asked = request.GET.get("page", "")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) <= _MAX_DIGITS else 1
    start = (number - 1) * ROWS_PER_PAGE
    found = list(rows[start : start + ROWS_PER_PAGE + 1])
    more = len(found) > ROWS_PER_PAGE
    return Page(found[:ROWS_PER_PAGE], number, number - 1 if number > 1 else None, number + 1 if more else None)
