"""Right of reply: staff open the time for it, named members reply, staff answer; nothing is published meanwhile."""

import zoneinfo
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from members.services.permission import permit
from reporting.due import closing_moment, middle_of
from reporting.enums import ReplyKind
from reporting.models import Reply, ReplyWindow, Round, Submission
from reporting.selectors.replies import Hearing, hearing_of, is_open, windows_over, windows_running
from reporting.services import reply_notices as notices
from spm_portal.common import audit
from spm_portal.common.clocks import clock_of
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line

MAX_TEXT = 4000
MAX_REASON = 300
# Mails about the end are not written for times that ended long ago, such as after months without a worker.
STALE = timedelta(days=14)


class ReplyRefused(Refused):
    """Why nothing was opened, ended, said or answered; the text says what to do."""


def open_window(*, round_id: UUID, by: User, at: datetime) -> ReplyWindow:
    """Open the time for replies and tell every named member; opening again while it runs gives the one that runs."""
    with transaction.atomic(), audit.acting(by):
        of_round = _locked(round_id)
        forget(by)
        permit(by, "reporting.hear_members", of_round)
        hearing = hearing_of(of_round)
        if hearing.window is not None and is_open(hearing.window, at):
            return hearing.window
        if not hearing.seen.enough:
            raise ReplyRefused(
                _("There are too few contributors to publish. Members are asked when the figures stand.")
            )
        if not hearing.named:
            raise ReplyRefused(
                _("No member that counts agreed to be named: nobody needs to be asked. You can publish.")
            )
        association = of_round.association
        window = ReplyWindow.objects.create(
            association=association,
            round=of_round,
            opened_at=at,
            opened_by=by,
            closes_at=closing_moment(at, association.reply_days, zoneinfo.ZoneInfo(association.time_zone)),
        )
        audit.record(
            "replies.opened",
            window,
            by=by,
            at=at,
            association_id=association.pk,
            round=str(of_round.pk),
            members=len(hearing.named),
            closes_at=window.closes_at.isoformat(),
        )
        notices.opened(window, [one.submission for one in hearing.named], at=at)
    return window


def end_early(*, round_id: UUID, reason: str, by: User, at: datetime) -> ReplyWindow:
    """End the time for replies before its end; the reason stays with the edition. Raises ReplyRefused."""
    reason = one_line(reason)
    if not reason:
        raise ReplyRefused(_("Write why, so that anybody can understand it later."))
    if len(reason) > MAX_REASON:
        raise ReplyRefused(
            _("The reason has %(count)s characters; at most %(limit)s are kept. Shorten it.")
            % {"count": len(reason), "limit": MAX_REASON}
        )
    with transaction.atomic(), audit.acting(by, reason=reason):
        of_round = _locked(round_id)
        forget(by)
        permit(by, "reporting.hear_members", of_round)
        hearing = hearing_of(of_round)
        window = hearing.window
        if window is None or not is_open(window, at):
            raise ReplyRefused(_("No time for replies is running."))
        window.ended_reason = reason
        _end(window, hearing, by=by, at=at)
    return window


def reply(*, submission_id: UUID, kind: str, text: str, by: User, at: datetime) -> Reply:
    """Say something about one's figures before they are published.

    A comment and a correction need words. The same again is one reply. When the last named member has replied, the
    time ends. Raises ReplyRefused.
    """
    if kind not in ReplyKind.values:
        raise ReplyRefused(_("Choose what you want to say."))
    words = text.replace("\x00", "").strip() if kind != ReplyKind.SEEN else ""
    if kind != ReplyKind.SEEN and not words:
        raise ReplyRefused(_("Write what you want to say, or choose “seen”."))
    if len(words) > MAX_TEXT:
        raise ReplyRefused(
            _("The text has %(count)s characters; at most %(limit)s are kept. Shorten it.")
            % {"count": len(words), "limit": MAX_TEXT}
        )
    with transaction.atomic(), audit.acting(by):
        submission = Submission.objects.select_related("round__association", "institution").get(
            pk=submission_id
        )
        of_round = _locked(submission.round_id)
        forget(by)
        permit(by, "reporting.reply", submission)
        hearing = hearing_of(of_round)
        window = hearing.window
        if window is None or not is_open(window, at):
            raise ReplyRefused(_closed_words(window))
        mine = next((one for one in hearing.heard if one.candidate.submission.pk == submission.pk), None)
        if mine is None:
            raise ReplyRefused(_("Your MFI is not named in this report, so there is nothing to reply to."))
        newest = mine.newest
        if newest is not None and (newest.kind, newest.text) == (kind, words):
            return newest  # the second of two clicks
        said = Reply.objects.create(
            association=of_round.association,
            institution=submission.institution,
            submission=submission,
            window=window,
            kind=kind,
            text=words,
            at=at,
            by=by,
        )
        audit.record("replies.given", said, by=by, at=at, association_id=of_round.association_id, kind=kind)
        if kind != ReplyKind.SEEN:
            notices.replied(said, window, at=at)
        after = hearing_of(of_round)
        if after.everybody_replied:
            _end(window, after, by=by, at=at)
    return said


def answer(*, reply_id: UUID, text: str, by: User, at: datetime) -> Reply:
    """Answer a comment or a correction in writing; once. Raises ReplyRefused."""
    words = text.replace("\x00", "").strip()
    if not words:
        raise ReplyRefused(_("Write your answer: the member reads it."))
    if len(words) > MAX_TEXT:
        raise ReplyRefused(
            _("The text has %(count)s characters; at most %(limit)s are kept. Shorten it.")
            % {"count": len(words), "limit": MAX_TEXT}
        )
    with transaction.atomic(), audit.acting(by):
        said = (
            Reply.objects.select_for_update(of=("self",))
            .select_related("submission__institution", "window__round__association")
            .get(pk=reply_id)
        )
        forget(by)
        permit(by, "reporting.answer_reply", said.submission)
        if said.kind == ReplyKind.SEEN:
            raise ReplyRefused(_("There is nothing to answer: the member only said that it has seen it."))
        if said.answered_at is not None:
            if said.answer == words:
                return said  # the second of two clicks
            raise ReplyRefused(_("This reply has an answer already; it stays as it is."))
        said.answer, said.answered_at, said.answered_by = words, at, by
        said.save(update_fields=["answer", "answered_at", "answered_by"])
        audit.record("replies.answered", said, by=by, at=at, association_id=said.association_id)
        notices.answered(said, said.window, at=at)
    return said


def send_due(*, at: datetime) -> int:
    """Remind half-way those who have not replied, and tell of times that ended; how many mails were new.

    Run as often as wanted: nobody is written to twice about one thing.
    """
    new = 0
    for window in windows_running(at):
        if middle_of(window.opened_at, window.closes_at) <= at:
            with transaction.atomic():
                hearing = hearing_of(window.round)
                silent = [one.candidate.submission for one in hearing.heard if not one.replies]
                new += notices.reminded(window, silent, at=at)
    for window in windows_over(at - STALE, at):
        with transaction.atomic():
            new += notices.closed(window, [one.submission for one in hearing_of(window.round).named], at=at)
    return new


def _end(window: ReplyWindow, hearing: Hearing, *, by: User, at: datetime) -> None:
    window.ended_at = at
    window.save(update_fields=["ended_at", "ended_reason"])
    audit.record(
        "replies.ended",
        window,
        by=by,
        at=at,
        association_id=window.association_id,
        reason=window.ended_reason,
        replied=hearing.replied,
        members=len(hearing.named),
    )
    notices.closed(window, [one.submission for one in hearing.named], at=at)


def _locked(round_id: UUID) -> Round:
    """The round under its row lock: opening, replying and publishing come one after the other."""
    return (
        Round.objects.select_for_update(of=("self",))
        .select_related("association", "catalogue")
        .defer("catalogue__document")
        .get(pk=round_id)
    )


def _closed_words(window: ReplyWindow | None) -> str:
    if window is None:
        return _("The association has not opened the time for replies yet.")
    moment = min(window.closes_at, window.ended_at or window.closes_at)
    return _("The time for replies ended at %(moment)s. Write to the association.") % {
        "moment": clock_of(moment, window.round.association.time_zone)
    }
