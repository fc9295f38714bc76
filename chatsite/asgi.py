"""The site as one ASGI application: static files, pages and the socket."""

import os
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.asgi import get_asgi_application
from servestatic import ServeStaticASGI

from chatsite import one_process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
pages = get_asgi_application()

if not settings.REDIS_URL:
    try:
        one_process.hold(settings.DATA_DIR)
    except one_process.AlreadyServed as error:
        # A sentence instead of a traceback: whatever server loads this module ends here.
        raise SystemExit(str(error)) from None

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

# It imports models, which can be imported only from here on.
from chat.routing import websocket_application  # noqa: E402


class FoundStaticFiles(ServeStaticASGI):
    """Static files straight from the apps' folders: for DEBUG, and where nothing has been collected."""

    def candidate_paths_for_url(self, url: str) -> Iterator[str]:
        """Yield the file the finders know for `url`, such as `/static/chat/js/main.js`."""
        name = url.removeprefix(settings.STATIC_URL)
        if name != url and (path := finders.find(name)):
            yield path


def with_static_files(application: Application) -> Application:
    """Return `application` with the static files served in front of it; hashed ones never change."""
    if settings.DEBUG or not getattr(staticfiles_storage, "hashed_files", None):
        found: Application = FoundStaticFiles(application, autorefresh=True, max_age=0, allow_all_origins=False)
        return found
    folder, prefix = settings.STATIC_ROOT, settings.STATIC_URL
    served: Application = ServeStaticASGI(application, root=folder, prefix=prefix, allow_all_origins=False)
    return served


protocols = ProtocolTypeRouter({"http": with_static_files(pages), "websocket": websocket_application})


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve one connection. No client chooses where the site is mounted (daphne takes that from a header)."""
    await protocols({**scope, "root_path": ""}, receive, send)
