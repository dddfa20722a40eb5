"""Courses of the catalogue."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from members.web.api import AssociationViews
from spm_portal.common.api.views import Filter
from training.enums import Audience, Level, Topic
from training.models import Course


class CourseSerializer(serializers.Serializer):
    """A course. `certificate_months` null: its certificate does not expire; `pass_mark` null: no test is asked for."""

    id = serializers.UUIDField()
    association = serializers.CharField(source="association.slug")
    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    topic = serializers.ChoiceField(choices=Topic.values)
    level = serializers.ChoiceField(choices=Level.values)
    language = serializers.CharField()
    hours = serializers.DecimalField(max_digits=5, decimal_places=1)
    target_staff = serializers.ListField(child=serializers.ChoiceField(choices=Audience.values))
    dimensions = serializers.ListField(child=serializers.IntegerField())
    indicators = serializers.ListField(child=serializers.CharField())
    price = serializers.DecimalField(max_digits=12, decimal_places=2)
    currency = serializers.CharField()
    gives_certificate = serializers.BooleanField()
    certificate_months = serializers.IntegerField(allow_null=True)
    pass_mark = serializers.IntegerField(allow_null=True)
    needed_attendance = serializers.IntegerField()


@extend_schema_view(
    list=extend_schema(summary="List the courses of an association's catalogue"),
    retrieve=extend_schema(summary="Read a course"),
)
class Courses(AssociationViews):
    """The catalogue for staff, members and donors; archived courses are not told of."""

    model = Course
    serializer_class = CourseSerializer
    list_permission = "training.view_catalogue"
    object_permission = "training.view_course"
    filters = (
        Filter("topic", "Only courses on this topic.", tuple(Topic.values)),
        Filter("level", "Only courses of this level.", tuple(Level.values)),
    )

    def narrow(self, visible: QuerySet[Course]) -> QuerySet[Course]:
        """Filtered as asked."""
        found = super().narrow(visible).filter(archived_at__isnull=True).select_related("association")
        asked = self.request.query_params
        return found.filter(**{name: asked[name] for name in ("topic", "level") if name in asked})
