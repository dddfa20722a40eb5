"""Frameworks of capacities: versions, and one with all that it says."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from capacity.models import FrameworkVersion
from capacity.selectors.frameworks import framework_of
from members.models import Association
from members.web.api import AssociationViews


class FrameworkSerializer(serializers.Serializer):
    """A version of a framework; a version never changes."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    version = serializers.CharField()
    title = serializers.CharField()
    sha256 = serializers.CharField()
    loaded_at = serializers.DateTimeField()


class FrameworkLevelSerializer(serializers.Serializer):
    """A step of the scale."""

    level = serializers.IntegerField()
    label = serializers.CharField()


class FrameworkSupportSerializer(serializers.Serializer):
    """An area of donor support that would close a gap in the item, and why."""

    area = serializers.CharField()
    why = serializers.CharField()


class FrameworkItemSerializer(serializers.Serializer):
    """One capacity; `proof`: what must be seen at each level, from 0 on."""

    code = serializers.CharField()
    category = serializers.CharField()
    text = serializers.CharField()
    proof = serializers.ListField(child=serializers.CharField())
    support = FrameworkSupportSerializer(many=True)


class FrameworkAreaSerializer(serializers.Serializer):
    """An area of activity with its items."""

    code = serializers.CharField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    items = FrameworkItemSerializer(many=True)


class FrameworkLabelSerializer(serializers.Serializer):
    """A kind of capacity."""

    code = serializers.CharField()
    label = serializers.CharField()


class SupportAreaSerializer(serializers.Serializer):
    """A kind of support that donors give."""

    code = serializers.CharField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField()


class WholeFrameworkSerializer(FrameworkSerializer):
    """A version with everything; a level of `evidence_from` or higher needs evidence."""

    publisher = serializers.CharField(source="framework.source.publisher")
    note = serializers.CharField(source="framework.source.note")
    evidence_from = serializers.IntegerField(source="framework.evidence_from")
    scale = FrameworkLevelSerializer(many=True, source="framework.scale")
    categories = FrameworkLabelSerializer(many=True, source="framework.categories")
    areas = FrameworkAreaSerializer(many=True, source="framework.areas")
    support_areas = SupportAreaSerializer(many=True, source="framework.support_areas")


@extend_schema_view(
    list=extend_schema(summary="List the frameworks of capacities, newest first"),
    retrieve=extend_schema(
        summary="Read a framework with its items and what must be seen at each level",
        responses=WholeFrameworkSerializer,
    ),
)
class Frameworks(AssociationViews):
    """Versions are the same for every association; its staff and its donors read them."""

    model = FrameworkVersion
    serializer_class = FrameworkSerializer
    list_permission = "capacity.view_frameworks"
    place = ("loaded_at__date",)

    def narrow(self, visible: QuerySet[FrameworkVersion]) -> QuerySet[FrameworkVersion]:
        """Without the large document, which `framework_of` keeps read."""
        return visible.defer("document")

    def check_object_permissions(self, request: Request, obj: FrameworkVersion) -> None:
        """For whoever may read frameworks in some association; for others there is none."""
        about = Association.objects.visible_to(request.user)
        if not any(request.user.has_perm(self.list_permission, one) for one in about):
            raise Http404

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The version with its framework."""
        version = self.get_object()
        version.framework = framework_of(version)
        return Response(WholeFrameworkSerializer(version).data)
