"""Questions on single values: asked by staff, answered by the member, resolved by staff; every word is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.access import access_of, forget
from members.models import User
from reporting import placeholders
from reporting.enums import QuestionState, QuestionStep
from reporting.models import Question, QuestionMessage, Round, Submission
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.return_rows import WITH_ROUND, WITHOUT
from reporting.selectors.returns import load_sheet, load_sheets
from reporting.selectors.rounds import WITH_STAFF
from reporting.services import question_notices as notices
from reporting.services.locking import locked_return
from spm_portal.common import audit
from spm_portal.common.typed import paragraphs

MAX_TEXT = 4000
MAX_AT_ONCE = 500


class QuestionRefused(Exception):
    """Why nothing was asked, answered or settled; the text says what to do."""


class QuestionForbidden(QuestionRefused):
    """The person may not do this, whatever they correct."""


@dataclass(frozen=True, slots=True)
class About:
    """What a question is about: one indicator of one return, and the rule that found it, if any.

    `fills` are the words for the placeholders of a text that asks about many values.
    """

    submission_id: UUID
    code: str
    rule: str = ""
    fills: tuple[tuple[str, str], ...] = ()


def ask(
    *,
    submission_id: UUID,
    code: str,
    text: str,
    by: User,
    at: datetime,
    rule: str = "",
    assignee: User | None = None,
) -> Question:
    """Ask the member about one value. Asking the same again while it is open writes nothing. Raises QuestionRefused."""
    words = _words(text)
    with transaction.atomic(), audit.acting(by):
        submission = locked_return(submission_id)
        _allow(
            by,
            submission,
            "reporting.ask_question",
            _("Only staff may ask, and only about a submitted return."),
        )
        held = _unresolved(submission).filter(code=code, rule=rule).first()
        if held is not None:
            last = held.messages.order_by("-at", "-pk").values_list("text", "by_id").first()
            if last == (words, by.pk):
                return held  # the second of two clicks
            raise QuestionRefused(
                _("There is a question on this value already: go on there, or resolve it first.")
            )
        question = _ask(submission, code, rule, words, by, at, assignee)
        notices.asked([question], [words], by=by, at=at)
    return question


def ask_for_rule(
    *,
    rule: str,
    text: str,
    by: User,
    at: datetime,
    round_id: UUID | None = None,
    submission_id: UUID | None = None,
) -> list[Question]:
    """Ask about every finding of a rule: in one return, or in all returns of a round that staff hold.

    Findings with an unresolved question are left out. Raises QuestionRefused, also where the rule found nothing.
    """
    if submission_id is not None:
        found = Submission.objects.select_related(*WITH_ROUND).defer(*WITHOUT).get(pk=submission_id)
        sheets = [load_sheet(found)]
    elif round_id is not None:
        of_round = Round.objects.select_related("catalogue").defer("catalogue__document").get(pk=round_id)
        sheets = [one for one in load_sheets(of_round) if one.submission.state in WITH_STAFF]
    else:
        raise ValueError("Name a round or a return.")
    about = [
        About(sheet.submission.pk, finding.indicators[0], rule)
        for sheet in sheets
        for finding in sheet.findings
        if finding.rule == rule and finding.indicators
    ]
    if not about:
        raise QuestionRefused(
            _("This rule finds nothing in the returns that staff hold: there is nothing to ask.")
        )
    return ask_many(about=about, text=text, by=by, at=at)


def ask_many(*, about: Iterable[About], text: str, by: User, at: datetime) -> list[Question]:
    """Ask one question about many values, such as outliers: all or nothing, one mail a person and return.

    Values with an unresolved question by the same rule are left out. Where a value brings `fills`, placeholders in
    braces are filled for it. Raises QuestionRefused.
    """
    words = _words(text)
    wanted = list(dict.fromkeys(about))
    if len(wanted) > MAX_AT_ONCE:
        raise QuestionRefused(
            _("These are %(count)s values; at most %(limit)s can be asked about at once.")
            % {"count": len(wanted), "limit": MAX_AT_ONCE}
        )
    if any(one.fills for one in wanted) and (strange := placeholders.unknown(words)):
        raise QuestionRefused(
            _("Nothing fills {%(name)s}. What can be filled: %(known)s.")
            % {"name": strange[0], "known": ", ".join(f"{{{name}}}" for name in placeholders.KNOWN)}
        )
    asked: list[Question] = []
    with transaction.atomic(), audit.acting(by):
        # in one order, so that two people who ask at once never wait for each other
        for pk in sorted({one.submission_id for one in wanted}):
            submission = locked_return(pk)
            _allow(
                by,
                submission,
                "reporting.ask_question",
                _("Only staff may ask, and only about a submitted return."),
            )
            held = set(_unresolved(submission).values_list("code", "rule"))
            told = {
                one: _words(placeholders.fill(words, dict(one.fills))) if one.fills else words
                for one in wanted
                if one.submission_id == pk and (one.code, one.rule) not in held
            }
            of_return = [
                _ask(submission, one.code, one.rule, each, by, at, None) for one, each in told.items()
            ]
            if of_return:
                notices.asked(of_return, list(told.values()), by=by, at=at)
            asked += of_return
    return asked


def answer(
    *, question_id: UUID, text: str, by: User, at: datetime, expected_version: int | None = None
) -> Question:
    """Answer a question in words; it is then answered. Raises QuestionRefused."""
    words = _words(text)
    with transaction.atomic(), audit.acting(by):
        question = _held(question_id, by)
        if _said_already(question, QuestionStep.ANSWER, words, by):
            return question
        _allow(by, question.submission, "reporting.answer_question", _("Only the MFI's people can answer."))
        if question.state == QuestionState.RESOLVED:
            raise QuestionRefused(_("This question is resolved already."))
        _check_version(question, expected_version)
        message = _step(question, QuestionStep.ANSWER, QuestionState.ANSWERED, words, by, at)
        notices.answered(question, message, at=at)
    return question


def resolve(
    *, question_id: UUID, by: User, at: datetime, text: str = "", expected_version: int | None = None
) -> Question:
    """Settle a question, answered or not. Raises QuestionRefused."""
    words = _words(text, needed=False)
    with transaction.atomic(), audit.acting(by):
        question = _held(question_id, by)
        if _said_already(question, QuestionStep.RESOLVE, words, by):
            return question
        _allow(by, question.submission, "reporting.resolve_question", _("Only staff can resolve a question."))
        if question.state == QuestionState.RESOLVED:
            raise QuestionRefused(_("This question is resolved already."))
        _check_version(question, expected_version)
        message = _step(question, QuestionStep.RESOLVE, QuestionState.RESOLVED, words, by, at)
        notices.resolved(question, message, at=at)
    return question


def reopen(
    *, question_id: UUID, text: str, by: User, at: datetime, expected_version: int | None = None
) -> Question:
    """Ask again where the answer does not do. Raises QuestionRefused."""
    words = _words(text)
    with transaction.atomic(), audit.acting(by):
        question = _held(question_id, by)
        if _said_already(question, QuestionStep.REOPEN, words, by):
            return question
        submission = question.submission
        _allow(
            by,
            submission,
            "reporting.ask_question",
            _("Only staff may ask, and only about a submitted return."),
        )
        if question.state == QuestionState.OPEN:
            raise QuestionRefused(_("This question is open already: the MFI has not answered it."))
        _check_version(question, expected_version)
        others = _unresolved(submission).filter(code=question.code, rule=question.rule)
        if others.exclude(pk=question.pk).exists():
            raise QuestionRefused(_("There is a newer question on this value: go on there."))
        message = _step(question, QuestionStep.REOPEN, QuestionState.OPEN, words, by, at)
        notices.asked([question], [words], by=by, at=at, message=message)
    return question


def assign(*, question_id: UUID, assignee_id: UUID | None, by: User, at: datetime) -> Question:
    """Say who of the MFI should answer; None: anybody of them. Raises QuestionRefused."""
    with transaction.atomic(), audit.acting(by):
        question = _held(question_id, by)
        _allow(
            by,
            question.submission,
            "reporting.assign_question",
            _("This question can no longer be handed on."),
        )
        if question.assignee_id == assignee_id:
            return question
        if question.state == QuestionState.RESOLVED:
            raise QuestionRefused(_("This question is resolved already."))
        assignee = User.objects.filter(pk=assignee_id).first() if assignee_id else None
        if assignee_id:
            _check_assignee(question.submission, assignee)
        question.assignee = assignee
        question.version += 1
        question.save()
        audit.record(
            "question.assign",
            question,
            by=by,
            at=at,
            association_id=question.association_id,
            assignee=str(assignee_id or ""),
        )
        if assignee is not None and assignee.pk != by.pk:
            notices.assigned(question, assignee, by=by, at=at)
    return question


def settle(submission: Submission, *, by: User, at: datetime) -> None:
    """Approving a return accepts the answers given; the approval itself tells the MFI."""
    for question in submission.questions.select_for_update(of=("self",)).filter(state=QuestionState.ANSWERED):
        _step(question, QuestionStep.RESOLVE, QuestionState.RESOLVED, "", by, at)


def _words(text: str, *, needed: bool = True) -> str:
    words = paragraphs(text)
    if needed and not words:
        raise QuestionRefused(_("Write a sentence: it is what the other side reads."))
    if len(words) > MAX_TEXT:
        raise QuestionRefused(
            _("The text has %(count)s characters; at most %(limit)s are kept. Shorten it.")
            % {"count": len(words), "limit": MAX_TEXT}
        )
    return words


def _held(question_id: UUID, by: User) -> Question:
    """The question with its return, both locked; first the return, as everywhere. Hidden and absent are one."""
    submission_id = Question.objects.values_list("submission_id", flat=True).get(pk=question_id)
    submission = locked_return(submission_id)
    forget(by)
    if not by.has_perm("reporting.view_return", submission):
        raise QuestionForbidden(_("This return is not yours."))
    question = Question.objects.select_for_update(of=("self",)).select_related("assignee").get(pk=question_id)
    question.submission = submission
    return question


def _allow(by: User, submission: Submission, permission: str, why: str) -> None:
    forget(by)  # roles as they are now, not as the request found them
    if not by.has_perm(permission, submission):
        raise QuestionForbidden(why)


def _unresolved(submission: Submission) -> QuerySet[Question]:
    return Question.objects.filter(submission=submission).exclude(state=QuestionState.RESOLVED)


def _check_version(question: Question, expected: int | None) -> None:
    if expected is not None and expected != question.version:
        raise QuestionRefused(
            _("Somebody wrote here since you opened this page. Read it first; your text is kept below.")
        )


def _check_assignee(submission: Submission, assignee: User | None) -> None:
    if assignee is None or submission.institution_id not in access_of(assignee).works_for:
        raise QuestionRefused(_("Only somebody who works for this MFI can be asked to answer."))


def _said_already(question: Question, step: QuestionStep, words: str, by: User) -> bool:
    """Whether the last step is this very one by this person: the second of two clicks."""
    last = question.messages.order_by("-at", "-pk").values_list("step", "text", "by_id").first()
    return last == (step, words, by.pk)


def _ask(
    submission: Submission, code: str, rule: str, words: str, by: User, at: datetime, assignee: User | None
) -> Question:
    if catalogue_of(submission.round.catalogue).find(code) is None:
        raise QuestionRefused(_("“%(code)s” is not in the catalogue of this round.") % {"code": code})
    if assignee is not None:
        _check_assignee(submission, assignee)
    question = Question.objects.create(
        association_id=submission.association_id,
        institution_id=submission.institution_id,
        submission=submission,
        code=code,
        rule=rule,
        state_since=at,
        asked_at=at,
        asked_by=by,
        assignee=assignee,
    )
    _message(question, QuestionStep.ASK, words, by, at)
    return question


def _step(
    question: Question, step: QuestionStep, state: QuestionState, words: str, by: User, at: datetime
) -> QuestionMessage:
    if question.state != state:
        question.state, question.state_since = state, at
    question.version += 1
    question.save()
    return _message(question, step, words, by, at)


def _message(question: Question, step: QuestionStep, words: str, by: User, at: datetime) -> QuestionMessage:
    audit.record(
        f"question.{step}", question, by=by, at=at, association_id=question.association_id, code=question.code
    )
    return QuestionMessage.objects.create(
        association_id=question.association_id,
        institution_id=question.institution_id,
        submission_id=question.submission_id,
        question=question,
        step=step,
        text=words,
        at=at,
        by=by,
    )
