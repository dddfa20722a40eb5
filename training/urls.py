"""Addresses of the training app; each part has a block of its own."""

from django.urls import URLPattern, URLResolver, path

from training.views import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("a/<slug:slug>/training/", home.training, name="training"),
    # library
    # courses and roster
    # sessions, registrations, scholarships
    # attendance, tests, evaluations
    # certificates
    # needs
    # technical assistance
    # peer learning
    # the year
]
