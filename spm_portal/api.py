"""The address book of the API, version 1: for signed-in people and the programs that act with their keys."""

from typing import NoReturn

from django.http import Http404
from django.urls import path, register_converter
from django.urls.converters import PathConverter
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from capacity.api.assessments import Assessments
from capacity.api.frameworks import Frameworks
from capacity.api.offers import Offers
from capacity.api.plan import PlanItems
from members.api import Associations, Me
from reporting.api.answers import (
    ReturnAnswers,
    ReturnExplanations,
    ReturnSubmission,
    ReturnValidation,
)
from reporting.api.catalogues import Catalogues
from reporting.api.donor_values import DonorValues
from reporting.api.figures import FiguresAsCsv, FiguresOfAssociation
from reporting.api.releases import Releases
from reporting.api.returns import Returns
from reporting.api.rounds import Rounds
from spm_portal.common.api.views import Guarded
from training.api.certificates import CertificateCheck, Certificates
from training.api.courses import Courses
from training.api.registrations import Registrations, SessionRegistrations
from training.api.sessions import Sessions
from training.api.works import Works


class RootSerializer(serializers.Serializer):
    """Where to start."""

    me = serializers.URLField()
    associations = serializers.URLField()
    schema = serializers.URLField()


class Root(Guarded):
    """The entrance of the API."""

    @extend_schema(summary="Where to start", responses=RootSerializer)
    def get(self, request: Request) -> Response:
        """The first addresses."""
        return Response(
            {name: reverse(f"api_{name}", request=request) for name in ("me", "associations", "schema")}
        )


class SchemaView(Guarded, SpectacularJSONAPIView):
    """The schema of this API in OpenAPI 3, for signed-in people."""

    renderer_classes = [*SpectacularJSONAPIView.renderer_classes, JSONRenderer]


@extend_schema(exclude=True)
class Nothing(Guarded):
    """Every other address: an error of the API, not a page."""

    def get(self, request: Request, rest: str) -> NoReturn:
        """There is nothing here."""
        raise Http404


class Anything(PathConverter):
    """A path of any signs, line breaks among them, which Django's own leaves to the pages."""

    regex = "(?s:.+)"


register_converter(Anything, "anything")

LIST, ROW = {"get": "list"}, {"get": "retrieve"}
OF_ASSOCIATION = "associations/<slug:slug>/"

urlpatterns = [
    path("", Root.as_view(), name="api_root"),
    path("schema/", SchemaView.as_view(), name="api_schema"),
    path("me/", Me.as_view(), name="api_me"),
    path("associations/", Associations.as_view(LIST), name="api_associations"),
    path(OF_ASSOCIATION, Associations.as_view(ROW), name="api_association"),
    path(f"{OF_ASSOCIATION}catalogues/", Catalogues.as_view(LIST), name="api_catalogues"),
    path("catalogues/<uuid:pk>/", Catalogues.as_view(ROW), name="api_catalogue"),
    path(f"{OF_ASSOCIATION}rounds/", Rounds.as_view(LIST), name="api_rounds"),
    path(f"{OF_ASSOCIATION}returns/", Returns.as_view(LIST), name="api_returns"),
    path("returns/<uuid:pk>/", Returns.as_view(ROW), name="api_return"),
    path("returns/<uuid:pk>/answers/", ReturnAnswers.as_view(), name="api_return_answers"),
    path("returns/<uuid:pk>/validate/", ReturnValidation.as_view(), name="api_return_validate"),
    path("returns/<uuid:pk>/explanations/", ReturnExplanations.as_view(), name="api_return_explanations"),
    path("returns/<uuid:pk>/submit/", ReturnSubmission.as_view(), name="api_return_submit"),
    path(f"{OF_ASSOCIATION}releases/", Releases.as_view(LIST), name="api_releases"),
    path(f"{OF_ASSOCIATION}figures/", FiguresOfAssociation.as_view(), name="api_figures"),
    path(f"{OF_ASSOCIATION}figures/csv/", FiguresAsCsv.as_view(), name="api_figures_csv"),
    path("releases/<uuid:pk>/", Releases.as_view(ROW), name="api_release"),
    path(f"{OF_ASSOCIATION}frameworks/", Frameworks.as_view(LIST), name="api_frameworks"),
    path("frameworks/<uuid:pk>/", Frameworks.as_view(ROW), name="api_framework"),
    path(f"{OF_ASSOCIATION}assessments/", Assessments.as_view(LIST), name="api_assessments"),
    path("assessments/<uuid:pk>/", Assessments.as_view(ROW), name="api_assessment"),
    path(f"{OF_ASSOCIATION}plan/", PlanItems.as_view(LIST), name="api_plan"),
    path(f"{OF_ASSOCIATION}offers/", Offers.as_view(LIST), name="api_offers"),
    path(f"{OF_ASSOCIATION}works/", Works.as_view(LIST), name="api_works"),
    path("works/<uuid:pk>/", Works.as_view(ROW), name="api_work"),
    path(f"{OF_ASSOCIATION}courses/", Courses.as_view(LIST), name="api_courses"),
    path("courses/<uuid:pk>/", Courses.as_view(ROW), name="api_course"),
    path(f"{OF_ASSOCIATION}sessions/", Sessions.as_view(LIST), name="api_sessions"),
    path("sessions/<uuid:pk>/", Sessions.as_view(ROW), name="api_session"),
    path("sessions/<uuid:pk>/register/", SessionRegistrations.as_view(), name="api_session_register"),
    path(f"{OF_ASSOCIATION}registrations/", Registrations.as_view(LIST), name="api_registrations"),
    path("registrations/<uuid:pk>/", Registrations.as_view(ROW), name="api_registration"),
    path(f"{OF_ASSOCIATION}certificates/", Certificates.as_view(LIST), name="api_certificates"),
    path("certificates/<uuid:pk>/", Certificates.as_view(ROW), name="api_certificate"),
    path("certificates/verify/<slug:code>/", CertificateCheck.as_view(), name="api_certificate_check"),
    path("donors/<slug:slug>/values/", DonorValues.as_view(), name="api_donor_values"),
    path("<anything:rest>/", Nothing.as_view(), name="api_nothing"),
]
