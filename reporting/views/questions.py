"""Questions on values: asking, the thread of one, and the list of either side."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import access_of
from members.web.guards import AssociationRequest, association_page, require
from reporting.models import Question, Submission
from reporting.selectors import questions as selectors
from reporting.services import questions as services
from reporting.views.returns import submission_of

PAGE_SIZE = 25
MAX_PICKED = 200


@association_page("reporting.view_questions")
@require_safe
def question_list(request: AssociationRequest) -> HttpResponse:
    wanted = selectors.QuestionFilter(
        state=request.GET.get("state", ""),
        assignee=request.GET.get("assignee", ""),
        member=request.GET.get("member", ""),
        submission=request.GET.get("return", ""),
        older=request.GET.get("older", ""),
    )
    now = timezone.now()
    found = selectors.question_list(request.association, request.user, wanted, at=now)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "reporting/questions/list.html",
        {
            "page": page,
            "threads": [selectors.thread_of(question, at=now) for question in page],
            "wanted": wanted,
            "counts": selectors.question_counts(request.association, request.user),
            "members": selectors.members_asked(request.association, request.user),
            "is_staff": request.association.pk in access_of(request.user).staff_of,
        },
    )


@association_page("reporting.view_questions")
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: AssociationRequest, pk: UUID) -> HttpResponse:
    found = selectors.find_question(request.association, request.user, pk)
    if found is None:
        raise Http404
    require(request, "reporting.view_return", found.submission)
    if request.method != "POST":
        return _question_page(request, found)
    try:
        _step(request.POST, found, request)
    except services.QuestionForbidden as refused:
        raise PermissionDenied(str(refused)) from None
    except services.QuestionRefused as refused:
        fresh = selectors.find_question(request.association, request.user, pk)
        return _question_page(
            request, fresh or found, refusal=str(refused), typed=request.POST.get("text", "")
        )
    return _back(request, found)


def _step(sent: QueryDict, found: Question, request: AssociationRequest) -> None:
    """The one step that the form asks for."""
    step, text, version = sent.get("step", ""), sent.get("text", ""), sent.get("version", "")
    base: dict[str, Any] = {"question_id": found.pk, "by": request.user, "at": timezone.now()}
    seen = int(version) if version.isdecimal() and len(version) < 10 else None
    if step == "answer":
        services.answer(**base, expected_version=seen, text=text)
        messages.success(request, _("Your answer is with the association."))
    elif step == "resolve":
        services.resolve(**base, expected_version=seen, text=text)
        messages.success(request, _("The question is resolved."))
    elif step == "reopen":
        services.reopen(**base, expected_version=seen, text=text)
        messages.success(request, _("The MFI is asked again."))
    elif step == "assign":
        services.assign(**base, assignee_id=_uuid(sent.get("assignee", "")))
        messages.success(request, _("Saved."))
    else:
        raise Http404


def _question_page(
    request: AssociationRequest, found: Question, *, refusal: str = "", typed: str = ""
) -> HttpResponse:
    submission = found.submission
    return render(
        request,
        "reporting/questions/question.html",
        {
            "thread": selectors.thread_of(found, at=timezone.now()),
            "submission": submission,
            "refusal": refusal,
            "typed": typed,
            "people": selectors.who_can_answer([found.institution_id]).get(found.institution_id, []),
            **selectors.rights_of(request.user, submission),
        },
        status=422 if refusal else 200,
    )


def _back(request: AssociationRequest, found: Question) -> HttpResponseRedirect:
    """To where the form stood: the review, the section of the form, or the question itself."""
    slug, submission = request.association.slug, found.submission_id
    thread = selectors.thread_of(found, at=timezone.now())
    place = request.POST.get("from", "")
    if place == "review":
        shown = urlencode({"section": thread.section or "derived"})
        return redirect(f"{reverse('return_review', args=[slug, submission])}?{shown}#question-{found.pk}")
    if place == "section" and thread.section:
        return redirect(
            f"{reverse('return_section', args=[slug, submission, thread.section])}#question-{found.pk}"
        )
    return redirect("question", slug, found.pk)


@association_page()
@require_POST
def question_ask(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Ask about one value, about all findings of a rule in this return, or about several of its values."""
    submission = submission_of(request, pk)
    require(request, "reporting.ask_question", submission)
    sent = request.POST
    text, code, rule, scope = (sent.get(name, "") for name in ("text", "code", "rule", "scope"))
    base: dict[str, Any] = {"text": text, "by": request.user, "at": timezone.now()}
    try:
        if scope == "several":
            picked = [services.About(submission.pk, one) for one in sent.getlist("codes")[:MAX_PICKED]]
            if not picked:
                raise services.QuestionRefused(_("Tick the values that you ask about."))
            asked = services.ask_many(about=picked, **base)
        elif rule and scope == "return":
            asked = services.ask_for_rule(rule=rule, submission_id=submission.pk, **base)
        else:
            asked = [services.ask(submission_id=submission.pk, code=code, rule=rule, **base)]
    except services.QuestionForbidden as refused:
        raise PermissionDenied(str(refused)) from None
    except services.QuestionRefused as refused:
        return _ask_page(request, submission, refusal=str(refused))
    messages.success(request, asked_words(len(asked)))
    slug = request.association.slug
    if len(asked) != 1 or not code:
        return redirect("return_review", slug, submission.pk)
    shown = sent.get("section", "")
    query = f"?{urlencode({'section': shown})}" if shown else ""
    return redirect(f"{reverse('return_review', args=[slug, submission.pk])}{query}#question-{asked[0].pk}")


def asked_words(count: int) -> str:
    """How many questions were asked, for the reader."""
    if not count:
        return _("Nothing new was asked: there is a question on each of these values already.")
    return ngettext("One question is asked.", "%(count)s questions are asked.", count) % {"count": count}


def _ask_page(request: AssociationRequest, submission: Submission, *, refusal: str) -> HttpResponse:
    """The form once more with what was typed, and why it was not asked."""
    sent = request.POST
    return render(
        request,
        "reporting/questions/ask.html",
        {
            "submission": submission,
            "refusal": refusal,
            "typed": sent.get("text", ""),
            "kept": [
                (name, value)
                for name in ("code", "rule", "scope", "section", "codes")
                for value in sent.getlist(name)[:MAX_PICKED]
            ],
        },
        status=422,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None
