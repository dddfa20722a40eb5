"""What associations let count in figures about many: their agreed assessments as they stood at the end of each year."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID

from capacity.enums import ConsentScope, Stage
from capacity.frameworks import Framework
from capacity.models import Assessment, CapacityConsent
from capacity.scoring import Scores, results
from capacity.selectors.agreed import agreed_scores
from capacity.selectors.frameworks import framework_of, limits_of

OVERALL = "overall"
YEARS_THAT_COUNT = 3
"""An assessment counts until it is this old, or until the association agrees on a newer one."""

Means = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class YearEnd:
    """What counts at the end of a year: the means of one assessment of each association, by the association's key."""

    ends_on: date
    assessments: Mapping[str, UUID]
    means: Mapping[str, Means]

    def of(self, code: str) -> dict[str, Fraction]:
        """The associations that have this mean, with its value in levels."""
        return {key: found[code] for key, found in self.means.items() if code in found}


def area_code(area: str) -> str:
    """The code of an area's mean."""
    return f"area.{area}"


def cell_code(area: str, category: str) -> str:
    """The code of the mean of one category in one area."""
    return f"cell.{area}.{category}"


def codes_of(framework: Framework) -> tuple[str, ...]:
    """The codes of all means, overall first."""
    return (
        OVERALL,
        *(area_code(area.code) for area in framework.areas),
        *(
            cell_code(area.code, category.code)
            for area in framework.areas
            for category in framework.categories
            if framework.items_of(area.code, category.code)
        ),
    )


def means_of(framework: Framework, scores: Scores) -> dict[str, Fraction]:
    """All means of one assessment that enough items stand behind."""
    told = results(framework, scores, limits_of(framework))
    found = {
        OVERALL: told.overall,
        **{area_code(area): mean for area, mean in told.areas.items()},
        **{cell_code(area, category): mean for (area, category), mean in told.cells.items()},
    }
    return {code: mean.value for code, mean in found.items() if mean.value is not None}


def network_frameworks() -> dict[str, Framework]:
    """The frameworks that associations agreed on something with, by code, each in its newest version."""
    rows = (
        Assessment.objects.filter(stage=Stage.AGREED)
        .order_by("framework__code", "-framework__loaded_at", "-framework_id")
        .distinct("framework__code")
        .select_related("framework")
        .defer("framework__document")
    )
    return {row.framework.code: framework_of(row.framework) for row in rows}


def years(framework: Framework, today: date) -> tuple[YearEnd, ...]:
    """The years that ended before `today`, oldest first: those alone at whose end something else counts than before.

    An association counts from the end of the year in which it agreed to, with the last assessment that it had
    agreed on by then. Nothing that is written later changes an earlier year.
    """
    consents = defaultdict(list)
    for consent in CapacityConsent.objects.filter(scope=ConsentScope.NETWORK).order_by("given_at"):
        consents[consent.association_id].append(consent)
    assessments = list(
        Assessment.objects.filter(
            stage=Stage.AGREED, framework__code=framework.code, association__in=consents.keys()
        )
        .select_related("framework")
        .defer("framework__document")
        .order_by("as_of", "agreed_at", "pk")
    )
    versions = {one.framework_id: framework_of(one.framework) for one in assessments}
    # levels of another scale are not the same levels
    assessments = [one for one in assessments if versions[one.framework_id].highest == framework.highest]
    scores = agreed_scores(one.pk for one in assessments)
    means = {one.pk: means_of(versions[one.framework_id], scores.get(one.pk, {})) for one in assessments}
    found: list[YearEnd] = []
    first = min((one.given_at.date() for many in consents.values() for one in many), default=today)
    for day in year_ends(first, today):
        moment = datetime(day.year + 1, 1, 1, tzinfo=UTC)
        chosen: dict[str, UUID] = {}
        for one in assessments:  # a later one takes the place of an earlier one
            counts = one.agreed_at is not None and one.agreed_at < moment and _is_recent(one.as_of, day)
            if counts and any(_held(consent, day, moment) for consent in consents[one.association_id]):
                chosen[str(one.association_id)] = one.pk
        if (found[-1].assessments if found else {}) != chosen:
            found.append(YearEnd(day, chosen, {key: means[pk] for key, pk in chosen.items()}))
    return tuple(found)


def year_ends(first: date, today: date) -> Iterator[date]:
    """The 31st of December of each year from this day on, all of them before `today`."""
    for year in range(first.year, today.year):
        yield date(year, 12, 31)


def _is_recent(as_of: date, day: date) -> bool:
    return (day.year - as_of.year, day.month, day.day) <= (YEARS_THAT_COUNT, as_of.month, as_of.day)


def _held(consent: CapacityConsent, day: date, moment: datetime) -> bool:
    """Whether a consent held when the year ended."""
    ended = consent.withdrawn_at is not None and consent.withdrawn_at < moment
    return consent.given_at < moment and not ended and (consent.until is None or consent.until >= day)
