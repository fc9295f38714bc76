"""The addresses of accounts and of the site's owners. What is not named here is not offered."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
