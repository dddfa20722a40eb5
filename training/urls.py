"""Addresses of the training app; each part has a block of its own."""

from django.urls import URLPattern, URLResolver, include, path

from training.views import (
    attendance,
    certificates,
    course_tests,
    courses,
    home,
    learning,
    learning_papers,
    my_registration,
    needs,
    needs_surveys,
    own_learning,
    people,
    public_certificates,
    registrations,
    roster,
    scholarships,
    session_edit,
    sessions,
    teaching,
    training_plan,
    year,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("a/<slug:slug>/training/", home.training, name="training"),
    # library and peer learning
    path("", include("training.library_urls")),
    # courses and roster
    path("a/<slug:slug>/training/courses/", courses.courses, name="courses"),
    path("a/<slug:slug>/training/courses/new/", courses.course_new, name="course_new"),
    path("a/<slug:slug>/training/courses/load/", courses.courses_load, name="courses_load"),
    path("a/<slug:slug>/training/courses/<uuid:pk>/", courses.course, name="course"),
    path("a/<slug:slug>/training/courses/<uuid:pk>/edit/", courses.course_edit, name="course_edit"),
    path("a/<slug:slug>/training/courses/<uuid:pk>/archive/", courses.course_archive, name="course_archive"),
    path(
        "a/<slug:slug>/training/courses/<uuid:pk>/materials/",
        courses.course_materials,
        name="course_materials",
    ),
    path(
        "a/<slug:slug>/training/courses/<uuid:pk>/questions/",
        course_tests.course_questions,
        name="course_questions",
    ),
    path(
        "a/<slug:slug>/training/courses/<uuid:pk>/questions/<uuid:question>/",
        course_tests.course_question,
        name="course_question",
    ),
    path("a/<slug:slug>/training/roster/", roster.roster, name="roster"),
    path("a/<slug:slug>/training/roster.xlsx", roster.roster_file, name="roster_file"),
    path("a/<slug:slug>/training/roster/new/", roster.expert_new, name="expert_new"),
    path("a/<slug:slug>/training/roster/<uuid:pk>/", roster.expert, name="expert"),
    path("a/<slug:slug>/training/roster/<uuid:pk>/edit/", roster.expert_edit, name="expert_edit"),
    path("a/<slug:slug>/training/roster/<uuid:pk>/retire/", roster.expert_retire, name="expert_retire"),
    path("a/<slug:slug>/training/roster/<uuid:pk>/link/", roster.expert_link, name="expert_link"),
    path(
        "a/<slug:slug>/training/roster/<uuid:pk>/documents/<uuid:document>/",
        roster.expert_document,
        name="expert_document",
    ),
    # a trainer's own pages: with an account, and by a personal link
    path("training/mine/", teaching.my_teaching_account, name="my_teaching_account"),
    path("training/mine/sessions/<uuid:session>/", teaching.my_teaching_session, name="my_teaching_session"),
    path(
        "training/mine/sessions/<uuid:session>/works/<uuid:version>/",
        teaching.my_teaching_material,
        name="my_teaching_material",
    ),
    path(
        "training/mine/documents/<uuid:document>/",
        teaching.my_teaching_document,
        name="my_teaching_document",
    ),
    path("training/teach/<str:token>/", teaching.teaching_link, name="teaching_link"),
    path("training/teaching/<uuid:pk>/", teaching.my_teaching, name="my_teaching"),
    path(
        "training/teaching/<uuid:pk>/sessions/<uuid:session>/",
        teaching.teaching_session,
        name="teaching_session",
    ),
    path(
        "training/teaching/<uuid:pk>/sessions/<uuid:session>/session.ics",
        teaching.teaching_calendar,
        name="teaching_calendar",
    ),
    path(
        "training/teaching/<uuid:pk>/sessions/<uuid:session>/works/<uuid:version>/",
        teaching.teaching_material,
        name="teaching_material",
    ),
    path(
        "training/teaching/<uuid:pk>/documents/<uuid:document>/",
        teaching.teaching_document,
        name="teaching_document",
    ),
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
    path(
        "a/<slug:slug>/training/sessions/<uuid:pk>/money/", scholarships.session_money, name="session_money"
    ),
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
    path(
        "training/registration/<uuid:pk>/certificate/", my_registration.my_certificate, name="my_certificate"
    ),
    path(
        "training/registration/<uuid:pk>/certificate/<uuid:job>/",
        my_registration.my_certificate_job,
        name="my_certificate_job",
    ),
    path(
        "training/registration/<uuid:pk>/certificate/<uuid:job>/file/",
        my_registration.my_certificate_file,
        name="my_certificate_file",
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
    path(
        "training/teaching/<uuid:pk>/<uuid:session>/papers/",
        learning_papers.teaching_paper,
        name="teaching_paper",
    ),
    path(
        "training/teaching/<uuid:pk>/<uuid:session>/papers/<uuid:job>/",
        learning_papers.teaching_paper_job,
        name="teaching_paper_job",
    ),
    path(
        "training/teaching/<uuid:pk>/<uuid:session>/papers/<uuid:job>/file/",
        learning_papers.teaching_paper_file,
        name="teaching_paper_file",
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
    path("", include("training.case_urls")),
    # people
    path("a/<slug:slug>/training/people/", people.people, name="people_trained"),
    path("a/<slug:slug>/training/people.<str:kind>", people.people_file, name="people_trained_file"),
    path("a/<slug:slug>/training/people/<uuid:pk>/erase/", people.person_erase, name="person_erase"),
    # the year
    path("a/<slug:slug>/training/year/", year.year, name="training_year"),
    path("a/<slug:slug>/training/year/report/", year.year_report_new, name="training_year_report"),
    path("a/<slug:slug>/training/year/report/<uuid:job>/", year.year_report_job, name="training_year_job"),
    path(
        "a/<slug:slug>/training/year/report/<uuid:job>/file/", year.year_report_file, name="training_year_pdf"
    ),
    path("a/<slug:slug>/training/year.<str:kind>", year.year_file, name="training_year_file"),
]
