"""Returns that came on paper: the entry that is open, and those that the MFI has still to confirm."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from reporting.enums import AnswerSource
from reporting.models import Answer, PaperEntry, Submission
from reporting.selectors.notices import Event


@dataclass(frozen=True, slots=True)
class PaperState:
    """What pages of a return say about paper. `open` is being keyed, `waiting` is finished and not confirmed yet."""

    entries: Sequence[PaperEntry]

    @property
    def open(self) -> PaperEntry | None:
        """The entry that is being keyed."""
        return next((one for one in self.entries if one.closed_at is None), None)

    @property
    def waiting(self) -> PaperEntry | None:
        """The newest finished entry that the MFI has not confirmed by its signature."""
        return next((one for one in self.entries if one.closed_at and one.confirmed_at is None), None)

    @property
    def confirmed(self) -> Sequence[PaperEntry]:
        """Entries that the MFI's signature confirmed, the oldest first."""
        return [one for one in reversed(self.entries) if one.confirmed_at is not None]


def paper_of(submission: Submission) -> PaperState:
    """Every entry of a return from paper, the newest first, in one query."""
    entries = (
        PaperEntry.objects.filter(submission=submission)
        .select_related("opened_by", "confirmed_by", "association", "scan")
        .order_by("-opened_at", "-pk")
    )
    return PaperState([one for one in entries if isinstance(one, PaperEntry)])


def keyed_codes(entry: PaperEntry) -> set[str]:
    """Indicators whose answers were keyed under this entry, also where the MFI has changed them since."""
    events: Any = Answer.pgh_event_model  # type: ignore[attr-defined] # made by pghistory
    found = events.objects.filter(
        submission_id=entry.submission_id,
        source=AnswerSource.PAPER,
        changed_by_id=entry.opened_by_id,
        changed_at__gte=entry.opened_at,
    )
    if entry.closed_at is not None:
        found = found.filter(changed_at__lte=entry.closed_at)
    return set(found.values_list("code", flat=True))


def keyed_by(submission: Submission) -> set[UUID]:
    """Who keyed this return from paper, ever."""
    return set(PaperEntry.objects.filter(submission=submission).values_list("opened_by_id", flat=True))


def paper_events(state: PaperState) -> list[Event]:
    """What happened with paper, for a return's timeline."""
    events = []
    for one in state.entries:
        events.append(Event(_("Keying from paper begun"), str(one.opened_by), one.opened_at, one.reason))
        if one.closed_at is not None:
            events.append(Event(_("Keyed from paper"), str(one.opened_by), one.closed_at))
        if one.confirmed_at is not None:
            events.append(
                Event(
                    _("What was keyed from paper confirmed"),
                    str(one.confirmed_by),
                    one.confirmed_at,
                    strong=True,
                )
            )
    return events
