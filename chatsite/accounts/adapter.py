"""What django-allauth asks the site: may one sign up, what do errors say, which messages are shown."""

from typing import Any, Final

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chatsite.accounts import services
from chatsite.accounts.models import Site, User

log = structlog.get_logger(__name__)

SAID: Final = frozenset({"account/messages/password_changed.txt", "account/messages/password_set.txt"})


class Adapter(DefaultAccountAdapter):
    """Our answers."""

    error_messages: Final = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail or password is wrong."),
        "email_taken": _("This e-mail already has an account. Sign in instead."),
        "enter_current_password": _("The current password is wrong."),
        "too_many_login_attempts": _("Too many attempts. Try again in five minutes."),
        "rate_limited": _("Too many attempts. Try again in a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell whether anyone may sign up without a link. The page behind a join link asks the link."""
        return services.has_owner() and services.the_site().sign_up == Site.SignUp.OPEN

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Give an account from the command line its person before it enters."""
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if response is None:
            services.person_of(user)
        return response

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Keep the few messages that no page says by itself."""
        if message_template in SAID:
            super().add_message(request, level, message_template, *args, **kwargs)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the profile, which says that the password is changed."""
        return reverse("account_profile")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail that names the site as its owner did. A mail server that fails stops nobody from coming in."""
        try:
            super().send_mail(template_prefix, email, {**context, "chat_name": services.the_site().name})
        except OSError:
            log.exception("mail not sent", kind=template_prefix)
