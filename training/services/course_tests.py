"""Writing the questions of a course's short test, which participants take before and after a session."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from training.curricula import CHOICES, MAX_LINE, is_question
from training.models import Course, TestQuestion, TestSheet
from training.services.courses import locked_course

MOST_QUESTIONS = 40


def save_question(
    *,
    course_id: UUID,
    text: str,
    choices: Sequence[str],
    correct: Sequence[int],
    by: User | None,
    at: datetime,
    question_id: UUID | None = None,
) -> TestQuestion:
    """Add a question, or change the one of this key; `correct` are the numbers of the right choices, from 0.

    One that somebody has answered already is taken out and a new one put in its place, so that old scores keep the
    question that they are about. Raises ValidationError by field.
    """
    words, offered = one_line(text), [one_line(choice) for choice in choices]
    _check(words, offered, correct)
    with transaction.atomic(), acting(by):
        course = locked_course(course_id=course_id, by=by, at=at)
        live = TestQuestion.objects.filter(course=course, retired_at__isnull=True)
        held = live.filter(pk=question_id).first() if question_id is not None else None
        if question_id is not None and held is None:
            raise ValidationError(_("This question was taken out of the test. Add it as a new one."))
        others = live if held is None else live.exclude(pk=held.pk)
        if others.filter(text=words).exists():
            raise ValidationError({"text": _("The test asks this already.")})
        if held is None and live.count() >= MOST_QUESTIONS:
            raise ValidationError(_("A test has at most %(limit)s questions.") % {"limit": MOST_QUESTIONS})
        position = held.position if held is not None else _last(course) + 1
        if held is not None and TestSheet.objects.filter(answers__has_key=str(held.pk)).exists():
            held.retired_at = at
            held.save(update_fields=["retired_at"])
            held = None
        question = held or TestQuestion(
            association_id=course.association_id, course=course, position=position
        )
        question.text, question.choices, question.correct = words, offered, sorted(set(correct))
        question.save()
        _record("course.question", course, question, by, at)
    return question


def retire_question(*, course_id: UUID, question_id: UUID, by: User, at: datetime) -> None:
    """Take a question out of the test; tests that were taken keep it."""
    with transaction.atomic(), acting(by):
        course = locked_course(course_id=course_id, by=by, at=at)
        found = TestQuestion.objects.filter(course=course, pk=question_id, retired_at__isnull=True).first()
        if found is not None:
            found.retired_at = at
            found.save(update_fields=["retired_at"])
            _record("course.question_retired", course, found, by, at)


def move_question(*, course_id: UUID, question_id: UUID, by: User, at: datetime) -> None:
    """Put a question one place up. Raises Refused where it is not in the test."""
    with transaction.atomic(), acting(by):
        course = locked_course(course_id=course_id, by=by, at=at)
        live = list(
            TestQuestion.objects.filter(course=course, retired_at__isnull=True).order_by("position", "pk")
        )
        place = next((number for number, one in enumerate(live) if one.pk == question_id), None)
        if place is None:
            raise Refused(_("This question was taken out of the test."))
        if place:
            live[place - 1], live[place] = live[place], live[place - 1]
        for number, one in enumerate(live, start=1):
            if one.position != number:
                one.position = number
                one.save(update_fields=["position"])
        _record("course.question_moved", course, live[max(place - 1, 0)], by, at)


def _check(text: str, choices: Sequence[str], correct: Sequence[int]) -> None:
    if not text or len(text) > MAX_LINE:
        raise ValidationError(
            {"text": _("Write the question in at most %(limit)s characters.") % {"limit": MAX_LINE}}
        )
    if len(choices) not in CHOICES or not all(choices) or any(len(one) > MAX_LINE for one in choices):
        raise ValidationError(_("Give two to six choices."))
    if len(set(choices)) != len(choices):
        raise ValidationError(_("Two choices read the same."))
    if not is_question(choices, correct):
        raise ValidationError(_("Tick the right choices: at least one, and not all of them."))


def _last(course: Course) -> int:
    found = TestQuestion.objects.filter(course=course).order_by("-position").first()
    return found.position if found is not None else 0


def _record(verb: str, course: Course, question: TestQuestion, by: User | None, at: datetime) -> None:
    record(
        verb,
        course,
        by=by,
        at=at,
        association_id=course.association_id,
        code=course.code,
        question=str(question.pk),
    )
