"""What the people of an MFI should do next with their returns, from the counters alone."""

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from members.access import access_of
from members.models import Association, User
from reporting.models import Submission
from reporting.selectors.rounds import WITH_MFI


@dataclass(frozen=True, slots=True)
class ReturnCard:
    """One return of the person's MFI. `days_left` counts calendar days in the association's time zone."""

    submission: Submission
    days_left: int
    may_sign: bool

    @property
    def held_by_mfi(self) -> bool:
        """Whether the MFI can still answer."""
        return self.submission.state in WITH_MFI and self.submission.round.is_open

    @property
    def unanswered(self) -> int:
        """Required questions without an answer."""
        return max(self.submission.required_count - self.submission.answered_count, 0)

    @property
    def problems(self) -> int:
        """Faults in what was answered, and warnings without a reason; questions not answered yet are apart."""
        held = self.submission
        return max(held.error_count - self.unanswered, 0) + held.unexplained_count

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way of submitting."""
        held = self.submission
        return self.held_by_mfi and not held.error_count and not held.unexplained_count

    @property
    def is_begun(self) -> bool:
        """Whether anybody answered anything."""
        return self.submission.touched_at is not None

    @property
    def days_late(self) -> int:
        """Days since the due day; 0 until then."""
        return max(-self.days_left, 0)


@dataclass(frozen=True, slots=True)
class MemberHome:
    """The returns of a person's MFIs in one association: those to work on, soonest due first, and the others."""

    to_do: Sequence[ReturnCard]
    others: Sequence[ReturnCard]

    @property
    def next(self) -> ReturnCard | None:
        """The return to go on with."""
        return self.to_do[0] if self.to_do else None


def member_home(user: User, association: Association, *, at: datetime, limit: int = 12) -> MemberHome:
    """What the home page of an MFI's people shows, in one query; empty for everybody else."""
    access = access_of(user)
    zone = zoneinfo.ZoneInfo(association.time_zone)
    returns = (
        Submission.objects.visible_to(user)
        .filter(association=association, institution__in=access.works_for)
        .select_related("association", "institution", "round", "submitted_by")
        .with_extension()
        .order_by("-round__period_end", "-round__opened_at", "institution__name")[:limit]
    )
    cards = [
        ReturnCard(
            submission=one,
            days_left=one.due.days_to_go(at, zone),
            may_sign=one.institution_id in access.signs,
        )
        for one in returns
    ]
    to_do = sorted((card for card in cards if card.held_by_mfi), key=lambda card: card.submission.due.at)
    return MemberHome(to_do=to_do, others=[card for card in cards if not card.held_by_mfi])


def next_step(user: User, association: Association, *, at: datetime) -> ReturnCard | None:
    """The return that the person should go on with, if there is one."""
    return member_home(user, association, at=at).next
