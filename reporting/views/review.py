"""Pages that move a return: submitting it with a receipt, reviewing it, and the address of every move."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.access import access_of
from members.enums import Role
from members.models import RoleAssignment, User
from members.web.guards import AssociationRequest, association_page
from reporting.enums import Move, ReturnState
from reporting.models import Submission, Transition
from reporting.rules import moves_of
from reporting.selectors.beside import kinds_beside
from reporting.selectors.notices import timeline
from reporting.selectors.questions import rights_of, threads_of
from reporting.selectors.receipts import receipt_record
from reporting.selectors.returns import ReturnSheet, load_sheet
from reporting.selectors.reviews import load_review, problems_of
from reporting.services import transitions
from reporting.services.answers import answers_sha256
from reporting.services.signatures import four_eyes_on, signatures_on
from reporting.states import NEEDS_COMMENT
from reporting.views.returns import submission_of
from reporting.web.changes import changes_of
from reporting.web.levels import level_panel
from reporting.web.review import review_page
from reporting.web.review_groups import chooser_of, with_group
from reporting.web.team import Team
from spm_portal.common.downloads import made_file
from spm_portal.common.pdf import render_pdf


@association_page()
def return_submit(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    if submission.institution_id not in access_of(request.user).works_for:
        raise PermissionDenied  # staff never submit in a member's name
    if request.method == "POST":
        return _move(request, submission, Move.SUBMIT)
    if not submission.is_editable:
        return redirect("return_receipt", request.association.slug, submission.pk)
    return _submit_page(request, submission)


def _submit_page(request: AssociationRequest, submission: Submission, *, refusal: str = "") -> HttpResponse:
    sheet = load_sheet(submission)
    problems = problems_of(sheet)
    there = kinds_beside(submission)
    threads = threads_of(submission, at=timezone.now()) if there.questions else []
    return render(
        request,
        "reporting/review/submit.html",
        {
            "submission": submission,
            "sheet": sheet,
            "unanswered": sheet.progress.required - sheet.progress.answered,
            "errors": [one for one in problems if one.is_error and one.finding.rule != "REQ"],
            "unexplained": [one for one in problems if one.finding.needs_reason and one.explanation is None],
            "explained": [
                one for one in problems if one.finding.needs_reason and one.explanation is not None
            ],
            "is_ready": not any(thread.is_open for thread in threads)
            and _is_ready(sheet)
            and submission.round.is_open
            and not submission.is_locked(timezone.now()),
            "may_submit": submission.institution_id in access_of(request.user).signs,
            "signatories": _signatories(submission),
            "timing": submission.due.timing(timezone.now()),
            "is_locked": submission.is_locked(timezone.now()),
            "refusal": refusal,
            "moved": timeline(submission)[0] if submission.state == ReturnState.RETURNED else None,
            "typed_name": request.POST.get("certified_name", ""),
            "signed": signatures_on(submission, answers_sha256(sheet))
            if submission.round.two_signatures
            else [],
            "threads": threads,
            "team": Team(sheet, request.user, given=there.given, flags=there.flags),
            "open_questions": sum(thread.is_open for thread in threads),
            "changes": changes_of(sheet),
        },
        status=422 if refusal else 200,
    )


def _is_ready(sheet: ReturnSheet) -> bool:
    return not sheet.errors and not sheet.open_warnings


def _signatories(submission: Submission) -> list[str]:
    held = (
        RoleAssignment.objects.live()
        .filter(institution=submission.institution_id, role=Role.INSTITUTION_SIGNATORY)
        .select_related("user")
    )
    return sorted(str(role.user) for role in held)


@association_page()
@require_safe
def return_receipt(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    last = submission.transitions.filter(move=Move.SUBMIT).select_related("by").order_by("-at", "-pk").first()
    if last is None:
        raise Http404
    return render(
        request,
        "reporting/review/receipt.html",
        {
            "submission": submission,
            "transition": last,
            "signatures": _signatures(last),
            "record": receipt_record(submission),
            "seal": seal_of(last),
            "timing": submission.due.timing(last.at),
        },
    )


def _signatures(last: Transition) -> list[Transition]:
    """All under the answers of this submission, the first signature first."""
    first = Transition.objects.filter(
        submission=last.submission_id, move=Move.SIGN, answers_sha256=last.answers_sha256, at__lte=last.at
    )
    found = [one for one in first.select_related("by").order_by("at", "pk") if one.by_id != last.by_id]
    return [*(found if last.answers_sha256 else [])[-1:], last]


def seal_of(last: Transition) -> str:
    """Whether the answers are those that were signed: "whole", "broken", or empty where nothing was kept."""
    if not last.answers_sha256:
        return ""
    return "whole" if answers_sha256(load_sheet(last.submission)) == last.answers_sha256 else "broken"


@association_page()
@require_safe
def return_receipt_pdf(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    last = submission.transitions.filter(move=Move.SUBMIT).select_related("by").order_by("-at", "-pk").first()
    if last is None:
        raise Http404
    context = {
        "submission": submission,
        "association": request.association,
        "transition": last,
        "signatures": _signatures(last),
        "record": receipt_record(submission),
        "timing": submission.due.timing(last.at),
    }
    title = _("Receipt %(number)s") % {"number": submission.receipt_number}
    content = render_pdf(
        render_to_string("reporting/review/receipt_pdf.html", context, request=request),
        title=title,
        language=get_language() or "en",
        assets={"receipt.css": (settings.BASE_DIR / "static" / "css" / "receipt.css").read_bytes()},
    )
    name = f"{submission.receipt_number.replace('/', '-').lower()}.pdf"
    response = made_file(content, name=name, content_type="application/pdf")
    response["Cache-Control"] = "private, no-store"
    return response


@association_page()
@require_safe
def return_review(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    if request.association.pk not in access_of(request.user).staff_of:
        raise PermissionDenied
    return show_review(request, submission, shown=request.GET.get("section", ""))


@dataclass(frozen=True, slots=True)
class LevelsRefused:
    """Why no level was set, which field to correct, and what was typed."""

    refusal: str
    field: str
    typed: Mapping[str, str]


def show_review(
    request: AssociationRequest,
    submission: Submission,
    *,
    shown: str = "",
    refusal: str = "",
    comment: str = "",
    levels: LevelsRefused | None = None,
) -> HttpResponse:
    """The review page at the part that is `shown`; with status 422 where something was refused."""
    there = kinds_beside(submission)
    key = request.GET.get("group", "")
    review = load_review(submission, reader=request.user, cites=there.citations, group=key)
    group = review.peers.group
    if key and group is None:
        raise Http404  # only groups that the newest edition offers
    rule = request.GET.get("rule", "")
    rights = rights_of(request.user, submission)
    ask = request.GET.get("ask", "") if rights["may_ask"] else ""
    part = review.sheet.catalogue.find(ask)
    threads = threads_of(submission, at=timezone.now()) if there.questions else []
    moves = moves_of(request.user, submission)
    page = review_page(
        review, submission, request.association.slug, shown, threads=threads, asked=ask if not rule else ""
    )
    context: dict[str, Any] = {
        "submission": submission,
        "review": review,
        "page": with_group(page, group),
        "peers": chooser_of(review.peers, shown),
        "shown": shown,
        "levels": level_panel(
            review.sheet,
            shown=shown,
            codes=[line.code for table in page.tables for line in table.lines],
            cited=review.cited,
            typed=levels.typed if levels else None,
            refusal=levels.refusal if levels else "",
            field=levels.field if levels else "",
        ),
        "may_verify": request.user.has_perm("reporting.verify_answers", submission),
        "peers_round": review.peers.of_round,
        "threads": threads,
        "open_questions": sum(thread.is_open for thread in threads),
        "ask_code": ask if part is not None else "",
        "ask_rule": rule,
        "ask_section": shown,
        "ask_query": _ask_query(shown, key) if rights["may_ask"] else "",
        "ask_label": part.label if part is not None else "",
        **rights,
        "may_start": Move.START_REVIEW in moves,
        "may_decide": Move.APPROVE in moves,
        **_eyes(request.user, submission, may_decide=Move.APPROVE in moves),
        "may_reopen": Move.REOPEN in moves,
        "events": timeline(submission),
        "refusal": refusal,
        "comment": comment,
        "facts": _facts(submission),
    }
    refused = bool(refusal or levels)
    return render(request, "reporting/review/review.html", context, status=422 if refused else 200)


def _ask_query(section: str, group: str) -> str:
    """The address that asks about a value, up to its code; the section and the group that are shown stay."""
    kept = {name: value for name, value in (("section", section), ("group", group)) if value}
    return f"?{urlencode({**kept, 'ask': ''})}"


def _eyes(user: User, submission: Submission, *, may_decide: bool) -> dict[str, Any]:
    """Where the round asks for four eyes: why this person may not approve, and who may."""
    if not (may_decide and submission.round.four_eyes):
        return {"eyes_refusal": "", "eyes_left": []}
    eyes = four_eyes_on(submission)
    return {"eyes_refusal": eyes.refusal(user), "eyes_left": eyes.left}


def _facts(submission: Submission) -> dict[str, Any]:
    return {
        "timing": submission.due.timing(submission.submitted_at) if submission.submitted_at else "",
        "with_mfi": submission.is_editable,
    }


@association_page()
@require_POST
def return_move(request: AssociationRequest, pk: UUID) -> HttpResponse:
    submission = submission_of(request, pk)
    try:
        move = Move(request.POST.get("move", ""))
    except ValueError:
        raise Http404 from None
    return _move(request, submission, move)


def _move(request: AssociationRequest, submission: Submission, move: Move) -> HttpResponse:
    comment = request.POST.get("comment", "")
    version = request.POST.get("version", "")
    try:
        moved = transitions.move(
            submission_id=submission.pk,
            move=move,
            by=request.user,
            at=None,  # the database's clock tells who is on time
            # a comment belongs to the moves that ask for one, and to an approval
            certified_name=request.POST.get("certified_name", "") if move == Move.SUBMIT else None,
            comment=comment if move in NEEDS_COMMENT or move in {Move.APPROVE, Move.SEND_BACK} else "",
            expected_version=int(version) if version.isdecimal() and len(version) < 10 else None,
        )
    except transitions.MoveForbidden as error:
        raise PermissionDenied(str(error)) from None
    except transitions.MoveRefused as error:
        submission.refresh_from_db()
        return _refused(request, submission, move, str(error), comment)
    messages.success(request, _said(moved, move))
    return _next(request, moved, move)


def _refused(
    request: AssociationRequest, submission: Submission, move: Move, refusal: str, comment: str
) -> HttpResponse:
    """The page from which the move came, with the reason and with what was typed."""
    if move == Move.SUBMIT and submission.is_editable:
        return _submit_page(request, submission, refusal=refusal)
    if move == Move.SUBMIT:
        messages.error(request, refusal)
        return redirect("return", request.association.slug, submission.pk)
    return show_review(
        request, submission, shown=request.GET.get("section", ""), refusal=refusal, comment=comment
    )


def _next(request: AssociationRequest, moved: Submission, move: Move) -> HttpResponseRedirect:
    slug = request.association.slug
    if move == Move.SUBMIT:
        return redirect("return" if moved.is_editable else "return_receipt", slug, moved.pk)
    if move in {Move.SEND_BACK, Move.APPROVE}:
        return redirect("round_board", slug, moved.round.code)
    return redirect("return_review", slug, moved.pk)


def _said(moved: Submission, move: Move) -> str:
    values = {"mfi": moved.institution.label, "receipt": moved.receipt_number}
    if move == Move.SUBMIT and moved.is_editable:
        return _(
            "You have signed. Another signatory of your MFI signs next; until then nothing is submitted."
        )
    return {
        Move.SUBMIT: _("The return is submitted. Receipt %(receipt)s."),
        Move.START_REVIEW: _("The return of %(mfi)s is in review: its people can no longer change it."),
        Move.SEND_BACK: _("The return is back with %(mfi)s; its people are told by mail."),
        Move.APPROVE: _("The return of %(mfi)s is approved."),
        Move.REOPEN: _("The return of %(mfi)s is re-opened; its people are told by mail."),
    }[move] % values
