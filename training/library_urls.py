"""Addresses of the library, of works that anybody may read, and of peer learning."""

from django.urls import path

from training.views import library, library_desk, peer_learning, public_works

urlpatterns = [
    # library
    path("a/<slug:slug>/training/library/", library.library, name="library"),
    path("a/<slug:slug>/training/library/file/<str:kind>/", library.library_file, name="library_file"),
    path("a/<slug:slug>/training/library/new/", library.work_new, name="work_new"),
    path("a/<slug:slug>/training/library/toolkit/", library_desk.toolkit_load, name="toolkit_load"),
    path("a/<slug:slug>/training/library/upkeep/", library_desk.library_upkeep, name="library_upkeep"),
    path("a/<slug:slug>/training/library/uses/", library_desk.library_uses, name="library_uses"),
    path("a/<slug:slug>/training/library/<uuid:pk>/", library.work, name="work"),
    path("a/<slug:slug>/training/library/<uuid:pk>/edit/", library.work_edit, name="work_edit"),
    path("a/<slug:slug>/training/library/<uuid:pk>/away/", library.work_away, name="work_away"),
    path("a/<slug:slug>/training/library/<uuid:pk>/related/", library.work_related, name="work_related"),
    path(
        "a/<slug:slug>/training/library/<uuid:pk>/versions/new/",
        library.work_version_new,
        name="work_version_new",
    ),
    path(
        "a/<slug:slug>/training/library/<uuid:pk>/versions/<uuid:version>/",
        library.work_version,
        name="work_version",
    ),
    path(
        "a/<slug:slug>/training/library/<uuid:pk>/versions/<uuid:version>/file/",
        library.work_file,
        name="work_file",
    ),
    path("a/<slug:slug>/training/library/<uuid:pk>/uses/new/", library_desk.work_use, name="work_use_new"),
    path("a/<slug:slug>/training/library/<uuid:pk>/uses/<uuid:use>/", library_desk.work_use, name="work_use"),
    path("library/<slug:slug>/", public_works.public_library, name="public_library"),
    path("works/<uuid:pk>/", public_works.public_work, name="public_work"),
    path("works/<uuid:pk>/files/<uuid:version>/", public_works.public_work_file, name="public_work_file"),
    # peer learning
    path("a/<slug:slug>/training/peers/", peer_learning.learning_groups, name="learning_groups"),
    path("a/<slug:slug>/training/peers/new/", peer_learning.learning_group_new, name="learning_group_new"),
    path("a/<slug:slug>/training/peers/<uuid:pk>/", peer_learning.learning_group, name="learning_group"),
    path(
        "a/<slug:slug>/training/peers/<uuid:pk>/edit/",
        peer_learning.learning_group_edit,
        name="learning_group_edit",
    ),
    path(
        "a/<slug:slug>/training/peers/<uuid:pk>/members/",
        peer_learning.learning_group_member,
        name="learning_group_member",
    ),
    path(
        "a/<slug:slug>/training/peers/<uuid:pk>/members/<uuid:member>/end/",
        peer_learning.learning_group_member_end,
        name="learning_group_member_end",
    ),
    path(
        "a/<slug:slug>/training/peers/<uuid:pk>/meetings/new/",
        peer_learning.learning_group_meeting,
        name="learning_group_meeting_new",
    ),
    path(
        "a/<slug:slug>/training/peers/<uuid:pk>/meetings/<uuid:meeting>/",
        peer_learning.learning_group_meeting,
        name="learning_group_meeting",
    ),
    path(
        "a/<slug:slug>/training/peers/<uuid:pk>/end/",
        peer_learning.learning_group_end,
        name="learning_group_end",
    ),
]
