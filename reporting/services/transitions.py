"""The one guarded way in which a return moves from state to state."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import rules
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.access import forget
from members.models import User
from reporting import states
from reporting.enums import Move, QuestionState, ReturnState
from reporting.models import Round, Submission, Transition
from reporting.rules import PERMISSION_OF_MOVE
from reporting.selectors.returns import ReturnSheet, load_sheet
from reporting.services import member_reports, minutes, notices, paper, questions, signatures
from reporting.services.answers import answers_sha256, refresh_counters
from reporting.services.locking import locked_returns
from spm_portal.common import audit
from spm_portal.common.typed import paragraphs

MAX_COMMENT = 4000
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0 and 1, which look alike on paper
LEAVES_REVIEW = frozenset({Move.SEND_BACK, Move.APPROVE})


class MoveRefused(Exception):
    """Why a return does not move; nothing was written. The text says what to do."""


class MoveForbidden(MoveRefused):
    """The person may not make this move, whatever they correct."""


def move(
    *,
    submission_id: UUID,
    move: Move,
    by: User,
    at: datetime | None,
    comment: str = "",
    expected_version: int | None = None,
    certified_name: str | None = None,
) -> Submission:
    """Move a return one step; returns it as it is afterwards.

    All or nothing: state, receipt, one Transition and the mails to both sides. Asking again for the move that the
    same person just made writes nothing. `expected_version` is the version that the person saw. Raises MoveRefused.

    `at` None, as pages and the API ask it, is the database's clock when this transaction's first statement reached it:
    who is on time is told by one clock, and waiting for somebody else's lock makes nobody late.

    `certified_name` is what the signatory typed under the statement; None where nobody was there to type (a program
    with the person's key). Where two people sign, the first submission only signs: one row, and the return stays
    with the MFI until another signatory submits the very same answers.
    """
    comment = paragraphs(comment)
    with transaction.atomic(), audit.acting(by, reason=comment):
        # PostgreSQL's statement_timestamp: from before the wait for the lock
        submission = locked_returns().annotate(asked_at=Now()).get(pk=submission_id)
        at = at or submission.asked_at
        submission.as_of = at
        # a round that closes at this moment closes before or after the move, never within it
        held = Round.objects.select_for_update(no_key=True).values("closed_at", "two_signatures", "four_eyes")
        for name, value in held.get(pk=submission.round_id).items():
            setattr(submission.round, name, value)
        forget(by)  # roles as they are now, not as the request found them
        if not rules.has_perm("reporting.view_return", by, submission):
            raise MoveForbidden(_("This return is not yours."))
        if _done_already(submission, move, by):
            return submission
        target = _target(submission, move, by=by, at=at, expected_version=expected_version)
        _check_comment(move, comment)
        _check_questions(submission, move)
        signature = Signature()
        if move == Move.APPROVE and submission.round.four_eyes:
            _refuse_if(signatures.refused_eyes(submission, by))
        if move == Move.SUBMIT:
            signature = _signature(submission, by=by, at=at, typed=certified_name)
            if signature.is_known:
                return submission  # the second of two clicks: it is another's turn
            if signature.is_first_of_two:
                move, target = Move.SIGN, ReturnState(submission.state)
        before = submission.state
        if move != Move.SIGN:
            _write(submission, move, target, at)
        transition = Transition.objects.create(
            association_id=submission.association_id,
            institution_id=submission.institution_id,
            submission=submission,
            move=move,
            from_state=before,
            to_state=target,
            at=at,
            by=by,
            comment=comment,
            answers_sha256=signature.digest,
            certified_name=signature.name,
        )
        if move == Move.SUBMIT:
            minutes.measure(submission)
        if move == Move.APPROVE:
            questions.settle(submission, by=by, at=at)
            member_reports.request_on_approval(submission, at=at)
        if move == Move.SUBMIT:
            paper.confirm(submission, by=by, at=at)
        notices.moved(submission, transition, receipt=submission.receipt_number, at=at)
    return submission


def _refuse_if(why: str) -> None:
    if why:
        raise MoveRefused(why)


def _done_already(submission: Submission, move: Move, by: User) -> bool:
    """Whether the last thing that happened is this very move by this person: the second of two clicks."""
    last = submission.transitions.order_by("-at", "-pk").values("move", "to_state", "by_id").first()
    return last == {"move": move, "to_state": submission.state, "by_id": by.pk}


def _target(
    submission: Submission, move: Move, *, by: User, at: datetime, expected_version: int | None
) -> ReturnState:
    state = ReturnState(submission.state)
    if not rules.has_perm(PERMISSION_OF_MOVE[move], by, submission):
        raise MoveForbidden(_why_forbidden(submission, move, at))
    target = states.target(move, state)
    if target is None:
        raise MoveRefused(
            _("A return that is “%(state)s” cannot make this move. Look at it again.")
            % {"state": state.label}
        )
    if expected_version is not None and expected_version != submission.version:
        raise MoveRefused(_("The return has moved since you opened this page. Look at it again."))
    if target == ReturnState.RETURNED and not submission.round.is_open:
        raise MoveRefused(
            _("The round is closed, so the MFI could not correct anything. Re-open the round first.")
        )
    return target


def _why_forbidden(submission: Submission, move: Move, at: datetime) -> str:
    if move == Move.SUBMIT and submission.is_editable and not submission.round.is_open:
        return _("The round is closed. Ask the association to re-open it.")
    if move == Move.SUBMIT and submission.is_editable and submission.is_locked(at):
        return _("The deadline and its grace have passed. Ask the association for an extension.")
    if states.target(move, ReturnState(submission.state)) is None:
        return _("A return that is “%(state)s” cannot make this move. Look at it again.") % {
            "state": submission.get_state_display()
        }
    if move == Move.SUBMIT:
        return _("Only a signatory of the MFI can submit. Ask yours to do it.")
    return _("You may not make this move with this return.")


def _check_comment(move: Move, comment: str) -> None:
    if move in states.NEEDS_COMMENT and not comment:
        raise MoveRefused(_("Write a comment, so that the MFI knows why."))
    if len(comment) > MAX_COMMENT:
        raise MoveRefused(
            _("The comment has %(count)s characters; at most %(limit)s are kept. Shorten it.")
            % {"count": len(comment), "limit": MAX_COMMENT}
        )


def _check_questions(submission: Submission, move: Move) -> None:
    """A return goes back with something to answer, and comes forward with everything answered."""
    if move not in {Move.SUBMIT, Move.SEND_BACK, Move.APPROVE}:
        return
    count = submission.questions.filter(state=QuestionState.OPEN).count()
    if move == Move.SEND_BACK and not count:
        raise MoveRefused(
            _(
                "Ask at least one question first, beside the value it is about: it says what the MFI is to look at."
            )
        )
    if move == Move.SUBMIT and count:
        raise MoveRefused(
            ngettext(
                "%(count)s question of the association is not answered. Answer it before you submit.",
                "%(count)s questions of the association are not answered. Answer them before you submit.",
                count,
            )
            % {"count": count}
        )
    if move == Move.APPROVE and count:
        raise MoveRefused(
            ngettext(
                "%(count)s question is still open. Resolve it, or return the return with it.",
                "%(count)s questions are still open. Resolve them, or return the return with them.",
                count,
            )
            % {"count": count}
        )


def _check_sheet(sheet: ReturnSheet) -> None:
    """Refuse a return with gaps, errors or warnings without a reason."""
    left = sheet.progress.required - sheet.progress.answered
    if left:
        raise MoveRefused(
            ngettext(
                "%(count)s required question is not answered. Answer it, or say why there is no answer.",
                "%(count)s required questions are not answered. Answer them, or say why there is no answer.",
                left,
            )
            % {"count": left}
        )
    errors = len(sheet.errors)
    if errors:
        raise MoveRefused(
            ngettext(
                "%(count)s error is left. Correct it before you submit.",
                "%(count)s errors are left. Correct them before you submit.",
                errors,
            )
            % {"count": errors}
        )
    unexplained = len(sheet.open_warnings)
    if unexplained:
        raise MoveRefused(
            ngettext(
                "%(count)s warning has no reason yet. Correct the figure, or write why it is right.",
                "%(count)s warnings have no reason yet. Correct the figures, or write why they are right.",
                unexplained,
            )
            % {"count": unexplained}
        )


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands under a submission. `is_known`: this person signed these very answers already."""

    digest: str = ""
    name: str = ""
    is_first_of_two: bool = False
    is_known: bool = False


def _signature(submission: Submission, *, by: User, at: datetime, typed: str | None) -> Signature:
    """Check the sheet and the name, and sign; the first of two signatures leaves the return as it is."""
    if typed is not None:
        _refuse_if(signatures.refused_name(by, typed))
    sheet = load_sheet(submission)
    _check_sheet(sheet)
    digest = answers_sha256(sheet)
    refresh_counters(submission, sheet)
    name = " ".join((typed or "").split())[:120]
    if submission.round.two_signatures:
        signed = {one.by_id for one in signatures.signatures_on(submission, digest)}
        if by.pk in signed or not signed:
            return Signature(digest, name, is_first_of_two=True, is_known=by.pk in signed)
    _sign(submission, by=by, at=at)
    return Signature(digest, name)


def _sign(submission: Submission, *, by: User, at: datetime) -> None:
    """Note who submitted and when, under a receipt number that stays and counts resubmissions."""
    earlier = submission.transitions.filter(move=Move.SUBMIT).count()
    base = submission.receipt_number.rpartition("/")[0] or submission.receipt_number
    if not base:
        base = _new_number(submission)
    submission.receipt_number = f"{base}/{earlier + 1}" if earlier else base
    submission.submitted_at = submission.touched_at = at
    submission.submitted_by = submission.touched_by = by


def _new_number(submission: Submission) -> str:
    """Such as AMANI-2025-0007-K3: association, round, running number, two signs against slips of the hand.

    The caller holds the row of the round, so that two submissions never take one number.
    """
    prefix = f"{submission.association.slug.upper()[:12].strip('-')}-{submission.round.code.upper()}"
    taken = Submission.objects.filter(receipt_number__startswith=f"{prefix}-")
    number = taken.filter(round_id=submission.round_id).count() + 1
    while taken.filter(receipt_number__startswith=f"{prefix}-{number:04d}-").exists():
        number += 1  # an association with the same beginning of its address
    stem = f"{prefix}-{number:04d}"
    return f"{stem}-{check_signs(stem)}"


def check_signs(stem: str) -> str:
    """Two signs that follow from the rest of a receipt number."""
    digest = hashlib.sha256(stem.encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:2])


def _write(submission: Submission, move: Move, target: ReturnState, at: datetime) -> None:
    submission.state = target
    submission.state_since = at
    submission.version += 1
    if move in LEAVES_REVIEW:
        submission.reviewed_at = at
    submission.save()
