"""Addresses of technical assistance: the cases, and the call that an expert answers by a personal link."""

from django.urls import path

from training.views import case_files, case_work, cases, my_call

urlpatterns = [
    path("a/<slug:slug>/training/cases/", cases.case_list, name="cases"),
    path("a/<slug:slug>/training/cases/file/", cases.cases_file, name="cases_file"),
    path("a/<slug:slug>/training/cases/new/", cases.case_new, name="case_new"),
    path("a/<slug:slug>/training/cases/<uuid:pk>/", cases.case, name="case"),
    path(
        "a/<slug:slug>/training/cases/<uuid:pk>/diagnosis/", case_work.case_diagnosis, name="case_diagnosis"
    ),
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
]
