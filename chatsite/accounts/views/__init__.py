"""The pages of the entrance, of the site's owners, and of one's own account."""

from django.http import HttpRequest

from chatsite.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request behind `login_required`, for the type checker: its user is an account."""

    user: User
