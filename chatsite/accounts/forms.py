"""The forms of the entrance and of the owner pages. Fields carry labels above them and no placeholders."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from allauth.account import forms as allauth_forms
from allauth.account.utils import setup_user_email
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat import text
from chat.protocol import MAX_NAME_CHARACTERS, Refused
from chatsite.accounts import services
from chatsite.accounts.models import Site, User

LABELS: Final = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Current password"),
    "password1": _("New password"),
}
PASSWORD_HELP: Final = _("At least 8 characters.")

LIFETIMES: Final = {"1": timedelta(days=1), "7": timedelta(days=7), "30": timedelta(days=30), "": None}
USES: Final = {"1": 1, "10": 10, "50": 50, "": None}


def said_by_the_chat(clean: Callable[[str], str], value: str) -> str:
    """Return `clean(value)`, one of `chat.text`'s. Raises ValidationError with the chat's own sentence."""
    try:
        return clean(value)
    except Refused as refused:
        raise ValidationError(refused.detail) from None


class Plain:
    """Labels in our words, no placeholders, and each password asked for once (it can be shown)."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name in LABELS.keys() & self.fields.keys():
            field = self.fields[name]
            field.label = LABELS[name]
            field.help_text = PASSWORD_HELP if name == "password1" else ""
            field.widget.attrs.pop("placeholder", None)


class SignInForm(Plain, allauth_forms.LoginForm):
    """E-mail and password."""


class SignUpForm(Plain, allauth_forms.SignupForm):
    """Name, e-mail and password."""

    field_order = ("name", "email", "password1")
    name = forms.CharField(
        label=_("Your name"),
        help_text=_("What others see. You can change it."),
        max_length=MAX_NAME_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = LABELS["password"]

    def clean_name(self) -> str:
        """Return the name as the chat keeps it."""
        return said_by_the_chat(text.person_name, self.cleaned_data["name"])

    def save(self, request: HttpRequest) -> User:
        """Make the account by the join link in the address, if any. Raises what `make_account` does."""
        match = request.resolver_match
        user = services.make_account(
            email=self.cleaned_data["email"],
            password=self.cleaned_data["password1"],
            name=self.cleaned_data["name"],
            token=match.kwargs.get("token") if match else None,
        )
        setup_user_email(request, user, [])
        return user


class ChangePasswordForm(Plain, allauth_forms.ChangePasswordForm):
    """The current password and a new one."""


class SetPasswordForm(Plain, allauth_forms.SetPasswordForm):
    """A new password, for who came in by a sign-in link."""


class ResetPasswordForm(Plain, allauth_forms.ResetPasswordForm):
    """The e-mail address that a link to a new password is sent to."""


class ResetPasswordKeyForm(Plain, allauth_forms.ResetPasswordKeyForm):
    """A new password, for who came by that link."""


class SetUpForm(forms.Form):
    """The site's name and its first owner."""

    site_name = forms.CharField(label=_("Name of the site"), max_length=Site._meta.get_field("name").max_length)
    name = forms.CharField(
        label=_("Your name"),
        max_length=MAX_NAME_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(label=LABELS["email"], widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password1 = forms.CharField(
        label=LABELS["password"],
        strip=False,
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_name(self) -> str:
        """Return the name as the chat keeps it."""
        return said_by_the_chat(text.person_name, self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Check the password, also against the e-mail address."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if password := cleaned.get("password1"):
            try:
                password_validation.validate_password(password, User(email=cleaned.get("email", "")))
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]
    """What owners decide for the whole site."""

    class Meta:
        model = Site
        fields = ("name", "sign_up")
        widgets = {"sign_up": forms.RadioSelect}
        labels = {"name": _("Name of the site"), "sign_up": _("Who may make an account")}


class JoinLinkForm(forms.Form):
    """How long and for how many people a join link is good."""

    lifetime = forms.ChoiceField(
        label=_("Valid for"),
        required=False,
        initial="7",
        choices=[("1", _("1 day")), ("7", _("7 days")), ("30", _("30 days")), ("", _("No end"))],
    )
    uses = forms.ChoiceField(
        label=_("For"),
        required=False,
        initial="",
        choices=[
            ("1", _("1 person")),
            ("10", _("10 people")),
            ("50", _("50 people")),
            ("", _("No limit")),
        ],
    )

    def clean_lifetime(self) -> timedelta | None:
        """Return the time the link is good for."""
        return LIFETIMES[self.cleaned_data["lifetime"]]

    def clean_uses(self) -> int | None:
        """Return the number of people the link is good for."""
        return USES[self.cleaned_data["uses"]]


class ProfileForm(forms.Form):
    """What a person is called."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=MAX_NAME_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    handle = forms.CharField(
        label=_("Handle"),
        help_text=_("How others mention you: @ and this word."),
        max_length=text.MAX_HANDLE_CHARACTERS + 1,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_name(self) -> str:
        """Return the name as the chat keeps it."""
        return said_by_the_chat(text.person_name, self.cleaned_data["name"])

    def clean_handle(self) -> str:
        """Return the handle as the chat keeps it."""
        return said_by_the_chat(text.handle, self.cleaned_data["handle"])
