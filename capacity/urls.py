"""Addresses of the capacity app; each part has a block of its own."""

from django.urls import URLPattern, URLResolver, path

from capacity.views import assessments, frameworks, overview, proofs, raters, rating

urlpatterns: list[URLPattern | URLResolver] = [
    path("a/<slug:slug>/capacity/", overview.capacity, name="capacity"),
    # frameworks
    path("a/<slug:slug>/capacity/frameworks/", frameworks.framework_list, name="capacity_frameworks"),
    path(
        "a/<slug:slug>/capacity/frameworks/<uuid:version>/",
        frameworks.framework_version,
        name="capacity_framework",
    ),
    # assessments and their raters
    path("a/<slug:slug>/capacity/assessments/", assessments.assessments, name="assessments"),
    path("a/<slug:slug>/capacity/assessments/new/", assessments.assessment_new, name="assessment_new"),
    path("a/<slug:slug>/capacity/assessments/<uuid:pk>/", assessments.assessment, name="assessment"),
    path(
        "a/<slug:slug>/capacity/assessments/<uuid:pk>/settings/",
        assessments.assessment_settings,
        name="assessment_settings",
    ),
    path("a/<slug:slug>/capacity/assessments/<uuid:pk>/raters/", raters.rater_invite, name="rater_invite"),
    path("a/<slug:slug>/capacity/raters/<uuid:pk>/change/", raters.rater_change, name="rater_change"),
    # the form of a rater: for staff, and by a personal link
    path("a/<slug:slug>/capacity/raters/<uuid:pk>/", rating.rating, name="rating"),
    path(
        "a/<slug:slug>/capacity/raters/<uuid:pk>/areas/<slug:area>/", rating.rating_area, name="rating_area"
    ),
    path("a/<slug:slug>/capacity/raters/<uuid:pk>/scores/", rating.rating_score, name="rating_score"),
    path(
        "a/<slug:slug>/capacity/raters/<uuid:pk>/evidence/<slug:item>/",
        proofs.rating_proofs,
        name="rating_proofs",
    ),
    path(
        "a/<slug:slug>/capacity/raters/<uuid:pk>/files/<uuid:proof>/", proofs.rating_file, name="rating_file"
    ),
    path("a/<slug:slug>/capacity/evidence/<uuid:pk>/", proofs.proof_file, name="proof_file"),
    path("capacity/rate/<str:token>/", rating.rater_link, name="rater_link"),
    path("capacity/rating/<uuid:pk>/", rating.rater_page, name="rater_page"),
    path("capacity/rating/<uuid:pk>/areas/<slug:area>/", rating.rater_area, name="rater_area"),
    path("capacity/rating/<uuid:pk>/scores/", rating.rater_score, name="rater_score"),
    path("capacity/rating/<uuid:pk>/evidence/<slug:item>/", proofs.rater_proofs, name="rater_proofs"),
    path("capacity/rating/<uuid:pk>/files/<uuid:proof>/", proofs.rater_file, name="rater_file"),
]
