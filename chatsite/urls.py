"""Every address of the site: the owner's and account pages, the admin behind the same door, the chat."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

handler400 = "chatsite.errors.bad_request"
handler403 = "chatsite.errors.forbidden"
handler404 = "chatsite.errors.not_found"
handler429 = "chatsite.errors.too_many"
handler500 = "chatsite.errors.server_error"

urlpatterns = [
    path("language/", set_language, name="set_language"),
    path("", include("chatsite.accounts.urls")),
    path("admin/", admin.site.urls),
    path("", include("chat.urls")),
]
