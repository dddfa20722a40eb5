"""Remembers, under the lock of a return, which words of an opened page have arrived."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from members.models import User
from reporting.models import OpenPage, Submission
from spm_portal.common.prepared import Prepared

# A page ends with the person's session, and a browser keeps what was not confirmed for two weeks: nothing says more
# after this time.
SILENT = timedelta(days=30)

_KNOWN = Prepared(
    lambda page: OpenPage.objects.filter(pk=page).values_list("submission_id", "opened_by_id", "heard")
)


@dataclass
class Hearing:
    """What was heard from the one page that sends, by question; of any other page nothing is known."""

    page: UUID | None = None
    heard: dict[str, int] = field(default_factory=dict)
    is_new: bool = False
    _fresh: dict[str, int] = field(default_factory=dict)

    def of(self, page: UUID | None, code: str) -> int:
        """The highest sequence that arrived from the page for an answer; 0 for none."""
        return self.heard.get(code, 0) if page is not None and page == self.page else 0

    def hear(self, page: UUID | None, code: str, sequence: int) -> None:
        """Note a word, to be written by `keep`."""
        if page is not None and page == self.page and sequence > self.heard.get(code, 0):
            self._fresh[code] = sequence

    @property
    def fresh(self) -> dict[str, int]:
        """What was noted since it was read."""
        return self._fresh


def hearing_of(submission: Submission, page: UUID | None, by: User) -> Hearing:
    """What this person's page has said about this return; a page of somebody else or of another return counts as none.

    The caller holds the lock of the return, so that two words of a page are judged one after the other.
    """
    if page is None:
        return Hearing()
    known = _KNOWN(page)
    if not known:
        return Hearing(page, {}, is_new=True)
    of_return, opened_by, heard = known[0]
    if (of_return, opened_by) != (submission.pk, by.pk):
        return Hearing()
    return Hearing(page, heard)


def keep(hearing: Hearing, submission: Submission, *, by: User, at: datetime) -> None:
    """Write what was heard, in one statement."""
    if not hearing.fresh or hearing.page is None:
        return
    heard = {**hearing.heard, **hearing.fresh}
    if not hearing.is_new:
        OpenPage.objects.filter(pk=hearing.page).update(heard=heard, heard_at=at)
        return
    made = OpenPage(
        id=hearing.page,
        association_id=submission.association_id,
        institution_id=submission.institution_id,
        submission=submission,
        opened_by=by,
        heard=heard,
        heard_at=at,
    )
    # the same key on two returns at once is nobody's page: the first one keeps it
    OpenPage.objects.bulk_create([made], ignore_conflicts=True)


def forget_silent(*, at: datetime) -> int:
    """Drop what was heard from pages that have said nothing for long; how many."""
    gone, _rows = OpenPage.objects.filter(heard_at__lt=at - SILENT).delete()
    return gone
