"""Whether the process lives, and whether it can serve: for supervisors, proxies and load balancers."""

import asyncio

from asgiref.sync import async_to_sync
from channels.layers import BaseChannelLayer, get_channel_layer
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.hub import PUBLISH_TIMEOUT_SECONDS

_migrated: set[str] = set()
"""The databases that were seen with every migration; the code a process runs cannot ask for more of them later."""


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process can answer at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, migrations and layer are in order, else 503; the body tells each.

    A layer that is away is "degraded", not down: messages are still stored and reach everyone by position.
    """
    database, migrations = _database()
    report = {"database": database, "migrations": migrations, "layer": _layer()}
    return JsonResponse(report, status=200 if database == migrations == "ok" else 503)


def _database() -> tuple[str, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok", "ok" if _is_migrated() else "missing"
    except DatabaseError:
        return "unreachable", "unknown"


def _is_migrated() -> bool:
    """Return whether every migration is applied; it reads them all, so only until it is so."""
    name = str(connection.settings_dict["NAME"])
    if name not in _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.add(name)
    return True


def _layer() -> str:
    layer = get_channel_layer()
    if layer is None or "InMemory" in type(layer).__name__:
        return "ok"
    try:
        async_to_sync(_probe)(layer)
    except Exception:
        return "degraded"
    return "ok"


async def _probe(layer: BaseChannelLayer) -> None:
    """Have the layer take a frame. Raises TimeoutError for one that hangs: whoever asks waits for no answer."""
    await asyncio.wait_for(layer.group_send("hub.0", {"type": "hub.probe"}), PUBLISH_TIMEOUT_SECONDS)
