"""Reads of releases: who would count in the next one, what was published, and a donor's portfolio."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext_lazy as _

from members.enums import ConsentPurpose
from members.models import Association, Consent, Donor, Institution, SharingAgreement
from reporting.enums import ReturnState
from reporting.models import Release, ReleaseCell, ReleaseMember, Round, Submission
from spm_portal.common.prepared import Prepared

MINIMUM = 5
"""Contributors that a release needs at least, counted by owner; an association may ask for more."""

NO_ANSWERS = "no_answers"
WITHOUT = ("catalogue__document", "round__catalogue__document")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An invited member, whether its return would count in a release, and if not, why."""

    submission: Submission
    consented: bool
    named: bool

    @property
    def institution(self) -> Institution:
        """The member."""
        return self.submission.institution

    @property
    def approved(self) -> bool:
        """Whether the return is approved."""
        return self.submission.state == ReturnState.APPROVED

    @property
    def counts(self) -> bool:
        """Whether the return would count."""
        return self.approved and self.consented

    @property
    def reason(self) -> str:
        """Why it does not count, in words; empty if it does."""
        if not self.approved:
            return str(_("The return is not approved."))
        if not self.consented:
            return str(_("The member has not agreed to count in figures about all members."))
        return ""


@dataclass(frozen=True)
class Preview:
    """Who would count in a release of a round if it were published now."""

    round: Round
    candidates: tuple[Candidate, ...]

    @cached_property
    def counting(self) -> tuple[Candidate, ...]:
        """Members that would count."""
        return tuple(one for one in self.candidates if one.counts)

    @cached_property
    def others(self) -> tuple[Candidate, ...]:
        """Invited members that would not."""
        return tuple(one for one in self.candidates if not one.counts)

    @cached_property
    def owners(self) -> int:
        """Contributors: members of one owner count once."""
        return len({one.institution.owner_key for one in self.counting})

    @property
    def approved(self) -> int:
        """Approved returns, whether they count or not."""
        return sum(one.approved for one in self.candidates)

    @property
    def minimum(self) -> int:
        """Contributors that a release of this association needs."""
        return minimum_of(self.round.association)

    @property
    def enough(self) -> bool:
        """Whether a release may be published at all."""
        return self.owners >= self.minimum

    @property
    def outstanding(self) -> int:
        """Invited members whose return is not approved yet."""
        return len(self.candidates) - self.approved


def minimum_of(association: Association) -> int:
    """Contributors that a published figure of this association needs."""
    return max(MINIMUM, association.release_minimum)


def preview(of_round: Round) -> Preview:
    """Who would count now; a constant number of queries."""
    given: dict[str, set[UUID]] = {purpose: set() for purpose in ConsentPurpose}
    for purpose, institution in (
        Consent.objects.live()
        .filter(association=of_round.association_id)
        .values_list("purpose", "institution_id")
    ):
        given[purpose].add(institution)
    submissions = (
        Submission.objects.filter(round=of_round)
        .select_related("institution")
        .order_by("institution__name", "pk")
    )
    return Preview(
        of_round,
        tuple(
            Candidate(
                submission,
                consented=submission.institution_id in given[ConsentPurpose.BENCHMARK],
                named=submission.institution_id in given[ConsentPurpose.NAMED],
            )
            for submission in submissions
        ),
    )


def releases_of(association: Association) -> QuerySet[Release]:
    """The association's releases, the newest period first, with the count of published figures."""
    return (
        Release.objects.filter(association=association)
        .select_related("round", "published_by")
        .annotate(cell_count=Count("cells"))
        .order_by("-round__period_end", "-number")
    )


def with_round(releases: QuerySet[Release]) -> QuerySet[Release]:
    """Releases with what their pages need, without the large catalogue document."""
    return releases.select_related("association", "round", "catalogue").defer(*WITHOUT)


_RELEASE = Prepared(
    lambda association, pk: with_round(Release.objects.filter(association=association, pk=pk))
)
_EDITIONS: Prepared[Any] = Prepared(
    lambda of_round: (
        Release.objects.filter(round=of_round)
        .order_by("-number")
        .values_list("pk", "number", "published_at", named=True)
    )
)


def release_in(association: Association, pk: UUID) -> Release | None:
    """A release of this association with what its pages need, in one query; who may see it is asked after."""
    found = _RELEASE(association.pk, pk)
    return found[0] if found else None


def editions_beside(release: Release) -> list[Any]:
    """Key, number and day of every edition of the same round, the newest first."""
    return _EDITIONS(release.round_id)


def latest_of(round_: Round) -> Release | None:
    """The newest edition of a round."""
    return with_round(Release.objects.filter(round=round_)).order_by("-number").first()


def older_release(of_round: Round) -> Release | None:
    """The newest edition of the association's latest round whose period ended before this one's."""
    return (
        with_round(
            Release.objects.filter(
                association=of_round.association_id, round__period_end__lt=of_round.period_end
            )
        )
        .order_by("-round__period_end", "-number")
        .first()
    )


def cells_of(release: Release, group: str = "") -> list[ReleaseCell]:
    """The cells of a release in their order: of all members, or of the peer group with this key."""
    return list(ReleaseCell.objects.filter(release=release, group=group).order_by("position"))


def newest_editions(releases: QuerySet[Release]) -> list[Release]:
    """Of these releases the newest edition of every round, the newest period first."""
    found: dict[UUID, Release] = {}
    for release in releases.order_by("-round__period_end", "-number"):
        found.setdefault(release.round_id, release)
    return list(found.values())


def cells_of_all(releases: Iterable[Release], *, code: str = "") -> dict[UUID, list[ReleaseCell]]:
    """The cells of several releases in their order, by release, in one query; of one indicator if it is named."""
    keys = [release.pk for release in releases]
    found: dict[UUID, list[ReleaseCell]] = {key: [] for key in keys}
    cells = ReleaseCell.objects.filter(release__in=keys).order_by("position")
    for cell in cells.filter(code=code) if code else cells:
        found[cell.release_id].append(cell)
    return found


def frozen_members(release: Release) -> list[ReleaseMember]:
    """The frozen input of a release, raw: for the gate only."""
    return list(ReleaseMember.objects.filter(release=release).order_by("institution_id"))


def named_members(release: Release) -> list[str]:
    """The names of contributors that agreed to be named, in alphabetical order."""
    return list(
        ReleaseMember.objects.filter(release=release, named=True)
        .order_by("name")
        .values_list("name", flat=True)
    )


@dataclass(frozen=True, slots=True)
class Shared:
    """An association that shares with a donor, and its latest releases, newest first."""

    association: Association
    releases: tuple[Release, ...]

    @property
    def latest(self) -> Release | None:
        """The newest release."""
        return self.releases[0] if self.releases else None


def shared_with(donor: Donor) -> QuerySet[Association]:
    """The associations that share with a donor today, by name."""
    agreements = SharingAgreement.objects.current().filter(donor=donor)
    return Association.objects.filter(pk__in=agreements.values("association_id")).order_by("name")


def editions_of(associations: Iterable[Association]) -> QuerySet[Release]:
    """All editions of these associations."""
    return Release.objects.filter(association__in=list(associations))


def mark_of(releases: QuerySet[Release]) -> tuple[object, ...]:
    """A mark that is another one as soon as there is one more of these releases; none is ever changed or removed."""
    told = releases.order_by().aggregate(count=Count("pk"), newest=Max("published_at"))
    return (told["count"], told["newest"])


def portfolio_of(donor: Donor) -> list[Shared]:
    """The associations that share with a donor today, by name, each with the newest edition of every round."""
    associations = shared_with(donor)
    editions: dict[UUID, dict[UUID, Release]] = {}
    for release in with_round(Release.objects.filter(association__in=associations)).order_by(
        "-round__period_end", "-number"
    ):
        editions.setdefault(release.association_id, {}).setdefault(release.round_id, release)
    return [
        Shared(association, tuple(editions.get(association.pk, {}).values())) for association in associations
    ]


def count_published(cells: Iterable[ReleaseCell]) -> Counter[bool]:
    """How many figures with answers were published and how many were not."""
    return Counter(cell.published for cell in cells if cell.reason != NO_ANSWERS)
