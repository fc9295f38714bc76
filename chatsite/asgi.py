"""The site as one ASGI application: static files, pages and the socket."""

import os
from collections.abc import Iterator

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.asgi import get_asgi_application
from servestatic import ServeStaticASGI

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
pages = get_asgi_application()

# It imports models, which can be imported only from here on.
from chat.routing import websocket_application  # noqa: E402


class FoundStaticFiles(ServeStaticASGI):
    """Static files straight from the apps' folders: for DEBUG, and where nothing has been collected."""

    def candidate_paths_for_url(self, url: str) -> Iterator[str]:
        """Yield the file the finders know for `url`, such as `/static/chat/js/main.js`."""
        name = url.removeprefix(settings.STATIC_URL)
        if name != url and (path := finders.find(name)):
            yield path


def with_static_files(application: ASGI3Application) -> ASGI3Application:
    """Return `application` with the static files served in front of it; hashed ones never change."""
    if settings.DEBUG or not getattr(staticfiles_storage, "hashed_files", None):
        return FoundStaticFiles(application, autorefresh=True, max_age=0, allow_all_origins=False)
    folder, prefix = settings.STATIC_ROOT, settings.STATIC_URL
    return ServeStaticASGI(application, root=folder, prefix=prefix, allow_all_origins=False)


protocols = ProtocolTypeRouter({"http": with_static_files(pages), "websocket": websocket_application})


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Serve one connection. No client chooses where the site is mounted (daphne takes that from a header)."""
    await protocols({**scope, "root_path": ""}, receive, send)
