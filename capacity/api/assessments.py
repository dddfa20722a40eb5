"""Agreed assessments: the levels that a session agreed on, and their means; never what single raters gave."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from capacity.api.base import LoggedViews
from capacity.enums import Stage
from capacity.models import Assessment, OutsideView
from capacity.scoring import Mean, results
from capacity.selectors.agreed import agreed_scores
from capacity.selectors.frameworks import framework_of, limits_of
from capacity.services.api_reads import log_reads


class AssessmentSerializer(serializers.Serializer):
    """An assessment that is agreed on."""

    id = serializers.UUIDField()
    association = serializers.CharField(source="association.slug")
    framework = serializers.UUIDField(source="framework_id")
    title = serializers.CharField()
    as_of = serializers.DateField()
    agreed_at = serializers.DateTimeField()


class AgreedLevelSerializer(serializers.Serializer):
    """What was agreed of one item. `level` null: it does not apply. `outside`: what somebody from outside found."""

    item = serializers.CharField()
    level = serializers.IntegerField(allow_null=True)
    not_applicable = serializers.BooleanField()
    outside = serializers.IntegerField(allow_null=True)


class MeanSerializer(serializers.Serializer):
    """A mean in levels, null where too little is scored; `code` is empty for the mean of all areas."""

    code = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    scored = serializers.IntegerField()
    not_applicable = serializers.IntegerField()


class WholeAssessmentSerializer(AssessmentSerializer):
    """An assessment with its levels and means."""

    levels = AgreedLevelSerializer(many=True)
    overall = MeanSerializer()
    areas = MeanSerializer(many=True)
    categories = MeanSerializer(many=True)


@extend_schema_view(
    list=extend_schema(summary="List the agreed assessments of an association, newest first"),
    retrieve=extend_schema(
        summary="Read an agreed assessment with its levels and means", responses=WholeAssessmentSerializer
    ),
)
class Assessments(LoggedViews):
    """For staff, and for donors to whom the association opened them."""

    model = Assessment
    serializer_class = AssessmentSerializer
    object_permission = "capacity.view_assessment"
    place = ("as_of",)

    def narrow(self, visible: QuerySet[Assessment]) -> QuerySet[Assessment]:
        """Agreed ones alone: before, scores are the raters'."""
        found = super().narrow(visible).filter(stage=Stage.AGREED)
        return found.select_related("association", "framework").defer("framework__document")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The assessment with what was agreed."""
        assessment = self.get_object()
        log_reads(rows=[assessment], by=request.user, at=timezone.now())
        return Response(AssessmentSerializer(assessment).data | _told(assessment))


def _told(assessment: Assessment) -> dict[str, Any]:
    framework = framework_of(assessment.framework)
    scores = agreed_scores([assessment.pk]).get(assessment.pk, {})
    outside = dict(OutsideView.objects.filter(assessment=assessment).values_list("item", "level"))
    means = results(framework, scores, limits_of(framework))
    levels = [
        {
            "item": item.code,
            "level": scores[item.code] if isinstance(scores[item.code], int) else None,
            "not_applicable": not isinstance(scores[item.code], int),
            "outside": outside.get(item.code),
        }
        for item in framework.items
        if item.code in scores
    ]
    return {
        "levels": levels,
        "overall": _mean("", means.overall),
        "areas": [_mean(code, mean) for code, mean in means.areas.items()],
        "categories": [_mean(code, mean) for code, mean in means.categories.items()],
    }


def _mean(code: str, mean: Mean) -> dict[str, Any]:
    return {
        "code": code,
        "value": None if mean.number is None else round(mean.number, 2),
        "scored": mean.scored,
        "not_applicable": mean.not_applicable,
    }
