"""The ways in: the set-up page, sign-up with and without a join link, sign-in links."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from allauth.account import views as allauth_views
from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.account.utils import setup_user_email
from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django.views.generic.edit import FormView

from chat.models import Room
from chat.protocol import Refused
from chatsite.accounts import services, setup
from chatsite.accounts.forms import SetPasswordForm, SetUpForm
from chatsite.accounts.models import JoinLink, User

View = Callable[..., HttpResponseBase]

HOME: Final = "/"
# Until when this browser may choose a new password without the old one: seconds since 1970.
MAY_SET_PASSWORD_UNTIL: Final = "may_set_password_until"


def once_owned(view: View) -> View:
    """Until the site has an owner, say on the page where to find the link that makes one."""

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if services.has_owner():
            return view(request, *args, **kwargs)
        return render(request, "account/no_owner.html")

    return gate


def enter(request: HttpRequest, user: User) -> HttpResponse:
    """Sign `user` in by the same way as a login form does, and return allauth's answer."""
    flows.logout.logout(request, show_message=False)
    answer: HttpResponse = flows.login.perform_login(request, Login(user=user, email_verification="none"))
    return answer


@never_cache
@sensitive_post_parameters("password1")
@rate_limit(action="set_up")
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Make the site's owner, once."""
    if services.has_owner():
        return redirect("account_login")
    if not setup.fits(token):
        return render(request, "account/no_owner.html", {"wrong_link": True}, status=404)
    form = SetUpForm(request.POST or None)
    if form.is_valid() and (room := _claim(request, token, form)):
        return redirect("chat:room", room.pk)
    return render(request, "account/set_up.html", {"form": form})


def _claim(request: HttpRequest, token: str, form: SetUpForm) -> Room | None:
    """Make the owner from a valid form and sign them in. Return the first room, or None when refused."""
    data = form.cleaned_data
    try:
        owner, room = setup.claim(
            token,
            site_name=data["site_name"],
            name=data["name"],
            email=data["email"],
            password=data["password1"],
            now=timezone.now(),
        )
    except setup.AlreadySetUp:
        form.add_error(None, gettext("Somebody else has just set this site up."))
        return None
    except (IntegrityError, Refused):
        form.add_error("email", gettext("This e-mail already has an account."))
        return None
    setup_user_email(request, owner, [])
    enter(request, owner)
    return room


class SignUpView(allauth_views.SignupView):
    """Sign-up without a link, where the site's policy is open."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Make the account. A link may end, and an address be taken, between the check and the write."""
        try:
            answer: HttpResponse = super().form_valid(form)
        except services.NotAdmitted:
            return self.closed()
        except IntegrityError:
            form.add_error("email", gettext("This e-mail already has an account. Sign in instead."))
            answer = self.form_invalid(form)
        return answer

    def closed(self) -> HttpResponse:
        """Say that nobody new comes in this way."""
        context = {"by_link": "token" in self.kwargs}
        return render(self.request, "account/signup_closed.html", context, status=403)


class JoinView(SignUpView):
    """Sign-up by a join link. It stays in the address, so that a reload or a closed tab costs nothing."""

    link: JoinLink | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Look the link up. (allauth leads who is signed in straight to the site.)"""
        self.link = services.usable_join_link(kwargs["token"], timezone.now())
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def is_open(self) -> bool:
        """Tell whether the link admits someone."""
        return self.link is not None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add who invites."""
        person = getattr(self.link and self.link.made_by, "person", None)
        return {**super().get_context_data(**kwargs), "inviter": person}


@never_cache
@rate_limit(action="sign_in_link")
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by a link from an owner. Opening does not spend it, since previews of links open them, too."""
    now = timezone.now()
    link = services.sign_in_link(token, now)
    if link is None:
        return render(request, "account/sign_in_link_ended.html", status=404)
    if request.method == "GET":
        return render(request, "account/sign_in_link.html", {"person": services.person_of(link.user)})
    try:
        user = services.use_sign_in_link(token, now)
    except services.NotAdmitted:
        return render(request, "account/sign_in_link_ended.html", status=404)
    enter(request, user)
    request.session[MAY_SET_PASSWORD_UNTIL] = link.expires_at.timestamp()
    return redirect("account_set_password")


@method_decorator([login_required, rate_limit(action="change_password"), never_cache], name="dispatch")
@method_decorator(sensitive_post_parameters("password1"), name="dispatch")
class SetPasswordView(FormView):  # type: ignore[type-arg]
    """A new password without the old one: after a sign-in link, or for an account that has none."""

    form_class = SetPasswordForm
    template_name = "account/password_set.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send everyone else to the page that asks for the old password."""
        until = request.session.get(MAY_SET_PASSWORD_UNTIL, 0)
        user = cast(User, request.user)
        if user.has_usable_password() and until < timezone.now().timestamp():
            return redirect("account_change_password")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add whose password it is, which the check of its strength needs."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        """Keep the password, end the account's other sessions, stay signed in here."""
        form.save()
        flows.password_change.finalize_password_set(self.request, form.user)
        self.request.session.pop(MAY_SET_PASSWORD_UNTIL, None)
        return redirect(HOME)


@once_owned
def ask_an_owner(request: HttpRequest) -> HttpResponse:
    """Stand where "forgot password" would be, on a site that sends no mail."""
    return render(request, "account/ask_an_owner.html")
