"""What an association's rounds and editions show of it, as records that may stand as evidence of its capacities.

Counts of returns by state only: no answer of a member is read here.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Association
from members.selectors.records import RecordKind, RecordOffer
from reporting.enums import ReturnState
from reporting.models import Release, Round

RESPONSE, EDITIONS, REVIEWED = "response_rate", "editions_published", "reviewed_returns"
MOST = 3  # rounds and editions of each kind: evidence is of late years


@dataclass(frozen=True, slots=True)
class _Counted:
    """A round and its returns by number."""

    code: str
    name: str
    invited: int
    handed_in: int
    approved: int
    asked: int


def _last_rounds(association: Association, at: datetime) -> list[_Counted]:
    handed_in = ~Q(submissions__state=ReturnState.DRAFT)
    rows = (
        Round.objects.filter(association=association, opened_at__lte=at)
        .order_by("-period_end", "-opened_at")
        .values("code", "name")
        .annotate(
            invited=Count("submissions", distinct=True),
            handed_in=Count("submissions", filter=handed_in, distinct=True),
            approved=Count("submissions", filter=Q(submissions__state=ReturnState.APPROVED), distinct=True),
            asked=Count("submissions__questions", distinct=True),
        )
        .filter(invited__gt=0)[:MOST]
    )
    return [_Counted(**row) for row in rows]


def response_rate(association: Association, at: datetime) -> list[RecordOffer]:
    """How many of the invited members handed in, for each of the last rounds."""
    return [
        RecordOffer(
            RESPONSE,
            each.code,
            _("%(round)s: %(handed_in)s of %(invited)s members handed in (%(percent)s %%)")
            % {
                "round": each.name,
                "handed_in": each.handed_in,
                "invited": each.invited,
                "percent": round(100 * each.handed_in / each.invited),
            },
            {"round": each.code, "invited": each.invited, "handed_in": each.handed_in},
        )
        for each in _last_rounds(association, at)
    ]


def reviewed_returns(association: Association, at: datetime) -> list[RecordOffer]:
    """How many returns staff approved and how many questions they asked, for each of the last rounds."""
    return [
        RecordOffer(
            REVIEWED,
            each.code,
            _("%(round)s: returns approved after review %(approved)s, questions asked %(asked)s")
            % {"round": each.name, "approved": each.approved, "asked": each.asked},
            {"round": each.code, "approved": each.approved, "questions": each.asked},
        )
        for each in _last_rounds(association, at)
        if each.approved
    ]


def editions_published(association: Association, at: datetime) -> list[RecordOffer]:
    """The last editions, with the day and how many members counted."""
    found = (
        Release.objects.filter(association=association, published_at__lte=at)
        .select_related("round")
        .order_by("-published_at")[:MOST]
    )
    return [
        RecordOffer(
            EDITIONS,
            f"{each.round.code}-{each.number}",
            _("%(round)s, edition %(number)s, published on %(day)s with %(count)s members")
            % {
                "round": each.round.name,
                "number": each.number,
                "day": each.published_at.date().isoformat(),
                "count": each.contributor_count,
            },
            {
                "round": each.round.code,
                "edition": each.number,
                "published_on": each.published_at.date().isoformat(),
                "contributors": each.contributor_count,
            },
        )
        for each in found
    ]


KINDS = (
    RecordKind(RESPONSE, gettext_lazy("Response rate of a round"), response_rate),
    RecordKind(REVIEWED, gettext_lazy("Returns reviewed in a round"), reviewed_returns),
    RecordKind(EDITIONS, gettext_lazy("Published edition"), editions_published),
)
