"""Bringing in returns that were filed and checked elsewhere: approved, marked as imported, all or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from members.enums import ConsentPurpose
from members.models import Association, Consent, Institution, Membership, User
from members.services import associations, consents, register
from reporting.adapters.mix import MixFile, MixReturn, Problem, Value
from reporting.enums import Move, ReturnState
from reporting.models import CatalogueVersion, Round, Submission, Transition
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.returns import ReturnSheet
from reporting.services.answers import answers_sha256, import_answers
from reporting.services.catalogues import default_version
from reporting.services.rounds import RoundSpec, open_round
from spm_portal.common import audit

SOURCE = "MIX Market"
COUNTRIES = {
    "Bangladesh": "BD",
    "Bolivia": "BO",
    "Cambodia": "KH",
    "Ghana": "GH",
    "Kenya": "KE",
    "Mexico": "MX",
    "Pakistan": "PK",
    "Peru": "PE",
    "Philippines": "PH",
    "Uganda": "UG",
}


class ImportRefused(Exception):
    """A file that cannot be taken in; `problems` lists every fault, and nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


@dataclass(slots=True)
class ImportCounts:
    """What an import changed; all zero when everything was there already."""

    institutions: int = 0
    rounds: int = 0
    returns: int = 0
    answers: int = 0
    returns_read: int = 0


def import_mix(
    *, association: Association, file: MixFile, country: str, at: datetime, by: User | None = None
) -> ImportCounts:
    """Take in the rows of one country: institutions, a round per fiscal year, approved answers.

    Running it again with the same file changes nothing; with a corrected file the changed values are written with
    their history. Raises ImportRefused with every problem; then nothing stays.
    """
    problems = list(file.problems)
    if country not in COUNTRIES:
        problems.append(Problem(1, "country", f"“{country}” is not known; use one of {', '.join(COUNTRIES)}"))
    if problems:
        raise ImportRefused(problems)
    counts = ImportCounts(returns_read=len(file.returns))
    with transaction.atomic(), audit.acting(by, source="import", reason=f"{SOURCE}, {country}"):
        version = default_version(at)
        institutions = _institutions(association, file.returns, COUNTRIES[country], at, by, counts)
        for year in sorted({row.year for row in file.returns}):
            rows = [row for row in file.returns if row.year == year]
            _import_year(association, version, year, rows, institutions, at, by, counts)
        if any((counts.institutions, counts.returns, counts.answers)):
            audit.record(
                "mix.imported",
                association,
                by=by,
                at=at,
                association_id=association.pk,
                country=country,
                returns=counts.returns,
                answers=counts.answers,
            )
    return counts


def association_for_import(*, slug: str, country: str, at: datetime) -> tuple[Association, bool]:
    """The association with this address; made with the country's name where there is none yet."""
    found = Association.objects.filter(slug=slug).first()
    if found is not None:
        return found, False
    made = associations.create_association(
        name=f"Microfinance Association of {country}",
        slug=slug,
        at=at,
        countries=[COUNTRIES[country]] if country in COUNTRIES else [],
        currency="USD",
    )
    return made, True


def _institutions(
    association: Association,
    rows: Iterable[MixReturn],
    country: str,
    at: datetime,
    by: User | None,
    counts: ImportCounts,
) -> dict[str, Institution]:
    """The institutions by key at the source, members of the association from their first year on."""
    first_year: dict[str, int] = {}
    names: dict[str, str] = {}
    for row in sorted(rows, key=lambda each: each.year):
        first_year.setdefault(row.key, row.year)
        names[row.key] = row.name
    found = {
        institution.source_key: institution
        for institution in Institution.objects.filter(source=SOURCE, source_key__in=names)
    }
    members = set(
        Membership.objects.filter(association=association, institution__in=found.values()).values_list(
            "institution_id", flat=True
        )
    )
    for key, name in names.items():
        if key not in found:
            found[key] = register.create_institution(
                name=name, country=country, at=at, by=by, source=SOURCE, source_key=key
            )
            counts.institutions += 1
        if found[key].pk not in members:
            joined = date(first_year[key], 1, 1)
            register.add_member(
                association=association, institution=found[key], joined_on=joined, at=at, by=by
            )
    _consents(association, list(found.values()), at, by)
    return found


def _consents(
    association: Association, institutions: Sequence[Institution], at: datetime, by: User | None
) -> None:
    """The figures are public by name at their source, so they may be counted and named; withdrawn stays withdrawn."""
    known = set(
        Consent.objects.filter(association=association, institution__in=institutions).values_list(
            "institution_id", "purpose"
        )
    )
    for institution in institutions:
        for purpose in ConsentPurpose.values:
            if (institution.pk, purpose) not in known:
                consents.give(association=association, institution=institution, purpose=purpose, by=by, at=at)


def _import_year(
    association: Association,
    version: CatalogueVersion,
    year: int,
    rows: Sequence[MixReturn],
    institutions: Mapping[str, Institution],
    at: datetime,
    by: User | None,
    counts: ImportCounts,
) -> None:
    round_ = Round.objects.filter(association=association, code=str(year)).first()
    if round_ is None:
        round_ = _open(association, version, year, at, by)
        counts.rounds += 1
    elif not round_.imported:
        message = f"the round {year} of this association was not imported and is left alone"
        raise ImportRefused([Problem(rows[0].row, "fiscal_year", message)])
    submissions = _submissions(round_, [institutions[row.key] for row in rows], at, by, counts)
    refused: list[Problem] = []
    for row in rows:
        submission = submissions[institutions[row.key].pk]
        result = import_answers(
            submission_id=submission.pk,
            values={code: _engine(value) for code, value in row.values.items()},
            missing=row.missing,
            at=at,
            by=by,
        )
        refused += [Problem(row.row, code, message) for code, message in result.refused.items()]
        counts.answers += len(result.saved)
        if result.saved:
            _record_approval(result.sheet, at, by)
    if refused:
        raise ImportRefused(refused)


def _open(
    association: Association, version: CatalogueVersion, year: int, at: datetime, by: User | None
) -> Round:
    catalogue = catalogue_of(version)
    end = date(year, association.fiscal_year_end_month, association.fiscal_year_end_day)
    due = datetime.combine(date(year + 1, 6, 30), time(23, 59), tzinfo=ZoneInfo(association.time_zone))
    spec = RoundSpec(
        name=f"{SOURCE} {year}",
        code=str(year),
        year=year,
        period_end=end,
        catalogue=version,
        sections=tuple(section.code for section in catalogue.sections),
        due_at=due,
        exchange_rate_usd=Decimal(1),
    )
    return open_round(association=association, spec=spec, institutions=[], by=by, at=at, imported=True)


def _submissions(
    round_: Round,
    institutions: Sequence[Institution],
    at: datetime,
    by: User | None,
    counts: ImportCounts,
) -> dict[object, Submission]:
    """The returns by institution; new ones come in as approved, with the move that says so."""
    found: dict[object, Submission] = {
        submission.institution_id: submission
        for submission in Submission.objects.filter(round=round_, institution__in=institutions)
    }
    for institution in institutions:
        if institution.pk in found:
            continue
        found[institution.pk] = Submission.objects.create(
            association_id=round_.association_id,
            institution=institution,
            round=round_,
            state=ReturnState.APPROVED,
            state_since=at,
            currency="USD",
            imported=True,
            touched_at=at,
            touched_by=by,
        )
        counts.returns += 1
    return found


def _engine(value: Value) -> int | float | bool | str | tuple[str, ...]:
    return float(value) if isinstance(value, Decimal) else value


def _record_approval(sheet: ReturnSheet, at: datetime, by: User | None) -> None:
    """The move that says who let these figures count, with the hash of the answers."""
    submission = sheet.submission
    Transition.objects.create(
        association_id=submission.association_id,
        institution_id=submission.institution_id,
        submission=submission,
        move=Move.APPROVE,
        from_state=ReturnState.DRAFT,
        to_state=ReturnState.APPROVED,
        at=at,
        by=by,
        comment=f"Imported from {SOURCE}.",
        answers_sha256=answers_sha256(sheet),
    )
