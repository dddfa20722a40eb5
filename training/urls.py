"""Addresses of the training app; each part has a block of its own."""

from django.urls import URLPattern, URLResolver, path

from training.views import (
    attendance,
    home,
    learning,
    learning_papers,
    own_learning,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("a/<slug:slug>/training/", home.training, name="training"),
    # library
    # courses and roster
    # sessions, registrations, scholarships
    # attendance, tests, evaluations
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/attendance/",
        attendance.session_attendance,
        name="session_attendance",
    ),
    path(
        "training/teaching/<uuid:pk>/<uuid:session>/attendance/",
        attendance.teaching_attendance,
        name="teaching_attendance",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/papers/",
        learning_papers.session_paper,
        name="session_paper",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/papers/<uuid:job>/",
        learning_papers.session_paper_job,
        name="session_paper_job",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/papers/<uuid:job>/file/",
        learning_papers.session_paper_file,
        name="session_paper_file",
    ),
    path("a/<slug:slug>/training/sessions/<uuid:pk>/tests/", learning.session_tests, name="session_tests"),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/tests/<uuid:registration>/<slug:stage>/",
        learning.session_test_key,
        name="session_test_key",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/results/",
        learning.session_results,
        name="session_results",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/results/file/",
        learning.session_results_file,
        name="session_results_file",
    ),
    path(
        "training/teaching/<uuid:pk>/<uuid:session>/results/",
        learning.teaching_results,
        name="teaching_results",
    ),
    path("a/<slug:slug>/training/courses/<uuid:pk>/results/", learning.course_results, name="course_results"),
    path(
        "a/<slug:slug>/training/courses/<uuid:pk>/results/file/",
        learning.course_results_file,
        name="course_results_file",
    ),
    path("training/registration/<uuid:pk>/test/<slug:stage>/", own_learning.my_test, name="my_test"),
    path(
        "training/registration/<uuid:pk>/evaluation/<slug:stage>/",
        own_learning.my_evaluation,
        name="my_evaluation",
    ),
    # certificates
    # needs
    # technical assistance
    # peer learning
    # the year
]
