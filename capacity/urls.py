"""Addresses of the capacity app; each part has a block of its own."""

from django.urls import URLPattern, URLResolver, path

from capacity.views import frameworks, overview

urlpatterns: list[URLPattern | URLResolver] = [
    path("a/<slug:slug>/capacity/", overview.capacity, name="capacity"),
    # frameworks
    path("a/<slug:slug>/capacity/frameworks/", frameworks.framework_list, name="capacity_frameworks"),
    path(
        "a/<slug:slug>/capacity/frameworks/<uuid:version>/",
        frameworks.framework_version,
        name="capacity_framework",
    ),
]
