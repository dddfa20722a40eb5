"""Certificates: a member's own, all for staff, and whether one is genuine, by its code."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.web.api import AssociationViews
from spm_portal.common.api.views import Guarded
from training.models import Certificate
from training.selectors.certificates import certificate_by_code, standing_of, with_renewals

STANDINGS = ("valid", "ending", "expired", "renewed", "revoked")


class StandingField(serializers.ChoiceField):
    """How a certificate stands today, in the time of its association."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=STANDINGS, source="*", read_only=True, **kwargs)

    def to_representation(self, value: Certificate) -> str:
        """The code of the standing."""
        return standing_of(value, _today(value)).code


class VerifiedSerializer(serializers.Serializer):
    """What a certificate says, and whether it counts; nothing more about the person."""

    number = serializers.CharField()
    association = serializers.CharField(source="association.name")
    holder = serializers.CharField()
    course_title = serializers.CharField()
    hours = serializers.DecimalField(max_digits=5, decimal_places=1)
    held_from = serializers.DateField()
    held_until = serializers.DateField()
    issued_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True)
    standing = StandingField()


class CertificateSerializer(serializers.Serializer):
    """A certificate; `code` opens its public page."""

    id = serializers.UUIDField()
    association = serializers.CharField(source="association.slug")
    institution = serializers.UUIDField(source="institution_id", allow_null=True)
    course = serializers.UUIDField(source="course_id")
    session = serializers.UUIDField(source="session_id")
    registration = serializers.UUIDField(source="registration_id")
    number = serializers.CharField()
    code = serializers.CharField()
    holder = serializers.CharField()
    course_title = serializers.CharField()
    hours = serializers.DecimalField(max_digits=5, decimal_places=1)
    held_from = serializers.DateField()
    held_until = serializers.DateField()
    issued_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    standing = StandingField()


@extend_schema_view(
    list=extend_schema(summary="List the certificates of an association, newest first"),
    retrieve=extend_schema(summary="Read a certificate"),
)
class Certificates(AssociationViews):
    """All for the association's staff, its own people's for an MFI."""

    model = Certificate
    serializer_class = CertificateSerializer
    list_permission = "training.view_calendar"
    object_permission = "training.view_certificate"
    place = ("issued_on",)

    def narrow(self, visible: QuerySet[Certificate]) -> QuerySet[Certificate]:
        """With what their standing depends on."""
        return with_renewals(super().narrow(visible)).select_related("association")


class CertificateCheck(Guarded):
    """What the public page says of a certificate, for whoever has its code."""

    @extend_schema(summary="Verify a certificate by its code", responses=VerifiedSerializer)
    def get(self, request: Request, code: str) -> Response:
        """What it says, and how it stands."""
        found = certificate_by_code(code)
        if found is None:
            raise Http404
        return Response(VerifiedSerializer(found).data)


def _today(certificate: Certificate) -> date:
    return timezone.now().astimezone(ZoneInfo(certificate.association.time_zone)).date()
