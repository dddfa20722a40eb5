"""What changes of a return look like on their way in and out."""

import math
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reporting.api.fields import VALUE, ValueField, one_of
from reporting.api.returns import FindingSerializer, ProgressSerializer, told_progress
from reporting.enums import MissingReason
from reporting.models import Answer
from reporting.selectors.returns import ReturnSheet
from reporting.selectors.reviews import problems_of
from reporting.services.answers import AnswerChange, SaveResult
from reporting.values import to_engine
from spm_portal.common.api.content import Strict

MOST_ANSWERS, LONGEST_CODE, LONGEST_TEXT, MOST_CHOICES = 500, 64, 20_000, 200
LARGEST_VERSION = 2**31 - 1
RESULTS = ("saved", "unchanged", "refused", "conflict")


@extend_schema_field(VALUE)
class AnyValueField(ValueField):
    """A value as a program sends it; which of them fits is for the question to say."""

    default_error_messages = {
        "kind": gettext_lazy("Give a number, true or false, a text, a list of texts, or null."),
        "sign": gettext_lazy("Remove the null characters and broken signs."),
        "long": gettext_lazy("This is longer than the portal keeps. Shorten it."),
    }

    def to_internal_value(self, data: Any) -> Any:
        """The value, if JSON and the database can hold it."""
        if isinstance(data, list):
            if len(data) > MOST_CHOICES:
                self.fail("long")
            if not all(isinstance(one, str) for one in data):
                self.fail("kind")
            for one in data:
                self._check_text(one)
        elif isinstance(data, str):
            self._check_text(data)
        elif isinstance(data, float):
            if not math.isfinite(data):
                self.fail("kind")
        elif not isinstance(data, bool | int):
            self.fail("kind")
        return data

    def _check_text(self, text: str) -> None:
        if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            self.fail("sign")
        if len(text) > LONGEST_TEXT:
            self.fail("long")


class NothingSerializer(Strict):
    """No content, or an empty object."""


class AnswerChangeSerializer(Strict):
    """What one answer shall be: a value, or the reason why there is none; `"value": null` alone empties it."""

    code = serializers.CharField(max_length=LONGEST_CODE)
    value = AnyValueField(allow_null=True, required=False)
    missing = one_of(MissingReason, allow_null=True, required=False, help_text="Why there is no value.")
    note = serializers.CharField(
        allow_blank=True,
        required=False,
        max_length=LONGEST_TEXT,
        trim_whitespace=False,
        help_text="Left out: the note stays as it is.",
    )
    version = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST_VERSION,
        default=0,
        help_text="The version that you changed; 0 if it had no answer.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Leaving the value out must not empty an answer by accident."""
        if "value" not in attrs and not attrs.get("missing"):
            raise serializers.ValidationError({"value": [_("Give a value, null to empty it, or a reason.")]})
        return attrs


class AnswersSerializer(Strict):
    """Changes of answers, each question once."""

    answers = AnswerChangeSerializer(many=True, allow_empty=False, min_length=1, max_length=MOST_ANSWERS)

    def validate_answers(self, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Which of two changes of one answer should count?"""
        codes = [one["code"] for one in answers]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise serializers.ValidationError(
                _("Twice in the list: %(codes)s.") % {"codes": ", ".join(twice)}
            )
        return answers


class KeptSerializer(serializers.Serializer):
    """An answer as one side has it."""

    value = ValueField(allow_null=True)
    missing = one_of(MissingReason, allow_null=True)
    note = serializers.CharField(allow_null=True, help_text="Null: left as it is.")
    version = serializers.IntegerField()


class AnswerResultSerializer(serializers.Serializer):
    """What became of one change."""

    code = serializers.CharField()
    result = serializers.ChoiceField(choices=RESULTS)
    message = serializers.CharField(help_text="Why it was refused; empty otherwise.")
    stored = KeptSerializer(allow_null=True, help_text="What the portal has now; null if there is no answer.")
    yours = KeptSerializer(
        allow_null=True, help_text="What you sent, where it conflicts with what is stored."
    )


class AnswersAnswerSerializer(serializers.Serializer):
    """What became of every change, in the order that they were sent."""

    results = AnswerResultSerializer(many=True)
    progress = ProgressSerializer()


class ErrorPartSerializer(serializers.Serializer):
    """The error, as in every answer that failed."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class AnswersFailureSerializer(serializers.Serializer):
    """Not everything was saved; the results are left out where nothing was tried."""

    error = ErrorPartSerializer()
    results = AnswerResultSerializer(many=True, required=False)
    progress = ProgressSerializer(required=False)


class ProblemsSerializer(serializers.Serializer):
    """All problems of a return."""

    ready = serializers.BooleanField(
        help_text="Whether it can be submitted: complete, no error, a reason for each warning."
    )
    findings = FindingSerializer(many=True)
    progress = ProgressSerializer()


class ExplanationSerializer(Strict):
    """The reason for a warning; a blank one takes it back."""

    rule = serializers.CharField(max_length=LONGEST_CODE)
    reason = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True)


class SubmitSerializer(Strict):
    """What goes with a submission."""

    version = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST_VERSION,
        required=False,
        help_text="The version of the return that you read; refused if it moved since.",
    )
    certified_name = serializers.CharField(
        max_length=120,
        required=False,
        help_text="The signatory's own name, typed as on the page; left out: the key stands for the person.",
    )
    comment = serializers.CharField(max_length=4_000, allow_blank=True, default="", trim_whitespace=False)


def problems(sheet: ReturnSheet) -> dict[str, Any]:
    """What `ProblemsSerializer` promises."""
    progress = sheet.progress
    return {
        "ready": progress.answered >= progress.required and not sheet.errors and not sheet.open_warnings,
        "findings": FindingSerializer(problems_of(sheet), many=True).data,
        "progress": ProgressSerializer(told_progress(sheet)).data,
    }


def saved_answers(result: SaveResult, changes: list[AnswerChange]) -> dict[str, Any]:
    """What `AnswersAnswerSerializer` promises."""
    sheet = result.sheet
    conflicts = {one.code for one in result.conflicts}
    rows = []
    for change in changes:
        code = change.code
        outcome = "saved" if code in result.saved else "unchanged"
        outcome = "refused" if code in result.refused else "conflict" if code in conflicts else outcome
        rows.append(
            {
                "code": code,
                "result": outcome,
                "message": result.refused.get(code, ""),
                "stored": _kept(sheet, code, sheet.answers.get(code)),
                "yours": _sent(change) if outcome == "conflict" else None,
            }
        )
    progress = ProgressSerializer(told_progress(sheet)).data
    return {"results": AnswerResultSerializer(rows, many=True).data, "progress": progress}


def _kept(sheet: ReturnSheet, code: str, answer: Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    value = to_engine(sheet.catalogue.indicator(code), answer)
    return {
        "value": value,
        "missing": answer.missing or None,
        "note": answer.note,
        "version": answer.version,
    }


def _sent(change: AnswerChange) -> dict[str, Any]:
    return {
        "value": change.value,
        "missing": change.missing or None,
        "note": change.note,
        "version": change.expected_version or 0,
    }
