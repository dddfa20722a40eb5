"""Items of the association's plan: all for its staff, for a donor those that are shared with it."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from capacity.api.base import LoggedViews
from capacity.enums import PlanStatus
from capacity.models import PlanItem
from spm_portal.common.api.views import Filter


class PlanItemSerializer(serializers.Serializer):
    """What is done about one gap. `item` and `support_area` are codes of the framework; `cost` null: not known yet."""

    id = serializers.UUIDField()
    association = serializers.CharField(source="association.slug")
    framework = serializers.UUIDField(source="framework_id")
    item = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    from_level = serializers.IntegerField(allow_null=True)
    goal_level = serializers.IntegerField()
    starts_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    cost = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    currency = serializers.CharField()
    support_area = serializers.CharField()
    done_when = serializers.CharField()
    status = serializers.ChoiceField(choices=PlanStatus.values)
    status_since = serializers.DateTimeField()


@extend_schema_view(list=extend_schema(summary="List the items of an association's plan, newest first"))
class PlanItems(LoggedViews):
    """The plan for staff; what is shared for donors."""

    model = PlanItem
    serializer_class = PlanItemSerializer
    object_permission = "capacity.view_plan_item"
    place = ("created_at__date",)
    filters = (
        Filter("status", "Only items that stand there.", tuple(PlanStatus.values)),
        Filter("support_area", "Only items of this area of donor support."),
    )

    def narrow(self, visible: QuerySet[PlanItem]) -> QuerySet[PlanItem]:
        """Filtered as asked."""
        found = super().narrow(visible).select_related("association")
        asked = self.request.query_params
        return found.filter(**{name: asked[name] for name in ("status", "support_area") if name in asked})
