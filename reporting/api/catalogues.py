"""Catalogue versions: what is asked, what follows from it, and which rules hold."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.models import Association
from members.web.api import AssociationViews
from reporting.api.fields import ChoiceValueField, FormulaField, one_of
from reporting.catalogue import (
    Aggregate,
    Direction,
    Evidence,
    IndicatorType,
    Mode,
    Period,
    Severity,
    Tier,
    TrendKind,
)
from reporting.models import CatalogueVersion
from reporting.selectors.catalogues import catalogue_of


class ChoiceSerializer(serializers.Serializer):
    """One entry of a list; an exclusive one cannot go with others."""

    value = ChoiceValueField()
    label = serializers.CharField()
    exclusive = serializers.BooleanField()


class IndicatorSerializer(serializers.Serializer):
    """One question with its definition."""

    code = serializers.CharField()
    order = serializers.IntegerField()
    label = serializers.CharField()
    help = serializers.CharField(help_text="The definition.")
    type = one_of(IndicatorType)
    unit = serializers.CharField(allow_null=True)
    period = one_of(Period)
    required = serializers.BooleanField()
    relevance = FormulaField(allow_null=True, help_text="Asked only where this is true; null: always.")
    tier = one_of(Tier)
    direction = one_of(Direction)
    min = serializers.FloatField(allow_null=True)
    max = serializers.FloatField(allow_null=True)
    decimals = serializers.IntegerField(allow_null=True)
    max_length = serializers.IntegerField(allow_null=True)
    choices = ChoiceSerializer(many=True)
    accept = serializers.ListField(
        child=serializers.CharField(), help_text="Endings of files that are taken."
    )
    child_of = serializers.CharField(allow_null=True)
    evidence = one_of(Evidence)
    aggregate = one_of(Aggregate, help_text="How the figure about all members is made.")
    usspm_dimension = serializers.CharField(allow_null=True)
    usspm_standard = serializers.CharField(allow_null=True)
    iris = serializers.CharField(allow_null=True)


class SectionSerializer(serializers.Serializer):
    """A chapter of the form."""

    code = serializers.CharField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    help = serializers.CharField()
    indicators = IndicatorSerializer(many=True)


class DerivedSerializer(serializers.Serializer):
    """A figure that is worked out from answers."""

    code = serializers.CharField()
    label = serializers.CharField()
    help = serializers.CharField()
    formula = FormulaField()
    relevance = FormulaField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    decimals = serializers.IntegerField()
    direction = one_of(Direction)
    aggregate = one_of(Aggregate, source="sector_aggregate")


class TermsSerializer(serializers.Serializer):
    """How far a rule counts by the catalogue; an association may say otherwise.

    The dates, both included, are compared with the last day of a round's period.
    """

    mode = one_of(Mode)
    effective_from = serializers.DateField(allow_null=True)
    effective_until = serializers.DateField(allow_null=True)


class RuleSerializer(serializers.Serializer):
    """A check between answers: it speaks up where `when` is absent or true and `check` is false."""

    id = serializers.CharField()
    severity = one_of(Severity)
    terms = TermsSerializer()
    when = FormulaField(allow_null=True)
    check = FormulaField()
    message = serializers.CharField()


class TrendCheckSerializer(serializers.Serializer):
    """A comparison with earlier approved returns; `limit` in per cent, for `absolute` in points.

    For `history` it is the deviation from the median of at least four returns, in robust standard deviations.
    """

    id = serializers.CharField()
    kind = one_of(TrendKind)
    code = serializers.CharField()
    previous_code = serializers.CharField()
    limit = serializers.FloatField()
    severity = one_of(Severity)
    terms = TermsSerializer()


class CatalogueSerializer(serializers.Serializer):
    """A version by name; `shared`: offered to every association."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    version = serializers.CharField()
    shared = serializers.SerializerMethodField()
    sha256 = serializers.CharField()
    loaded_at = serializers.DateTimeField()

    def get_shared(self, version: CatalogueVersion) -> bool:
        """Whether it belongs to no association."""
        return version.association_id is None


class WholeCatalogueSerializer(CatalogueSerializer):
    """A version with all it says. Expressions are in the rule language."""

    language = serializers.CharField(source="catalogue.language")
    sections = SectionSerializer(many=True, source="catalogue.sections")
    derived = DerivedSerializer(many=True, source="catalogue.derived")
    rules = RuleSerializer(many=True, source="catalogue.rules")
    trend_checks = TrendCheckSerializer(many=True, source="catalogue.trend_checks")


@extend_schema_view(
    list=extend_schema(summary="List the catalogue versions that an association uses"),
    retrieve=extend_schema(
        summary="Read a catalogue version with its indicators, derived values and rules",
        responses=WholeCatalogueSerializer,
    ),
)
class Catalogues(AssociationViews):
    """Versions shared by all associations, and an association's own."""

    model = CatalogueVersion
    serializer_class = CatalogueSerializer
    list_permission = "reporting.view_catalogue"
    place = ("loaded_at__date",)

    def narrow(self, visible: QuerySet[CatalogueVersion]) -> QuerySet[CatalogueVersion]:
        """Without the large document, which `catalogue_of` keeps read."""
        offered = Q(association__isnull=True)
        if self.action == "list":
            offered |= Q(association=self.association)
        else:
            offered |= Q(association__in=Association.objects.visible_to(self.request.user))
        return visible.filter(offered).select_related("association").defer("document")

    def check_object_permissions(self, request: Request, obj: CatalogueVersion) -> None:
        """A shared version is for whoever may read the catalogue of some association; for others it is not there."""
        own = obj.association
        about = Association.objects.visible_to(request.user) if own is None else [own]
        if not any(request.user.has_perm(self.list_permission, one) for one in about):
            raise Http404 if own is None else PermissionDenied

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The version with its catalogue."""
        version = self.get_object()
        version.catalogue = catalogue_of(version)
        return Response(WholeCatalogueSerializer(version).data)
