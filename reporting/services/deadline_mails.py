"""Mails about deadlines: extensions and reminders, each in the reader's language and time zone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import User
from members.selectors.readers import people_of
from members.services.letters import Letter, letter, tell
from reporting.models import Extension, Submission
from spm_portal.common.clocks import clock_of
from spm_portal.common.origin import address_of


def extended(submission: Submission, extension: Extension, *, at: datetime) -> None:
    """Tell the people of a member that their return is due later, and why."""

    def words(reader: User) -> Letter:
        values = _values(submission, reader) | {"reason": extension.reason}
        return letter(
            _("%(association)s: “%(round)s” is now due on %(due)s") % values,
            _(
                "The return of %(mfi)s for “%(round)s” is now due on %(due)s.\n"
                "Reason: %(reason)s\n\n"
                "Open the return:\n%(address)s"
            )
            % values,
        )

    tell(
        people_of(submission.institution_id),
        words,
        purpose="return.extended",
        about=extension.pk,
        at=at,
        association_id=submission.association_id,
    )


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder of one return as far as its words go: the ledger's step, and calendar days to go (below 0: late)."""

    submission: Submission
    step: str
    days: int
    locked: bool


def remind(user: User, lines: Sequence[Due], *, at: datetime, digest: bool, to_staff: bool = False) -> bool:
    """Write one mail about all these returns, or one about each; whether anything new was written.

    Staff always get one mail for all. The keys hold return, step and person, so that no mail is written twice.
    """
    parts = [lines] if digest or to_staff else [[line] for line in lines]
    written = [_remind(user, part, at=at, to_staff=to_staff) for part in parts]
    return any(written)


def _remind(user: User, lines: Sequence[Due], *, at: datetime, to_staff: bool) -> bool:
    first = lines[0].submission
    about = ",".join(sorted(f"{line.submission.pk}:{line.step}" for line in lines))

    def words(reader: User) -> Letter:
        values = _values(first, reader)
        if to_staff:
            subject = ngettext(
                "%(association)s: %(count)s return is overdue",
                "%(association)s: %(count)s returns are overdue",
                len(lines),
            ) % (values | {"count": len(lines)})
        elif len(lines) == 1:
            subject = f"{values['mfi']}: {_words(lines[0])} (“{values['round']}”)"
        else:
            subject = ngettext(
                "%(association)s: %(count)s return waits for you",
                "%(association)s: %(count)s returns wait for you",
                len(lines),
            ) % (values | {"count": len(lines)})
        page = "return_review" if to_staff else "return"
        blocks = [_block(line, reader, page) for line in lines]
        foot = _("How you are reminded is up to you: %(profile)s") % {"profile": address_of("profile")}
        return letter(subject, "\n\n".join([*blocks, foot]))

    written = tell(
        [user],
        words,
        purpose="reminder",
        about=hashlib.sha256(about.encode()).hexdigest()[:40],
        at=at,
        association_id=first.association_id,
    )
    return written > 0


def _block(line: Due, user: User, page: str) -> str:
    submission = line.submission
    values = _values(submission, user) | {
        "words": _words(line),
        "answered": submission.answered_count,
        "required": submission.required_count,
    }
    text = _(
        "%(mfi)s, “%(round)s” for %(association)s: %(words)s.\n"
        "Due: %(due)s\n"
        "%(answered)s of %(required)s required questions are answered."
    )
    lines = [text % values]
    if line.locked:
        lines.append(_("It can no longer be submitted. Ask the association for an extension."))
    lines.append(address_of(page, submission.association.slug, submission.pk))
    return "\n".join(lines)


def _words(line: Due) -> str:
    if line.days > 0:
        return ngettext("due in %(count)s day", "due in %(count)s days", line.days) % {"count": line.days}
    if line.days == 0:
        return _("due today")
    return ngettext("%(count)s day overdue", "%(count)s days overdue", -line.days) % {"count": -line.days}


def _values(submission: Submission, user: User) -> dict[str, str]:
    association = submission.association
    return {
        "association": association.label,
        "round": submission.round.name,
        "mfi": submission.institution.label,
        "due": clock_of(submission.due.at, user.time_zone or association.time_zone),
        "address": address_of("return", association.slug, submission.pk),
    }
