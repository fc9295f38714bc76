"""Whether the process lives, and whether it can serve: for supervisors, proxies and load balancers."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


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
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable", "unknown"
    return "ok", "missing" if waiting else "ok"


def _layer() -> str:
    layer = get_channel_layer()
    if layer is None or "InMemory" in type(layer).__name__:
        return "ok"
    try:
        async_to_sync(layer.group_send)("hub.0", {"type": "hub.probe"})
    except Exception:
        return "degraded"
    return "ok"
