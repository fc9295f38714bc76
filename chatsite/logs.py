"""Structured logs: text for who watches a terminal, otherwise JSON lines. What people say is never logged."""

import re
import sys
from typing import Any, Final

import structlog
from structlog.types import Processor, WrappedLogger

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

SECRET_ADDRESS: Final = re.compile(r"((?:/|%2F)(?:setup|join|sign-in)(?:/|%2F))[A-Za-z0-9_-]+", re.IGNORECASE)
"""An address that opens something for whoever reads it, also as the `next` of another."""


def shorten_secret_addresses(_logger: WrappedLogger, _name: str, line: str) -> str:
    """Return a written line without the tokens of set-up, join and sign-in links.

    It runs last, on the whole line: Django puts a request's address into the event, the request, the reason of a
    refused form, and a traceback may hold it.
    """
    return SECRET_ADDRESS.sub(r"\1…", line)


def configure(*, debug: bool) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING, so that both kinds of logger write through one."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    watched = sys.stderr.isatty()
    last: list[Processor] = (
        # Where `rich` is installed, the default shows the variables of each line: what people say.
        [structlog.dev.ConsoleRenderer(colors=watched, exception_formatter=structlog.dev.plain_traceback)]
        if debug or watched
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *last,
                    shorten_secret_addresses,  # type: ignore[list-item]
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Django's own handlers would write each line a second time.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            # `daphne.cli` says where it listens; that HTTP/2 is the proxy's work need not be said at each start.
            "daphne.server": {"level": "WARNING"},
            # One line per request is the proxy's work.
            "daphne.http_protocol": {"level": "WARNING"},
            "daphne.ws_protocol": {"level": "WARNING"},
        },
    }
