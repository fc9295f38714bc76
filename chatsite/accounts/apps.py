"""Accounts, sign-up policy and owner pages of the site."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who may come in, and how."""

    name = "chatsite.accounts"
    label = "accounts"
    verbose_name = _("accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect django-allauth's signals."""
        from chatsite.accounts import receivers  # noqa: F401 (importing connects)
