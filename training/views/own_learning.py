"""What a registered person does by the personal link: the test before and after, and the evaluations."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.web.links import LinkRequest
from spm_portal.common.refusal import Refused
from training.enums import EvaluationStage, TestStage
from training.forms.learning import answers_of, prefixed
from training.models import Registration
from training.selectors.own_learning import evaluation_of, own_learning, questions_of, sheet_of
from training.services.evaluations import TEXTS, Unmarked, give, trainers_asked
from training.services.tests_taken import Unfinished, take
from training.web.learning import card_of, evaluation_lines, question_cards, right_answers, trainer_lines
from training.web.links import PARTICIPANT_LINK


@PARTICIPANT_LINK.page
@require_http_methods(["GET", "HEAD", "POST"])
def my_test(request: LinkRequest[Registration], stage: str) -> HttpResponse:
    """The questions to answer while the test is open; after it, the result."""
    if stage not in TestStage.values:
        raise Http404
    one, status = request.opened, 200
    questions = questions_of(one)
    context: dict[str, Any] = {}
    answers = answers_of(questions, request.POST)
    if request.method == "POST":
        try:
            take(registration_id=one.pk, stage=stage, answers=answers, by=None, at=timezone.now())
        except Unfinished as unfinished:
            context, status = {"refused": unfinished.message, "missing": unfinished.missing}, 422
        except Refused as refused:
            context, status = {"refused": refused.message}, 409
        else:
            messages.success(request, _("Your answers are kept. Thank you."))
            return redirect("my_test", one.pk, stage)
    sheet = sheet_of(one, stage)
    context |= {
        "cards": question_cards(questions, answers, context.get("missing", ())),
        "sheet": sheet,
        # the same questions come after the session: until then nobody learns which choices are right
        "answers": right_answers(questions, sheet) if sheet and stage == TestStage.POST else None,
    }
    return _page(request, "training/learning/my_test.html", stage, context, status)


@PARTICIPANT_LINK.page
@require_http_methods(["GET", "HEAD", "POST"])
def my_evaluation(request: LinkRequest[Registration], stage: str) -> HttpResponse:
    """The sentences to mark and the words to write, and afterwards what was given."""
    if stage not in EvaluationStage.values:
        raise Http404
    one, status = request.opened, 200
    ratings, rated = prefixed(request.POST, "r-"), prefixed(request.POST, "t-")
    texts = {name: request.POST.get(name, "") for name in TEXTS}
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            give(
                registration_id=one.pk,
                stage=stage,
                ratings=ratings,
                trainers=rated,
                texts=texts,
                at=timezone.now(),
            )
        except Unmarked as unmarked:
            missing = [*unmarked.codes, *unmarked.trainers]
            context, status = {"refused": unmarked.message, "missing": missing}, 422
        except Refused as refused:
            context, status = {"refused": refused.message}, 409
        else:
            messages.success(request, _("Your answers are kept. Thank you."))
            return redirect("my_evaluation", one.pk, stage)
    given = evaluation_of(one, stage)
    if given is not None and status == 200:
        ratings, rated = given.ratings, given.trainers
        texts = {name: getattr(given, name) for name in TEXTS}
    lacking = context.get("missing", ())
    context |= {
        "given": given,
        "lines": evaluation_lines(stage, ratings, lacking),
        "trainer_lines": trainer_lines(trainers_asked(one.session, stage), rated, lacking),
        "texts": texts,
    }
    return _page(request, "training/learning/my_evaluation.html", stage, context, status)


def _page(
    request: LinkRequest[Registration], template: str, stage: str, context: dict[str, Any], status: int
) -> HttpResponse:
    one = request.opened
    found = own_learning(one, at=timezone.now())
    step = next((each for each in found.steps if each.stage == stage), None) if found else None
    frame = {
        "shell": None,
        "registration": one,
        "session": one.session,
        "association": one.association,
        "card": card_of(one, step) if step else None,
        "stage": stage,
    }
    return render(request, template, frame | context, status=status)
