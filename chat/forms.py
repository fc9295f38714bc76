"""The forms about rooms. What a text must be is said by `chat.text`, here and in the services alike."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chat import access, protocol, text
from chat.models import Membership, Person, Room
from chat.protocol import Refused


class RoomForm(forms.Form):
    """A room's name and topic."""

    name = forms.CharField(
        label=_("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "maxlength": protocol.MAX_NAME_CHARACTERS}),
        error_messages={"required": _("Give the room a name.")},
    )
    topic = forms.CharField(
        label=_("Topic"),
        required=False,
        help_text=_("One line that says what the room is for."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "dir": "auto", "maxlength": protocol.MAX_TOPIC_CHARACTERS}
        ),
    )

    def clean_name(self) -> str:
        """Return the name on one line."""
        return _said(text.room_name, self.cleaned_data["name"])

    def clean_topic(self) -> str:
        """Return the topic on one line."""
        return _said(text.topic, self.cleaned_data["topic"])


class NewRoomForm(RoomForm):
    """A room to be made. Only a site's owner is asked whether it is for everyone."""

    KINDS = (
        (Room.Kind.OPEN.value, _("Open")),
        (Room.Kind.PRIVATE.value, _("Private")),
    )
    MEANINGS = {
        Room.Kind.OPEN.value: _("Everyone here can find it, read it and join."),
        Room.Kind.PRIVATE.value: _("Only people who are added know that it exists."),
    }

    kind = forms.ChoiceField(
        label=_("Who can see it"), choices=KINDS, initial=Room.Kind.OPEN.value, widget=forms.RadioSelect
    )
    everyone = forms.BooleanField(
        label=_("For everyone"),
        required=False,
        help_text=_("All who are here are in it, and all who come. Nobody leaves it."),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not access.is_site_owner(person):
            del self.fields["everyone"]

    def clean(self) -> dict[str, Any]:
        """Refuse a private room for everyone."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("everyone") and cleaned.get("kind") == Room.Kind.PRIVATE:
            self.add_error("everyone", _("A room for everyone is open."))
        return cleaned

    def kinds(self) -> list[tuple[str, Any, Any, bool]]:
        """Return (value, name, what it means, whether it is chosen) of each kind."""
        chosen = self["kind"].value()
        return [(value, name, self.MEANINGS[value], value == chosen) for value, name in self.KINDS]


class RoleForm(forms.Form):
    """What a member may do."""

    role = forms.ChoiceField(choices=Membership.Role)


def _said(clean: Callable[[str], str], value: str) -> str:
    """Return `clean(value)`, one of `chat.text`'s. Raises ValidationError with the chat's own sentence."""
    try:
        return clean(value)
    except Refused as refusal:
        raise ValidationError(refusal.detail) from None
