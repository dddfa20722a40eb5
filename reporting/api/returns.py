"""Returns: what a member answered, what follows from it, and what is wrong with it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.web.api import AssociationViews
from reporting.api.fields import RoundNameSerializer, ValueField, one_of
from reporting.catalogue import Severity
from reporting.enums import AnswerSource, MissingReason, ReturnState, VerificationLevel
from reporting.models import Submission
from reporting.selectors.return_rows import WITH_ROUND, WITHOUT
from reporting.selectors.returns import ReturnSheet, load_sheet
from reporting.selectors.reviews import problems_of
from reporting.selectors.verification import roll_up
from spm_portal.common.api.views import Filter


class RespondentSerializer(serializers.Serializer):
    """The MFI."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class ReturnSerializer(serializers.Serializer):
    """A return with the counters that the board shows."""

    id = serializers.UUIDField()
    association = serializers.CharField(source="association.slug")
    institution = RespondentSerializer()
    round = RoundNameSerializer()
    state = one_of(ReturnState)
    state_since = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Goes up with every move.")
    currency = serializers.CharField()
    imported = serializers.BooleanField()
    receipt_number = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    required_count = serializers.IntegerField()
    answered_count = serializers.IntegerField()
    error_count = serializers.IntegerField()
    warning_count = serializers.IntegerField()
    unexplained_count = serializers.IntegerField()


class AnswerSerializer(serializers.Serializer):
    """One question of the return with its answer.

    Version 0: never answered. Not relevant: other answers switched the question off, and a value does not count.
    """

    code = serializers.CharField()
    section = serializers.CharField()
    relevant = serializers.BooleanField()
    value = ValueField(allow_null=True)
    missing = one_of(MissingReason, allow_null=True, help_text="Why there is no value.")
    note = serializers.CharField()
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField(allow_null=True)
    source = one_of(AnswerSource, allow_null=True)
    verification = one_of(VerificationLevel, allow_null=True)


class DerivedValueSerializer(serializers.Serializer):
    """A figure worked out from the answers; null where they do not allow it."""

    code = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    value = serializers.FloatField(allow_null=True)


class FindingSerializer(serializers.Serializer):
    """A problem: an error blocks, a warning asks for a reason, information for nothing.

    What a rule on trial finds asks for nothing either. The message is in the person's language.
    """

    rule = serializers.CharField(source="finding.rule")
    severity = one_of(Severity, source="finding.severity")
    indicators = serializers.ListField(child=serializers.CharField(), source="finding.indicators")
    section = serializers.CharField(source="finding.section")
    on_trial = serializers.BooleanField(
        source="finding.on_trial",
        help_text="The rule is being tried out: neither correction nor reason is asked.",
    )
    message = serializers.CharField(source="text")
    reason = serializers.CharField(
        source="explanation.reason",
        default=None,
        allow_null=True,
        help_text="Why the member says it is right.",
    )
    previous_reason = serializers.CharField(
        source="offered.reason",
        default=None,
        allow_null=True,
        help_text="What the member wrote about the same rule in its last approved return; never taken by itself.",
    )


class SectionProgressSerializer(serializers.Serializer):
    """Answered of required in one section."""

    section = serializers.CharField()
    required = serializers.IntegerField()
    answered = serializers.IntegerField()


class ProgressSerializer(serializers.Serializer):
    """Answered of required."""

    required = serializers.IntegerField()
    answered = serializers.IntegerField()
    sections = SectionProgressSerializer(many=True)


class CheckedSerializer(serializers.Serializer):
    """How many answers that count were checked, each number with those of the better levels in it."""

    answers = serializers.IntegerField(source="total", help_text="Answers with a value or a reason for none.")
    staff_checked = serializers.IntegerField(source="checked")
    evidence_seen = serializers.IntegerField(source="with_evidence")
    audited = serializers.IntegerField()


class WholeReturnSerializer(ReturnSerializer):
    """A return with all that follows from its answers."""

    checked = CheckedSerializer()
    answers = AnswerSerializer(many=True)
    derived = DerivedValueSerializer(many=True)
    findings = FindingSerializer(many=True)
    progress = ProgressSerializer()

    def to_representation(self, sheet: ReturnSheet) -> dict[str, Any]:
        """The return's own fields, then what the sheet works out."""
        shown: dict[str, Any] = ReturnSerializer(sheet.submission).data
        return shown | {
            "checked": CheckedSerializer(roll_up(sheet)).data,
            "answers": AnswerSerializer(_answers(sheet), many=True).data,
            "derived": DerivedValueSerializer(_derived(sheet), many=True).data,
            "findings": FindingSerializer(problems_of(sheet), many=True).data,
            "progress": ProgressSerializer(told_progress(sheet)).data,
        }


def _answers(sheet: ReturnSheet) -> list[dict[str, Any]]:
    """Every question that the round asks, and every other that holds an answer, in the order of the form."""
    rows = []
    for indicator in sheet.catalogue.indicators:
        code = indicator.code
        answer = sheet.answers.get(code)
        if answer is None and code not in sheet.computed.asked:
            continue
        rows.append(
            {
                "code": code,
                "section": indicator.section,
                "relevant": code in sheet.computed.relevant,
                "value": sheet.values.get(code),
                "missing": sheet.missing.get(code),
                "note": answer.note if answer else "",
                "version": answer.version if answer else 0,
                "changed_at": answer.changed_at if answer else None,
                "source": answer.source if answer else None,
                "verification": answer.verification if answer else None,
            }
        )
    return rows


def _derived(sheet: ReturnSheet) -> list[dict[str, Any]]:
    return [
        {"code": one.code, "label": one.label, "unit": one.unit, "value": sheet.computed.derived[one.code]}
        for one in sheet.catalogue.derived
        if one.code in sheet.computed.relevant_derived
    ]


def told_progress(sheet: ReturnSheet) -> dict[str, Any]:
    """Answered of required as `ProgressSerializer` tells it."""
    found = sheet.progress
    sections = [
        {"section": code, "required": count.required, "answered": count.answered}
        for code, count in found.per_section.items()
    ]
    return {"required": found.required, "answered": found.answered, "sections": sections}


@extend_schema_view(
    list=extend_schema(summary="List the returns to an association that I may see, newest period first"),
    retrieve=extend_schema(
        summary="Read a return with its answers, derived values, findings and progress",
        responses=WholeReturnSerializer,
    ),
)
class Returns(AssociationViews):
    """One's own MFI's returns; all returns to the association for its staff; never a donor's."""

    model = Submission
    serializer_class = ReturnSerializer
    list_permission = "reporting.view_rounds"
    object_permission = "reporting.view_return"
    place = ("round__period_end",)
    filters = (
        Filter("round", "Only returns of the round with this code."),
        Filter("state", "Only returns in this state.", tuple(ReturnState.values)),
    )

    def narrow(self, visible: QuerySet[Submission]) -> QuerySet[Submission]:
        """With round and MFI; filtered as asked."""
        found = super().narrow(visible).select_related(*WITH_ROUND).defer(*WITHOUT)
        asked = self.request.query_params
        if "round" in asked:
            found = found.filter(round__code=asked["round"])
        if "state" in asked:
            found = found.filter(state=asked["state"])
        return found

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The return as its sheet works it out."""
        return Response(WholeReturnSerializer(load_sheet(self.get_object())).data)
