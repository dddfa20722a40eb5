"""What a member's own report is built from: its returns over the years, the others' middle half, and guidance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language

from reporting.catalogue import Catalogue
from reporting.enums import ReturnState
from reporting.models import Release, Round, Submission
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.guidance import GuidanceText, guidance_for
from reporting.selectors.peer_groups import OfferedGroup, groups_of
from reporting.selectors.peers import PeerRanges, peers_at
from reporting.selectors.releases import with_round
from reporting.selectors.return_rows import WITH_ROUND, WITHOUT
from reporting.selectors.returns import (
    ReturnSheet,
    earlier_answers,
    engine_values,
    load_sheet,
)
from reporting.validation import Computed, compute
from spm_portal.common.models import Job

MEMBER_REPORT_KIND = "member_report"
MEMBER_REPORTS_KIND = "member_reports"
SHOWN = 5  # files that a page lists


@dataclass(frozen=True, eq=False)
class YearOfMember:
    """One approved return worked out by the catalogue of its own round."""

    year: int
    period_end: date
    currency: str
    imported: bool
    catalogue: Catalogue
    computed: Computed

    def number(self, code: str) -> float | None:
        """A given or derived number; None where there is none, it was not relevant, or it is no number."""
        value = self.computed.names.get(code)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


@dataclass(frozen=True, eq=False)
class MemberSource:
    """All that a member's report says is worked out from this.

    `years`: oldest first, this return the last. `groups`: the peer groups that the member may compare itself with,
    `group` the one it does; None: all members.
    """

    sheet: ReturnSheet
    years: Sequence[YearOfMember]
    peers: PeerRanges
    guidance: Mapping[str, GuidanceText]
    groups: Sequence[OfferedGroup] = ()
    group: OfferedGroup | None = None

    @property
    def submission(self) -> Submission:
        """The return."""
        return self.sheet.submission


class NoSuchGroup(LookupError):
    """The release does not offer this peer group to this member."""


def with_all(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Returns with what their report needs, without the large catalogue document."""
    return submissions.select_related(*WITH_ROUND).defer(*WITHOUT)


def load_member(submission: Submission, *, group: str = "") -> MemberSource:
    """The source in the active language; a constant number of queries.

    `group`: the key of a peer group. Raises NoSuchGroup where the release does not offer it to this member.
    """
    peers = peers_at(submission.round)
    groups = _groups(peers, submission)
    chosen = next((one for one in groups if one.key == group), None)
    if group and chosen is None:
        raise NoSuchGroup(group)
    if chosen is not None:
        peers = peers_at(submission.round, group=chosen.key)
    sheet = load_sheet(submission)
    earlier = sheet.earlier_submissions
    answers = earlier_answers(one.pk for one in earlier)
    imported = dict(
        Submission.objects.filter(pk__in=[one.pk for one in earlier]).values_list("pk", "imported")
    )
    years = []
    for one in reversed(earlier):
        catalogue = catalogue_of(one.round.catalogue)
        values = engine_values(catalogue, answers[one.pk])
        years.append(_year(one, catalogue, compute(catalogue, values, one.round.context), imported[one.pk]))
    years.append(_year(submission, sheet.catalogue, sheet.computed, submission.imported))
    return MemberSource(
        sheet=sheet,
        years=years,
        peers=peers,
        guidance=guidance_for(submission.association, get_language() or submission.association.language),
        groups=groups,
        group=chosen,
    )


def _groups(peers: PeerRanges, submission: Submission) -> list[OfferedGroup]:
    release = with_round(Release.objects.filter(pk=peers.release)).first() if peers.release else None
    return groups_of(release, submission.institution) if release is not None else []


def _year(one: Submission, catalogue: Catalogue, computed: Computed, imported: bool) -> YearOfMember:
    return YearOfMember(
        year=one.round.year,
        period_end=one.round.period_end,
        currency=one.currency,
        imported=imported,
        catalogue=catalogue,
        computed=computed,
    )


def approved_returns(of_round: Round) -> list[UUID]:
    """The approved returns of a round, by the MFI's name."""
    found = Submission.objects.filter(round=of_round, state=ReturnState.APPROVED)
    return list(found.order_by("institution__name", "pk").values_list("pk", flat=True))


def member_report_jobs(submission: Submission) -> "QuerySet[Job]":
    """The reports made of a return, the newest first; who may see the report may see them."""
    return Job.objects.filter(
        kind=MEMBER_REPORT_KIND,
        association_id=submission.association_id,
        args__submission=str(submission.pk),
        args__version=submission.version,  # what was made before the return was re-opened is not shown any more
    ).order_by("-created_at", "-pk")


def round_report_jobs(of_round: Round) -> "QuerySet[Job]":
    """The work that makes all members' reports of a round, the newest first; for the association's staff."""
    return Job.objects.filter(
        kind=MEMBER_REPORTS_KIND, association_id=of_round.association_id, args__round=str(of_round.pk)
    ).order_by("-created_at", "-pk")
