"""Offers of support with their money and what is owed: for both sides of each."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from capacity.api.base import LoggedViews
from capacity.enums import DutyState, OfferState
from capacity.models import SupportOffer
from spm_portal.common.api.views import Filter


class InstalmentSerializer(serializers.Serializer):
    """One part of an accepted offer's money."""

    number = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    due_on = serializers.DateField()
    condition = serializers.CharField()
    paid_on = serializers.DateField(allow_null=True)
    received_on = serializers.DateField(allow_null=True)


class ObligationSerializer(serializers.Serializer):
    """Something that the association owes the donor, and where it stands; not what is written in it."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    due_on = serializers.DateField()
    state = serializers.ChoiceField(choices=DutyState.values)
    state_since = serializers.DateTimeField()


class OfferSerializer(serializers.Serializer):
    """A donor's offer to pay for an item of the plan."""

    id = serializers.UUIDField()
    association = serializers.CharField(source="association.slug")
    donor = serializers.CharField(source="donor.slug")
    plan_item = serializers.UUIDField(source="item_id")
    support_area = serializers.CharField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    currency = serializers.CharField()
    conditions = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=OfferState.values)
    offered_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    outcome = serializers.CharField()
    instalments = InstalmentSerializer(many=True)
    obligations = ObligationSerializer(many=True)


@extend_schema_view(list=extend_schema(summary="List the offers of support to an association, newest first"))
class Offers(LoggedViews):
    """All for the association's staff, a donor's own for its readers."""

    model = SupportOffer
    serializer_class = OfferSerializer
    object_permission = "capacity.view_offer"
    place = ("offered_at__date",)
    filters = (Filter("state", "Only offers that stand there.", tuple(OfferState.values)),)

    def narrow(self, visible: QuerySet[SupportOffer]) -> QuerySet[SupportOffer]:
        """Filtered as asked."""
        found = super().narrow(visible).select_related("association", "donor")
        found = found.prefetch_related("instalments", "obligations")
        asked = self.request.query_params
        return found.filter(state=asked["state"]) if "state" in asked else found
