"""Addresses of the training app; each part has a block of its own."""

from django.urls import URLPattern, URLResolver, path

from training.views import (
    attendance,
    case_files,
    case_work,
    cases,
    certificates,
    course_tests,
    courses,
    home,
    learning,
    learning_papers,
    library,
    library_desk,
    my_call,
    own_learning,
    peer_learning,
    public_certificates,
    public_works,
    roster,
    teaching,
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
    # technical assistance
    path("a/<slug:slug>/training/cases/", cases.case_list, name="cases"),
    path("a/<slug:slug>/training/cases/file/", cases.cases_file, name="cases_file"),
    path("a/<slug:slug>/training/cases/new/", cases.case_new, name="case_new"),
    path("a/<slug:slug>/training/cases/<uuid:pk>/", cases.case, name="case"),
    path("a/<slug:slug>/training/cases/<uuid:pk>/diagnosis/", case_work.case_diagnosis, name="case_diagnosis"),
    path("a/<slug:slug>/training/cases/<uuid:pk>/terms/", case_work.case_terms, name="case_terms"),
    path("a/<slug:slug>/training/cases/<uuid:pk>/experts/", case_work.case_call, name="case_call"),
    path("a/<slug:slug>/training/cases/<uuid:pk>/contract/", case_work.case_contract, name="case_contract"),
    path(
        "a/<slug:slug>/training/cases/<uuid:pk>/contract/file/",
        case_files.case_contract_file,
        name="case_contract_file",
    ),
    path(
        "a/<slug:slug>/training/cases/<uuid:pk>/deliverables/<uuid:deliverable>/",
        case_files.case_deliverable_file,
        name="case_deliverable_file",
    ),
    path(
        "a/<slug:slug>/training/cases/<uuid:pk>/documents/<slug:document>/",
        case_files.case_document,
        name="case_document",
    ),
    path(
        "a/<slug:slug>/training/cases/<uuid:pk>/documents/jobs/<uuid:job>/",
        case_files.case_document_job,
        name="case_document_job",
    ),
    path(
        "a/<slug:slug>/training/cases/<uuid:pk>/documents/jobs/<uuid:job>/file/",
        case_files.case_document_file,
        name="case_document_file",
    ),
    path("training/call/<str:token>/", my_call.call_link, name="call_link"),
    path("training/calls/<uuid:pk>/", my_call.my_call, name="my_call"),
    path("training/calls/<uuid:pk>/files/<uuid:deliverable>/", my_call.my_call_file, name="my_call_file"),
    # peer learning
    path("a/<slug:slug>/training/peers/", peer_learning.peer_groups, name="peer_groups"),
    path("a/<slug:slug>/training/peers/new/", peer_learning.peer_group_new, name="peer_group_new"),
    path("a/<slug:slug>/training/peers/<uuid:pk>/", peer_learning.peer_group, name="peer_group"),
    path(
        "a/<slug:slug>/training/peers/<uuid:pk>/edit/", peer_learning.peer_group_edit, name="peer_group_edit"
    ),
    path(
        "a/<slug:slug>/training/peers/<uuid:pk>/members/",
        peer_learning.peer_group_member,
        name="peer_group_member",
    ),
    path(
        "a/<slug:slug>/training/peers/<uuid:pk>/members/<uuid:member>/end/",
        peer_learning.peer_group_member_end,
        name="peer_group_member_end",
    ),
    path(
        "a/<slug:slug>/training/peers/<uuid:pk>/meetings/new/",
        peer_learning.peer_group_meeting,
        name="peer_group_meeting_new",
    ),
    path(
        "a/<slug:slug>/training/peers/<uuid:pk>/meetings/<uuid:meeting>/",
        peer_learning.peer_group_meeting,
        name="peer_group_meeting",
    ),
    path("a/<slug:slug>/training/peers/<uuid:pk>/end/", peer_learning.peer_group_end, name="peer_group_end"),
    # the year
]
