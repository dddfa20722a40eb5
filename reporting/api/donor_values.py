"""Values that members agreed to show a donor: read by the same service as the pages, and written down as there."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.models import Donor
from reporting.api.fields import ValueField, one_of
from reporting.enums import VerificationLevel
from reporting.selectors.sharing_values import SharedReturn, associations_of, round_at
from reporting.services.value_reads import BY_API, Asked, as_donor, read_values
from spm_portal.common.api.errors import Refusal
from spm_portal.common.api.views import Filter, Guarded

FILTERS = (
    Filter("association", "The association’s part of addresses."),
    Filter("round", "The round’s code."),
    Filter("institution", "Only values of the MFI with this id."),
    Filter("section", "Only values of the group of questions with this code."),
    Filter("code", "Only values with this code."),
)
NEEDED = ("association", "round")


class MemberNameSerializer(serializers.Serializer):
    """An MFI that shows values."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class ShownValueSerializer(serializers.Serializer):
    """One value of one member; amounts in the member's reporting currency, percentages 0-100."""

    institution = MemberNameSerializer()
    code = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    value = ValueField()
    verification = one_of(VerificationLevel)


class ShownValuesSerializer(serializers.Serializer):
    """Everything of what was asked for that is open today, by MFI and in the order of the form."""

    round = serializers.CharField()
    values = ShownValueSerializer(many=True)


class DonorValues(Guarded):
    """Values that members of one association show a donor in one round."""

    filters = FILTERS

    @extend_schema(
        summary="Read the values that members agreed to show a donor",
        description=(
            "Only approved returns, and only what each member's consent covers today. Asking for a member, a group or "
            "a code of which nothing is open is refused with `not_shared`. Every reading and refusal is written "
            "down, and the member sees it."
        ),
        parameters=[
            OpenApiParameter(
                one.name,
                OpenApiTypes.UUID if one.name == "institution" else OpenApiTypes.STR,
                description=one.description,
                required=one.name in NEEDED,
            )
            for one in FILTERS
        ],
        responses=ShownValuesSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        """What is open of what is asked for."""
        donor = Donor.objects.visible_to(request.user).filter(slug=slug).first()
        if donor is None:
            raise Http404
        if not request.user.has_perm("reporting.read_consented_values", donor):
            raise PermissionDenied
        sent = request.query_params
        missing = {name: [_("Say which.")] for name in NEEDED if not sent.get(name)}
        if missing:
            raise exceptions.ValidationError(missing)
        asked = Asked(_institution(sent.get("institution")), sent.get("section", ""), sent.get("code", ""))
        of_round = round_at(associations_of(donor), sent["association"], sent["round"])
        if of_round is None:
            raise Http404
        found = read_values(
            reader=as_donor(donor),
            of_round=of_round,
            asked=asked,
            by=request.user,
            at=timezone.now(),
            source=BY_API,
        )
        if not found and asked != Asked():
            raise Refusal(403, "not_shared", _("Not shared."))
        rows = [row for one in found for row in rows_of(one)]
        return Response(ShownValuesSerializer({"round": of_round.code, "values": rows}).data)


def rows_of(shared: SharedReturn) -> list[dict[str, Any]]:
    """The values of one member in the order of the form, then the derived ones."""
    order = shared.catalogue.position
    rows = []
    for code in sorted(shared.values, key=lambda one: order[one]):
        part = shared.catalogue.find(code)
        rows.append(
            {
                "institution": shared.institution,
                "code": code,
                "label": part.label if part else code,
                "unit": part.unit if part else None,
                "currency": shared.submission.currency,
                "value": shared.values[code],
                "verification": shared.level_of(code),
            }
        )
    return rows


def _institution(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise exceptions.ValidationError({"institution": [_("Give the id of an MFI.")]}) from None
