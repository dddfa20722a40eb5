"""The training year of an association: who was trained, what it cost, what came of it; for staff and donors alike."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum

from members.models import Association
from training.enums import CaseStage, SessionState
from training.headcounts import Headcount, told_counts
from training.models import Case, CaseRating, Certificate, Registration, TrainingSession
from training.selectors import cases, learning, money
from training.selectors.learning import SessionResults
from training.selectors.money import CENT, SessionTotals

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session that was held, what came of it and what it cost."""

    session: TrainingSession
    results: SessionResults
    totals: SessionTotals

    @property
    def people(self) -> int:
        """Who was there."""
        return self.results.participants

    @property
    def cost_per_head(self) -> Decimal | None:
        """Real cost by person who was there; None without people or cost."""
        if not self.people or not self.totals.real_cost:
            return None
        return (self.totals.real_cost / self.people).quantize(CENT)


@dataclass(frozen=True, slots=True)
class Sums:
    """Money of a year in one currency; `cost_per_head` for a person in a session, `cases` what assistance cost."""

    currency: str
    cost: Decimal
    fees: Decimal
    scholarships: Decimal
    income: Decimal
    cost_per_head: Decimal | None
    cases: Decimal
    cases_association: Decimal


@dataclass(frozen=True, slots=True)
class Assistance:
    """Cases of technical assistance of a year: begun, ended, hours, and the mean rating by members (1 to 5)."""

    begun: int
    ended: int
    hours: Decimal
    rating: Decimal | None


@dataclass(frozen=True, slots=True)
class TrainingYear:
    """Everything that the page, the PDF and the workbook of a year tell."""

    association: Association
    year: int
    lines: tuple[SessionLine, ...]
    people: int
    places: int
    members: int
    hours: Decimal
    by_sex: Sequence[Headcount]
    by_country: Sequence[Headcount]
    by_topic: Mapping[str, int]
    improvement: Decimal | None
    rating: Decimal | None
    certificates: int
    sums: tuple[Sums, ...]
    assistance: Assistance

    @property
    def is_empty(self) -> bool:
        """Whether nothing was held and no case was worked on."""
        return not (self.lines or self.assistance.begun or self.assistance.ended)


def training_year(association: Association, year: int) -> TrainingYear:
    """The year by the association's calendar; the same number of queries however much was held."""
    begins, ends = _bounds(association, year)
    sessions = list(
        TrainingSession.objects.filter(
            association=association, state=SessionState.HELD, ends_at__gte=begins, ends_at__lt=ends
        )
        .select_related("course", "association")
        .order_by("starts_at", "pk")
    )
    results = learning.results_of(sessions)
    totals = money.totals_of([one.pk for one in sessions])
    there = [person.registration for one in results.values() for person in one.people if person.took_part]
    # donors read this too: no mean of fewer than three people, and nobody by name
    lines = tuple(
        SessionLine(one, learning.for_trainers(results[one.pk], ()), totals[one.pk]) for one in sessions
    )
    persons = {one.participant_id: one.participant for one in there}
    worked = list(
        Case.objects.filter(association=association).filter(
            Q(requested_at__gte=begins, requested_at__lt=ends) | Q(ended_at__gte=begins, ended_at__lt=ends)
        )
    )
    case_totals = cases.totals_of([one.pk for one in worked])
    return TrainingYear(
        association=association,
        year=year,
        lines=lines,
        people=len(persons),
        places=len(there),
        members=len({one.institution_id for one in there if one.institution_id}),
        hours=sum((line.session.course.hours * line.people for line in lines), ZERO),
        by_sex=told_counts(Counter(one.sex for one in persons.values())),
        by_country=told_counts(_countries(there, association)),
        by_topic=_by_topic(lines),
        improvement=_weighted((line.results.tests.improvement, line.results.tests.both) for line in lines),
        rating=_weighted((line.results.after.overall, line.results.after.given) for line in lines),
        certificates=_certificates(association, begins, ends),
        sums=_sums(lines, worked, case_totals),
        assistance=_assistance(worked, case_totals, begins, ends),
    )


def years_of(association: Association, today: date) -> list[int]:
    """Years with a session held or a case asked for, the newest first; this year always."""
    zone = ZoneInfo(association.time_zone)
    held = TrainingSession.objects.filter(association=association, state=SessionState.HELD)
    asked = Case.objects.filter(association=association)
    found = {moment.astimezone(zone).year for moment in held.values_list("ends_at", flat=True)}
    found |= {moment.astimezone(zone).year for moment in asked.values_list("requested_at", flat=True)}
    return sorted(found | {today.year}, reverse=True)


def _countries(there: Iterable[Registration], association: Association) -> Counter[str]:
    """People by their own country, else that of their MFI, else the first one of the association."""
    first = next(iter(association.countries), "")
    of_each = {
        one.participant_id: one.participant.country or (one.institution.country if one.institution else first)
        for one in there
    }
    return Counter(of_each.values())


def _bounds(association: Association, year: int) -> tuple[datetime, datetime]:
    zone = ZoneInfo(association.time_zone)
    return datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)


def _by_topic(lines: Iterable[SessionLine]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for line in lines:
        found[line.session.course.topic] += line.people
    return dict(found.most_common())


def _weighted(parts: Iterable[tuple[Decimal | None, int]]) -> Decimal | None:
    known = [(value, weight) for value, weight in parts if value is not None and weight]
    weights = sum(weight for _value, weight in known)
    return sum((value * weight for value, weight in known), ZERO) / weights if weights else None


def _certificates(association: Association, begins: datetime, ends: datetime) -> int:
    return Certificate.objects.filter(
        association=association,
        revoked_at__isnull=True,
        renews__isnull=True,
        issued_on__gte=begins.date(),
        issued_on__lt=ends.date(),
    ).count()


def _sums(
    lines: Sequence[SessionLine], worked: Sequence[Case], case_totals: Mapping[UUID, cases.CaseTotals]
) -> tuple[Sums, ...]:
    by_currency: dict[str, list[SessionLine]] = defaultdict(list)
    for line in lines:
        by_currency[line.totals.currency].append(line)
    for case in worked:
        by_currency.setdefault(case_totals[case.pk].currency, [])
    found = []
    for currency, some in sorted(by_currency.items()):
        cost = sum((line.totals.real_cost for line in some), ZERO)
        people = sum(line.people for line in some)
        own = [one for one in case_totals.values() if one.currency == currency]
        found.append(
            Sums(
                currency=currency,
                cost=cost,
                fees=sum((line.totals.net_fees for line in some), ZERO),
                scholarships=sum((line.totals.awards for line in some), ZERO),
                income=sum((line.totals.real_income for line in some), ZERO),
                cost_per_head=(cost / people).quantize(CENT) if people and cost else None,
                cases=sum((one.cost for one in own), ZERO),
                cases_association=sum((one.association_part for one in own), ZERO),
            )
        )
    return tuple(found)


def _assistance(
    worked: Sequence[Case], totals: Mapping[UUID, cases.CaseTotals], begins: datetime, ends: datetime
) -> Assistance:
    closed = (CaseStage.CLOSED, CaseStage.FOLLOW_UP)
    ratings = CaseRating.objects.filter(case__in=worked, side="member").aggregate(
        total=Sum("score"), count=Count("pk")
    )
    return Assistance(
        begun=sum(begins <= one.requested_at < ends for one in worked),
        ended=sum(one.stage in closed for one in worked),
        hours=sum((one.hours for one in totals.values()), ZERO),
        rating=Decimal(ratings["total"]) / ratings["count"] if ratings["count"] else None,
    )
