"""Addresses of the reporting app."""

from django.urls import URLPattern, URLResolver, path

from reporting.views import catalogue, home, review, rounds

urlpatterns: list[URLPattern | URLResolver] = [
    # home, catalogue, rounds, submission and review
    path("a/<slug:slug>/", home.association_home, name="association_home"),
    path("a/<slug:slug>/catalogue/", catalogue.catalogue, name="catalogue"),
    path("a/<slug:slug>/catalogue/<uuid:version>/", catalogue.catalogue_version, name="catalogue_version"),
    path("a/<slug:slug>/catalogue/<uuid:version>/<slug:code>/", catalogue.indicator, name="indicator"),
    path("a/<slug:slug>/rounds/", rounds.round_list, name="rounds"),
    path("a/<slug:slug>/rounds/new/", rounds.round_new, name="round_new"),
    path("a/<slug:slug>/rounds/<slug:code>/", rounds.round_board, name="round_board"),
    path("a/<slug:slug>/rounds/<slug:code>/settings/", rounds.round_settings, name="round_settings"),
    path("a/<slug:slug>/returns/<uuid:pk>/submit/", review.return_submit, name="return_submit"),
    path("a/<slug:slug>/returns/<uuid:pk>/receipt/", review.return_receipt, name="return_receipt"),
    path("a/<slug:slug>/returns/<uuid:pk>/review/", review.return_review, name="return_review"),
    path("a/<slug:slug>/returns/<uuid:pk>/moves/", review.return_move, name="return_move"),
]
