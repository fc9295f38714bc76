"""Print the one-time link to the set-up page."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from chatsite import env
from chatsite.accounts import setup


class Command(BaseCommand):
    """Print the set-up link for each address of the site; once it has an owner, the addresses alone."""

    help = "Print the addresses of the site and, until it has an owner, the one-time link that makes one."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read HOST, PORT and PUBLIC_URL as the server does."""
        token = setup.token()
        path = reverse("set_up", args=[token]) if token else "/"
        if token:
            self.stdout.write("This site has no owner yet. Open this link once to set it up:")
        else:
            self.stdout.write("The site answers at:")
        for address in env.addresses(settings.HOST, settings.PORT, settings.PUBLIC_URL):
            self.stdout.write(f"  {address}{path}")
