"""The addresses of accounts and of the site's owners. What is not named here is not offered."""

from allauth.account import views as allauth_views
from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import RedirectView

from chatsite.accounts.views import entrance, profile, site

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

owned = entrance.once_owned


class TokenConverter(StringConverter):
    """A token that a link could hold; PostgreSQL fails on a NUL in an address instead of finding nothing."""

    regex = "[A-Za-z0-9_-]{1,64}"


register_converter(TokenConverter, "token")

urlpatterns: list[URLPattern] = [
    path("setup/<token:token>/", entrance.set_up, name="set_up"),
    path("join/<token:token>/", owned(entrance.JoinView.as_view()), name="join"),
    path("sign-in/<token:token>/", owned(entrance.sign_in_link), name="sign_in_link"),
    path("accounts/login/", owned(allauth_views.login), name="account_login"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/inactive/", owned(allauth_views.account_inactive), name="account_inactive"),
    path("accounts/signup/", owned(entrance.SignUpView.as_view()), name="account_signup"),
    path("accounts/password/change/", allauth_views.password_change, name="account_change_password"),
    path("accounts/password/set/", entrance.SetPasswordView.as_view(), name="account_set_password"),
    path("accounts/profile/", profile.profile, name="account_profile"),
    path("site/", site.settings_page, name="site_settings"),
    path("site/links/", site.make_link, name="site_make_link"),
    path("site/links/<int:link_id>/revoke/", site.revoke_link, name="site_revoke_link"),
    path("site/people/", site.accounts, name="site_people"),
    path("site/people/<int:user_id>/sign-in-link/", site.offer_sign_in_link, name="site_sign_in_link"),
    path("site/people/<int:user_id>/<slug:change>/", site.change_account, name="site_change_account"),
    # The admin brings its own; one door is enough.
    path("admin/logout/", RedirectView.as_view(pattern_name="account_logout")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
]

mail_patterns: list[URLPattern] = [
    path("accounts/password/reset/", owned(allauth_views.password_reset), name="account_reset_password"),
    path("accounts/password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "accounts/confirm-email/",
        allauth_views.email_verification_sent,
        name="account_email_verification_sent",
    ),
    re_path(
        r"^accounts/confirm-email/(?P<key>[-:\w]+)/$",
        allauth_views.confirm_email,
        name="account_confirm_email",
    ),
]
mailless_patterns: list[URLPattern] = [
    path("accounts/password/reset/", entrance.ask_an_owner, name="account_reset_password"),
]
urlpatterns += mail_patterns if settings.EMAIL_URL else mailless_patterns
