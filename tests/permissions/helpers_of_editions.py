"""A member's reply before an edition, for the matrix of permissions, and what its pages are sent."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from members.models import User
from reporting.enums import ReplyKind
from reporting.models import Reply, ReplyWindow, Submission
from tests.factories.members import LONG_AGO

FORMS_OF_EDITIONS: Mapping[str, Mapping[str, Any]] = {
    "replies": {"action": "open"},
    "reply": {"kind": ReplyKind.SEEN},
    "reply_answer": {"text": "Thank you."},
    "edition": {},
}


def add_reply(submission: Submission, *, by: User, staff: User) -> Reply:
    """A correction that the MFI asked for and nobody answered; its text carries a mark."""
    window = ReplyWindow.objects.create(
        association=submission.association,
        round=submission.round,
        opened_at=LONG_AGO + timedelta(days=1),
        opened_by=staff,
        closes_at=LONG_AGO + timedelta(days=15),
    )
    made: Reply = Reply.objects.create(
        association=submission.association,
        institution=submission.institution,
        submission=submission,
        window=window,
        kind=ReplyKind.CORRECTION,
        text="CANARY-COMMENT of a reply",
        at=LONG_AGO + timedelta(days=2),
        by=by,
    )
    return made
