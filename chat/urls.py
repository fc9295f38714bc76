"""The chat's addresses. Mount them at the root: the page's own links begin there."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from chat.views import directory, gallery, health, members, modules, people, rooms, settings


class IdConverter(IntConverter):
    """An id that the database can hold; a longer number is no address."""

    regex = "[0-9]{1,16}"


register_converter(IdConverter, "id")

app_name = "chat"
urlpatterns = [
    path("", rooms.home, name="home"),
    path("rooms/", directory.directory, name="directory"),
    path("rooms/new/", directory.create, name="room_create"),
    path("rooms/<id:room_id>/", rooms.room, name="room"),
    path("rooms/<id:room_id>/opening/", rooms.opening, name="room_opening"),
    path("rooms/<id:room_id>/plain/", rooms.plain, name="room_plain"),
    path("rooms/<id:room_id>/settings/", settings.room_settings, name="room_settings"),
    path("rooms/<id:room_id>/archive/", settings.archive, name="room_archive"),
    path("rooms/<id:room_id>/restore/", settings.restore, name="room_restore"),
    path("rooms/<id:room_id>/join/", directory.join, name="room_join"),
    path("rooms/<id:room_id>/leave/", directory.leave, name="room_leave"),
    path("rooms/<id:room_id>/members/", members.members, name="members"),
    path("rooms/<id:room_id>/members/<id:other_id>/add/", members.add, name="member_add"),
    path("rooms/<id:room_id>/members/<id:other_id>/remove/", members.remove, name="member_remove"),
    path("rooms/<id:room_id>/members/<id:other_id>/role/", members.set_role, name="member_role"),
    path("people/", people.people, name="people"),
    path("people/<id:person_id>/direct/", people.direct, name="direct"),
    path("modules/<slug:version>.js", modules.joined, name="modules"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
