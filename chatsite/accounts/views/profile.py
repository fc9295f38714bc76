"""One's own account: name, handle, language, password, the way out."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat.protocol import Refused
from chat.services import people
from chatsite.accounts import services
from chatsite.accounts.forms import ProfileForm
from chatsite.accounts.views import SignedInRequest


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Show and change what others see of oneself."""
    person = services.person_of(request.user)
    form = ProfileForm(request.POST or None, initial={"name": person.name, "handle": person.handle})
    if form.is_valid():
        try:
            people.rename(person, **form.cleaned_data)
        except Refused:
            form.add_error("handle", gettext("Somebody else has this handle."))
        else:
            return redirect("account_profile")
    return render(request, "account/profile.html", {"form": form})
