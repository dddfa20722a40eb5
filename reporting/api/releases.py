"""Releases: published figures about all members; what is not published carries no number, to nobody a hint."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.web.api import AssociationViews
from reporting.api.fields import RoundNameSerializer, one_of
from reporting.disclosure import Relation
from reporting.enums import VerificationLevel
from reporting.models import Release, ReleaseCell
from reporting.rules import staff_of_owner
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.releases import cells_of, with_round
from spm_portal.common.api.views import Filter


class ReleaseSerializer(serializers.Serializer):
    """One edition of a round's figures; a correction has a higher number."""

    id = serializers.UUIDField()
    association = serializers.CharField(source="association.slug")
    round = RoundNameSerializer()
    number = serializers.IntegerField()
    catalogue = serializers.UUIDField(source="catalogue_id")
    invited_count = serializers.IntegerField()
    contributor_count = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    edition_sha256 = serializers.CharField(help_text="The hash of everything that the edition froze.")
    code_version = serializers.CharField(help_text="The version of the portal that made it.")
    erratum = serializers.CharField(help_text="What changed since the edition before; empty for the first.")


class LevelsSerializer(serializers.Serializer):
    """How far the contributors' values were checked: what half or more reach; from ten on also shares at a level."""

    most = one_of(
        VerificationLevel, help_text="The highest level that half or more of the contributors reach."
    )
    at_least = serializers.DictField(
        child=serializers.IntegerField(),
        required=False,
        help_text="Per cent of contributors at a level or better, in steps of five; levels of too few are left out.",
    )


class FigureSerializer(serializers.Serializer):
    """A published figure, or `{"published": false}` and nothing else.

    `relation`: how the true figure stands to the value. `contributors`: a band such as 5-9. `verification`: how far
    their values were checked. `kept`: it stands as in an edition before, because too few members changed it to tell it
    anew; given where it is so. `reason`: why a figure is not published, for the association's staff only.
    """

    published = serializers.BooleanField()
    value = serializers.FloatField(required=False)
    relation = one_of(Relation, required=False)
    contributors = serializers.CharField(required=False)
    verification = LevelsSerializer(required=False)
    kept = serializers.BooleanField(required=False)
    reason = serializers.CharField(required=False)


class CellSerializer(serializers.Serializer):
    """One statistic of one indicator or derived value; `category` is a choice of a distribution."""

    code = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    group = serializers.CharField(help_text="Peer group and its version; empty: all members.")
    statistic = serializers.CharField()
    category = serializers.CharField()
    figure = FigureSerializer()


class WholeReleaseSerializer(ReleaseSerializer):
    """A release with its figures."""

    cells = CellSerializer(many=True)


def cells_for(release: Release, cells: Iterable[ReleaseCell], *, for_staff: bool) -> list[dict[str, Any]]:
    """The cells as their reader may see them."""
    catalogue = catalogue_of(release.catalogue)
    rows = []
    for cell in cells:
        part = catalogue.find(cell.code)
        rows.append(
            {
                "code": cell.code,
                "label": part.label if part else cell.code,
                "unit": part.unit if part else None,
                "group": cell.group,
                "statistic": cell.statistic,
                "category": cell.category,
                "figure": _figure(cell, for_staff=for_staff),
            }
        )
    return rows


def _figure(cell: ReleaseCell, *, for_staff: bool) -> dict[str, Any]:
    if cell.published:
        return {
            "published": True,
            "value": cell.value,
            "relation": cell.relation,
            "contributors": cell.n_band,
            **({"verification": cell.verification} if cell.verification else {}),
            **({"kept": True} if cell.kept else {}),
        }
    # the reason alone tells something about the members behind the figure
    return {"published": False, "reason": cell.reason} if for_staff else {"published": False}


@extend_schema_view(
    list=extend_schema(summary="List the releases of an association, newest period first"),
    retrieve=extend_schema(
        summary="Read a release with its published figures", responses=WholeReleaseSerializer
    ),
)
class Releases(AssociationViews):
    """Releases for staff, members and the donors with whom the association shares."""

    model = Release
    serializer_class = ReleaseSerializer
    list_permission = "reporting.view_releases"
    object_permission = "reporting.view_release"
    place = ("round__period_end", "number")
    filters = (Filter("round", "Only releases of the round with this code."),)

    def narrow(self, visible: QuerySet[Release]) -> QuerySet[Release]:
        """With round and catalogue version; filtered as asked."""
        found = with_round(super().narrow(visible))
        asked = self.request.query_params
        if "round" in asked:
            found = found.filter(round__code=asked["round"])
        return found

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The release with its cells."""
        release = self.get_object()
        cells = cells_for(release, cells_of(release), for_staff=staff_of_owner(request.user, release))
        return Response(ReleaseSerializer(release).data | {"cells": CellSerializer(cells, many=True).data})
