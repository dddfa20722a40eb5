"""Rounds: what is asked of whom, for which period, by when."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from members.web.api import AssociationViews
from reporting.api.fields import RoundNameSerializer, one_of
from reporting.enums import FormLength
from reporting.models import Round


class ContextSerializer(serializers.Serializer):
    """What the association set for the formulas; the rate is in reporting currency per US dollar."""

    reporting_year = serializers.IntegerField()
    exchange_rate_usd = serializers.FloatField(allow_null=True)
    gni_per_capita = serializers.FloatField(allow_null=True)


class RoundSerializer(RoundNameSerializer):
    """A round."""

    catalogue = serializers.UUIDField(source="catalogue_id")
    sections = serializers.ListField(child=serializers.CharField())
    form_length = one_of(FormLength)
    context = ContextSerializer()
    due_at = serializers.DateTimeField()
    is_open = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    imported = serializers.BooleanField()


@extend_schema_view(list=extend_schema(summary="List the rounds of an association, newest first"))
class Rounds(AssociationViews):
    """All rounds for staff; for a member those to which it was invited."""

    model = Round
    serializer_class = RoundSerializer
    list_permission = "reporting.view_rounds"
    place = ("period_end", "opened_at__date")
