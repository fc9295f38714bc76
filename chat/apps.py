"""The chat as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    """Mount it with `chat.urls` and `chat.routing`."""

    name = "chat"
    verbose_name = _("chat")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the sockets to the end of sessions, and register the system checks."""
        from chat import checks, receivers  # noqa: F401 (registering needs the loaded app)
