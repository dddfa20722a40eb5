"""Pages of a course's short test: its questions, for staff, since they show the right answers."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.refusal import Refused
from training.forms.courses import QuestionForm
from training.models import Course, TestQuestion
from training.selectors.courses import questions_of
from training.services import course_tests as service

VIEW, CHANGE = "training.view_catalogue", "training.change_course"


@association_page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def course_questions(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The questions with their right answers; the form adds one."""
    found = _found(request, pk)
    action = request.POST.get("action", "add") if request.method == "POST" else ""
    if action in ("up", "retire"):
        _move(request, found, action)
        return redirect("course_questions", request.association.slug, found.pk)
    form = QuestionForm(posted(request))
    if form.is_valid():
        saved = attempt(
            form,
            lambda: service.save_question(
                course_id=found.pk, by=request.user, at=timezone.now(), **form.values
            ),
        )
        if saved is not None:
            messages.success(request, _("The question is in the test."))
            return redirect("course_questions", request.association.slug, found.pk)
    return render(
        request,
        "training/courses/questions.html",
        {"course": found, "questions": questions_of(found), "form": form},
        status=422 if form.is_bound else 200,
    )


@association_page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def course_question(request: AssociationRequest, pk: UUID, question: UUID) -> HttpResponse:
    """Change one question."""
    found = _found(request, pk)
    held: TestQuestion = found_or_404(found.questions.filter(retired_at__isnull=True), pk=question)
    form = QuestionForm(posted(request), question=held)
    if form.is_valid():
        saved = attempt(
            form,
            lambda: service.save_question(
                course_id=found.pk,
                question_id=held.pk,
                by=request.user,
                at=timezone.now(),
                **form.values,
            ),
        )
        if saved is not None:
            messages.success(request, _("The question is saved."))
            return redirect("course_questions", request.association.slug, found.pk)
    return render(
        request,
        "training/courses/question.html",
        {"course": found, "form": form},
        status=422 if form.is_bound else 200,
    )


def _move(request: AssociationRequest, found: Course, action: str) -> None:
    try:
        key = UUID(request.POST.get("question", ""))
    except ValueError:
        raise Http404 from None
    change = service.move_question if action == "up" else service.retire_question
    try:
        change(course_id=found.pk, question_id=key, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))


def _found(request: AssociationRequest, pk: UUID) -> Course:
    seen = Course.objects.visible_to(request.user).filter(association=request.association)
    found = found_or_404(seen, pk=pk)
    require(request, CHANGE, found)
    return found
