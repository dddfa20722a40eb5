"""Sessions: all for staff, announced ones for members; people are a list of their own."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from members.web.api import AssociationViews
from spm_portal.common.api.views import Filter
from training.enums import RegistrationState, SessionState
from training.models import Registration, TrainingSession


class SessionDaySerializer(serializers.Serializer):
    """One day of a session."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class TrainingSessionSerializer(serializers.Serializer):
    """A session of a course; `taken` of its `seats` have somebody, `waiting` people wait for one."""

    id = serializers.UUIDField()
    association = serializers.CharField(source="association.slug")
    course = serializers.UUIDField(source="course_id")
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=SessionState.values)
    language = serializers.CharField()
    time_zone = serializers.CharField()
    days = SessionDaySerializer(many=True)
    is_online = serializers.BooleanField()
    place = serializers.CharField()
    country = serializers.CharField()
    seats = serializers.IntegerField()
    taken = serializers.IntegerField()
    waiting = serializers.IntegerField()
    quota_per_member = serializers.IntegerField(allow_null=True)
    needs_approval = serializers.BooleanField()
    registration_closes_at = serializers.DateTimeField()
    price = serializers.DecimalField(max_digits=12, decimal_places=2)
    currency = serializers.CharField()
    cancel_reason = serializers.CharField()


def _people(state: str) -> Any:
    """How many people of a session stand there."""
    rows = Registration.objects.filter(session=OuterRef("pk"), state=state).order_by().values("session")
    return Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)


@extend_schema_view(
    list=extend_schema(summary="List the sessions of an association, the latest first"),
    retrieve=extend_schema(summary="Read a session with its days and how full it is"),
)
class Sessions(AssociationViews):
    """For staff and members; the link to join is on the pages of those who have a seat."""

    model = TrainingSession
    serializer_class = TrainingSessionSerializer
    list_permission = "training.view_calendar"
    object_permission = "training.view_session"
    place = ("starts_at__date",)
    filters = (Filter("state", "Only sessions that stand there.", tuple(SessionState.values)),)

    def narrow(self, visible: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
        """Filtered as asked, each with its days and counts."""
        found = super().narrow(visible).select_related("association").prefetch_related("days")
        found = found.annotate(
            taken=_people(RegistrationState.CONFIRMED), waiting=_people(RegistrationState.WAITING)
        )
        asked = self.request.query_params
        return found.filter(state=asked["state"]) if "state" in asked else found
