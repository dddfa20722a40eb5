"""Mails about deadlines: extensions and reminders, each in the reader's language and time zone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import User
from reporting.models import Extension, Submission
from reporting.services.notices import address_of, moment, people_of
from spm_portal.common import mail


def extended(submission: Submission, extension: Extension, *, at: datetime) -> None:
    """Tell the people of a member that their return is due later, and why."""
    for user in people_of([submission.institution_id])[submission.institution_id]:
        with translation.override(user.language):
            values = _values(submission, user) | {"reason": extension.reason}
            mail.write(
                purpose="return.extended",
                to=user.email,
                subject=_("%(association)s: “%(round)s” is now due on %(due)s") % values,
                text=_(
                    "The return of %(mfi)s for “%(round)s” is now due on %(due)s.\n"
                    "Reason: %(reason)s\n\n"
                    "Open the return:\n%(address)s"
                )
                % values,
                at=at,
                key=f"extended:{extension.pk}:{user.pk}",
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
    key = hashlib.sha256(about.encode()).hexdigest()
    with translation.override(user.language):
        values = _values(first, user)
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
        blocks = [_block(line, user, page) for line in lines]
        foot = _("How you are reminded is up to you: %(profile)s") % {"profile": address_of("profile")}
        message = mail.write(
            purpose="reminder",
            to=user.email,
            subject=subject,
            text="\n\n".join([*blocks, foot]),
            at=at,
            key=f"reminder:{key[:40]}:{user.pk}",
            association_id=first.association_id,
        )
    return message is not None


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
        "due": moment(submission.due.at, user.time_zone or association.time_zone),
        "address": address_of("return", association.slug, submission.pk),
    }
