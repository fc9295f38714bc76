"""The chat's addresses. Mount them at the root: the page's own links begin there."""

from django.urls import path

from chat.views import gallery, health, rooms

app_name = "chat"
urlpatterns = [
    path("", rooms.home, name="home"),
    path("rooms/<int:room_id>/", rooms.room, name="room"),
    path("rooms/<int:room_id>/opening/", rooms.opening, name="room_opening"),
    path("rooms/<int:room_id>/plain/", rooms.plain, name="room_plain"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
