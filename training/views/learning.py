"""What came of sessions, for staff and for the trainers of each; and tests on paper that staff key in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.refusal import Refused
from spm_portal.common.table_files import table_file
from training.datasets import learning_results as dataset
from training.enums import TestStage
from training.forms.learning import answers_of
from training.models import Course, TrainingSession
from training.selectors.learning import (
    SessionResults,
    experts_of,
    for_trainers,
    results_of,
    results_of_one,
    seats_of,
    tests_taken,
)
from training.selectors.own_learning import questions_of, sheet_of
from training.services.tests_taken import Unfinished, take
from training.web.learning import TITLES, question_cards
from training.web.sessions import SessionRequest, session_page
from training.web.teaching import Door, TeachingRequest, account_door, link_door


def _seen(door: Door) -> SessionResults:
    """The results as this reader may see them: staff everything, trainers nothing of single persons."""
    found = results_of_one(door.session)
    if door.is_run:
        return found
    own = [door.expert.pk] if door.expert else experts_of(door.session, door.by.pk) if door.by else []
    return for_trainers(found, own)


@never_cache
@require_safe
def _results(request: TeachingRequest) -> HttpResponse:
    """Tests, evaluations and words of one session."""
    door = request.door
    found = _seen(door)
    context: dict[str, Any] = {
        "door": door,
        "session": door.session,
        "association": door.session.association,
        "base": "training/learning/_link.html" if door.is_link else "base.html",
        "results": found,
        "tests": dataset.test_picture(found),
        "stages": dataset.stage_pictures(found),
    }
    return render(
        request, "training/learning/results.html", context | ({"shell": None} if door.is_link else {})
    )


session_results, teaching_results = account_door(_results), link_door(_results)


@account_door
@never_cache
@require_safe
def session_results_file(request: TeachingRequest) -> HttpResponse:
    """The same as a workbook."""
    door = request.door
    sheets = dataset.result_sheets(_seen(door), with_people=door.is_run)
    name = slugify(f"{door.session.title}-{door.session.starts_at:%Y-%m-%d}") or "session"
    results = slugify(_("results")) or "results"
    return table_file(sheets, kind="xlsx", name=f"{name}-{results}")


def _course(request: AssociationRequest, pk: UUID) -> tuple[Course, list[SessionResults]]:
    course = found_or_404(
        Course.objects.visible_to(request.user).filter(association=request.association), pk=pk
    )
    require(request, "training.change_course", course)
    sessions = (
        TrainingSession.objects.visible_to(request.user)
        .filter(course=course, state__in=("announced", "held"))
        .select_related("course")
        .order_by("-starts_at", "pk")
    )
    started = [one for one in sessions if one.starts_at <= timezone.now()]
    found = results_of(started)
    return course, [found[one.pk] for one in started]


@association_page("training.view_training")
@never_cache
@require_safe
def course_results(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One course over its sessions."""
    course, rows = _course(request, pk)
    context = {"course": course, "rows": rows, "chart": dataset.course_picture(list(reversed(rows)))}
    return render(request, "training/learning/course_results.html", context)


@association_page("training.view_training")
@never_cache
@require_safe
def course_results_file(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The same as a workbook."""
    course, rows = _course(request, pk)
    return table_file(dataset.course_sheets(rows), kind="xlsx", name=slugify(course.code) or "course")


@session_page("training.run_session")
@never_cache
@require_safe
def session_tests(request: SessionRequest) -> HttpResponse:
    """Who took which test, so that staff key in those on paper."""
    session = request.training_session
    rows = [
        (one, [(stage, TITLES[stage], sheet) for stage, sheet in tests])
        for one, tests in tests_taken(session)
    ]
    context = {
        "session": session,
        "door": Door(session, request.user, None),
        "rows": rows,
        "questions": session.course.questions.filter(retired_at__isnull=True).count(),
    }
    return render(request, "training/learning/tests.html", context)


@session_page("training.run_session")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_test_key(request: SessionRequest, registration: UUID, stage: str) -> HttpResponse:
    """Key in one test that was taken on paper."""
    session, status = request.training_session, 200
    one = found_or_404(seats_of(session), pk=registration)
    if stage not in TestStage.values:
        raise Http404
    questions = questions_of(one)
    answers = answers_of(questions, request.POST)
    context: dict[str, Any] = {"session": session, "registration": one, "title": TITLES[stage]}
    if request.method == "POST":
        try:
            take(registration_id=one.pk, stage=stage, answers=answers, by=request.user, at=timezone.now())
        except Unfinished as unfinished:
            context |= {"refused": unfinished.message, "missing": unfinished.missing}
            status = 422
        except Refused as refused:
            context |= {"refused": refused.message}
            status = 409
        else:
            messages.success(request, _("The test of %(name)s is kept.") % {"name": one.participant.name})
            return redirect("session_tests", request.association.slug, session.pk)
    context["cards"] = question_cards(questions, answers, context.get("missing", ()))
    context["sheet"] = sheet_of(one, stage)
    return render(request, "training/learning/test_key.html", context, status=status)
