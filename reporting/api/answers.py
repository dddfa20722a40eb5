"""Changing a return through the API: answers, checks, reasons and submission, by the services of the pages."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from members.enums import KeyScope
from members.models import Association
from members.web.writing import IDEMPOTENCY_KEY, Writing
from reporting.api import examples
from reporting.api.answer_fields import (
    AnswersAnswerSerializer,
    AnswersFailureSerializer,
    AnswersSerializer,
    ExplanationSerializer,
    NothingSerializer,
    ProblemsSerializer,
    SubmitSerializer,
    problems,
    saved_answers,
)
from reporting.api.returns import ReturnSerializer
from reporting.enums import AnswerSource, Move
from reporting.models import Submission
from reporting.selectors.return_rows import WITH_ROUND, WITHOUT
from reporting.selectors.returns import load_sheet
from reporting.services import transitions
from reporting.services.answers import (
    AnswerChange,
    EditRefused,
    ExplanationRefused,
    SaveResult,
    explain,
    save_answers,
)
from spm_portal.common.api.errors import Refusal, body

CONFLICT, REFUSED = 409, 422


class OfReturn(Writing):
    """A view at `returns/<id>/…/`: hidden and absent returns answer alike, as for reading."""

    def submission(self, request: Request, pk: UUID) -> Submission:
        """The return, if the person may see it."""
        found = (
            Submission.objects.visible_to(request.user)
            .filter(pk=pk, association__in=Association.objects.visible_to(request.user))
            .select_related(*WITH_ROUND)
            .defer(*WITHOUT)
            .first()
        )
        if found is None:
            raise Http404
        if not request.user.has_perm("reporting.view_return", found):
            raise PermissionDenied
        return found


class ReturnAnswers(OfReturn):
    """Answers of a return, each for itself, with a version check."""

    http_method_names = ["patch"]
    write_scope = KeyScope.WRITE_ANSWERS

    @extend_schema(
        summary="Change answers of a return",
        description=(
            "Each answer is taken for itself: `saved`, `unchanged`, `refused` with a sentence, or in `conflict` "
            "because somebody else changed it after the `version` that you name (0: never answered). With a "
            "conflict the status is 409, else with a refusal 422; the other answers are saved all the same."
        ),
        parameters=[IDEMPOTENCY_KEY],
        request=AnswersSerializer,
        responses={
            200: AnswersAnswerSerializer,
            CONFLICT: OpenApiResponse(AnswersFailureSerializer, "Somebody else changed an answer meanwhile."),
            REFUSED: OpenApiResponse(
                AnswersFailureSerializer, "An answer was refused, or the idempotency key used before."
            ),
        },
        examples=examples.ANSWERS,
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Save what fits."""
        submission = self.submission(request, pk)
        asked = AnswersSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        changes = [_change(one) for one in asked.validated_data["answers"]]

        def change() -> Response:
            try:
                result = save_answers(
                    submission_id=submission.pk,
                    changes=changes,
                    by=request.user,
                    at=timezone.now(),
                    source=AnswerSource.API,
                )
            except EditRefused as refusal:
                raise Refusal(403, "not_editable", str(refusal.message)) from refusal
            return _told(result, changes)

        return self.once(request, change)


class ReturnValidation(OfReturn):
    """What is still wrong with a return."""

    write_scope = KeyScope.READ

    @extend_schema(
        summary="Check a return as submitting it would",
        request=NothingSerializer,
        responses=ProblemsSerializer,
        examples=[examples.PROBLEMS],
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Every problem; nothing is written."""
        submission = self.submission(request, pk)
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        return Response(problems(load_sheet(submission)))


class ReturnExplanations(OfReturn):
    """Why a value that a rule warns about is right."""

    write_scope = KeyScope.WRITE_ANSWERS

    @extend_schema(
        summary="Give the reason for a warning, or take it back",
        parameters=[IDEMPOTENCY_KEY],
        request=ExplanationSerializer,
        responses={
            200: ProblemsSerializer,
            REFUSED: OpenApiResponse(
                examples.ERROR, "There is no such warning now, or the reason is too long."
            ),
        },
        examples=[examples.EXPLANATION, examples.PROBLEMS],
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Keep the reason."""
        submission = self.submission(request, pk)
        asked = ExplanationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)

        def change() -> Response:
            try:
                sheet = explain(
                    submission_id=submission.pk,
                    **asked.validated_data,
                    by=request.user,
                    at=timezone.now(),
                    source=AnswerSource.API,
                )
            except EditRefused as refusal:
                raise Refusal(403, "not_editable", str(refusal.message)) from refusal
            except ExplanationRefused as refusal:
                raise Refusal(REFUSED, "reason_refused", str(refusal)) from refusal
            return Response(problems(sheet))

        return self.once(request, change)


class ReturnSubmission(OfReturn):
    """Handing a return to the association."""

    write_scope = KeyScope.SUBMIT

    @extend_schema(
        summary="Submit a return",
        description="Needs every required answer, no error, and a reason for each warning. Only a signatory may.",
        parameters=[IDEMPOTENCY_KEY],
        request=SubmitSerializer,
        responses={
            200: ReturnSerializer,
            REFUSED: OpenApiResponse(examples.ERROR, "The return is not ready, or moved meanwhile."),
        },
        examples=[examples.SUBMIT],
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Submit, or say what is missing."""
        submission = self.submission(request, pk)
        asked = SubmitSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data

        def change() -> Response:
            try:
                moved = transitions.move(
                    submission_id=submission.pk,
                    move=Move.SUBMIT,
                    by=request.user,
                    at=None,  # the database tells who is on time
                    comment=said["comment"],
                    expected_version=said.get("version"),
                    certified_name=said.get("certified_name"),
                )
            except transitions.MoveForbidden as refusal:
                raise Refusal(403, "move_forbidden", str(refusal)) from refusal
            except transitions.MoveRefused as refusal:
                raise Refusal(REFUSED, "not_ready", str(refusal)) from refusal
            return Response(ReturnSerializer(moved).data)

        return self.once(request, change)


def _change(one: dict[str, Any]) -> AnswerChange:
    return AnswerChange(
        code=one["code"],
        value=one.get("value"),
        missing=one.get("missing") or "",
        note=one.get("note"),
        expected_version=one["version"],
    )


def _told(result: SaveResult, changes: list[AnswerChange]) -> Response:
    """The outcome of every answer, with the status of the worst."""
    told = saved_answers(result, changes)
    if result.is_clean:
        return Response(told)
    fields = {code: [message] for code, message in result.refused.items()}
    if result.conflicts:
        message = _(
            "Somebody else changed answers meanwhile. Look at both values, then send your choice again."
        )
        fields |= {one.code: [message] for one in result.conflicts}
        return Response(body("conflict", message, fields) | told, status=CONFLICT)
    message = _("Some answers cannot be kept as they are. See what is wrong with each.")
    return Response(body("refused", message, fields) | told, status=REFUSED)
