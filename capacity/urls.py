"""Addresses of the capacity app; each part has a block of its own."""

from django.urls import URLPattern, URLResolver, path

from capacity.views import overview

urlpatterns: list[URLPattern | URLResolver] = [
    path("a/<slug:slug>/capacity/", overview.capacity, name="capacity"),
]
