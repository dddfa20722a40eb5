"""Addresses of the training app; each part has a block of its own."""

from django.urls import URLPattern, URLResolver, path

from training.views import (
    attendance,
    certificates,
    home,
    learning,
    learning_papers,
    library,
    library_desk,
    my_registration,
    needs,
    needs_surveys,
    own_learning,
    public_certificates,
    public_works,
    registrations,
    scholarships,
    session_edit,
    sessions,
    training_plan,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("a/<slug:slug>/training/", home.training, name="training"),
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
    # courses and roster
    # sessions, registrations, scholarships
    path("a/<slug:slug>/training/sessions/", sessions.session_list, name="sessions"),
    path("a/<slug:slug>/training/sessions/year/<int:year>/", sessions.sessions_year, name="sessions_year"),
    path("a/<slug:slug>/training/sessions/new/", session_edit.session_new, name="session_new"),
    path("a/<slug:slug>/training/sessions/<uuid:pk>/", sessions.training_session, name="training_session"),
    path("a/<slug:slug>/training/sessions/<uuid:pk>/edit/", session_edit.session_edit, name="session_edit"),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/announce/",
        session_edit.session_announce,
        name="session_announce",
    ),
    path("a/<slug:slug>/training/sessions/<uuid:pk>/held/", session_edit.session_held, name="session_held"),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/cancel/",
        session_edit.session_cancel,
        name="session_cancel",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/materials/",
        session_edit.session_materials_page,
        name="session_materials",
    ),
    path("a/<slug:slug>/training/sessions/<uuid:pk>/session.ics", sessions.session_ics, name="session_ics"),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/people.<str:kind>",
        sessions.session_people_file,
        name="session_people_file",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/register/",
        registrations.session_register,
        name="session_register",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/approve/",
        registrations.session_approve,
        name="session_approve",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/scholarships/",
        scholarships.session_scholarships,
        name="session_scholarships",
    ),
    path("a/<slug:slug>/training/sessions/<uuid:pk>/money/", scholarships.session_money, name="session_money"),
    path("a/<slug:slug>/training/registrations/<uuid:pk>/", registrations.registration, name="registration"),
    path(
        "a/<slug:slug>/training/registrations/<uuid:pk>/replace/",
        registrations.registration_replace,
        name="registration_replace",
    ),
    path("a/<slug:slug>/training/scholarships/", scholarships.scholarship_list, name="scholarships"),
    path("a/<slug:slug>/training/scholarships/new/", scholarships.scholarship_new, name="scholarship_new"),
    path("a/<slug:slug>/training/scholarships/<uuid:pk>/", scholarships.scholarship, name="scholarship"),
    path(
        "a/<slug:slug>/training/scholarships/<uuid:pk>/edit/",
        scholarships.scholarship_edit,
        name="scholarship_edit",
    ),
    path("training/me/<str:token>/", my_registration.registration_link, name="registration_link"),
    path("training/registration/<uuid:pk>/", my_registration.my_registration, name="my_registration"),
    path(
        "training/registration/<uuid:pk>/leave/",
        my_registration.my_registration_leave,
        name="my_registration_leave",
    ),
    path(
        "training/registration/<uuid:pk>/session.ics",
        my_registration.my_registration_ics,
        name="my_registration_ics",
    ),
    path(
        "training/registration/<uuid:pk>/materials/<uuid:version>/",
        my_registration.my_material,
        name="my_material",
    ),
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
    path("a/<slug:slug>/training/certificates/", certificates.certificate_list, name="certificates"),
    path("a/<slug:slug>/training/certificates/<uuid:pk>/", certificates.certificate, name="certificate"),
    path(
        "a/<slug:slug>/training/certificates/<uuid:pk>/file/",
        certificates.certificate_file,
        name="certificate_file",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/certificates/",
        certificates.session_certificates,
        name="session_certificates",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/certificates/files/",
        certificates.session_certificate_files,
        name="session_certificate_files",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/certificates/files/<uuid:job>/",
        certificates.session_certificates_job,
        name="session_certificates_job",
    ),
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/certificates/files/<uuid:job>/archive/",
        certificates.session_certificates_archive,
        name="session_certificates_archive",
    ),
    path("certificates/", public_certificates.certificate_check, name="certificate_check"),
    path("certificates/<str:code>/", public_certificates.certificate_public, name="certificate_public"),
    # needs
    path("a/<slug:slug>/training/needs/", needs.needs, name="needs"),
    path("a/<slug:slug>/training/needs/propose/", needs.needs_propose, name="needs_propose"),
    path("a/<slug:slug>/training/needs/decide/", needs.needs_decide, name="needs_decide"),
    path("a/<slug:slug>/training/needs/new/", needs.need_new, name="need_new"),
    path("a/<slug:slug>/training/needs/file/<str:kind>/", needs.needs_file, name="needs_file"),
    path("a/<slug:slug>/training/needs/<uuid:pk>/", needs.need, name="need"),
    path("a/<slug:slug>/training/our-needs/", needs.our_needs, name="our_needs"),
    path("a/<slug:slug>/training/surveys/", needs_surveys.needs_surveys, name="needs_surveys"),
    path("a/<slug:slug>/training/surveys/new/", needs_surveys.needs_survey_edit, name="needs_survey_new"),
    path("a/<slug:slug>/training/surveys/<uuid:pk>/", needs_surveys.needs_survey, name="needs_survey"),
    path(
        "a/<slug:slug>/training/surveys/<uuid:pk>/edit/",
        needs_surveys.needs_survey_edit,
        name="needs_survey_edit",
    ),
    path(
        "a/<slug:slug>/training/surveys/<uuid:pk>/open/",
        needs_surveys.needs_survey_open,
        name="needs_survey_open",
    ),
    path(
        "a/<slug:slug>/training/surveys/<uuid:pk>/close/",
        needs_surveys.needs_survey_close,
        name="needs_survey_close",
    ),
    path(
        "a/<slug:slug>/training/surveys/<uuid:pk>/take/",
        needs_surveys.needs_survey_take,
        name="needs_survey_take",
    ),
    path(
        "a/<slug:slug>/training/surveys/<uuid:pk>/file/<str:kind>/",
        needs_surveys.needs_survey_file,
        name="needs_survey_file",
    ),
    path(
        "a/<slug:slug>/training/surveys/<uuid:pk>/reply/<uuid:institution>/",
        needs_surveys.needs_reply,
        name="needs_reply",
    ),
    path("a/<slug:slug>/training/plan/", training_plan.training_plan, name="training_plan"),
    path("a/<slug:slug>/training/plan/edit/", training_plan.training_plan_edit, name="training_plan_edit"),
    path(
        "a/<slug:slug>/training/plan/file/<str:kind>/",
        training_plan.training_plan_file,
        name="training_plan_file",
    ),
    # technical assistance
    # peer learning
    # the year
]
