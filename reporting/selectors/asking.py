"""Values of a round that staff may want to ask many members about: findings of a rule, and outliers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from reporting.catalogue import Catalogue, Derived, Indicator
from reporting.enums import QuestionState, ReturnState
from reporting.models import Explanation, Question, Round
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.returns import ReturnSheet, load_sheets
from reporting.selectors.rounds import WITH_STAFF
from reporting.validation import REQUIRED, Finding, against_history
from reporting.values import Value

FEWEST = 8  # returns: among fewer, everybody is far from somebody
FAR = 3.5  # robust deviations from the middle, the customary limit
COUNTED = WITH_STAFF | {ReturnState.APPROVED}


@dataclass(frozen=True, slots=True)
class RuleFound:
    """A rule that finds something in returns that staff hold; `example` is one of its findings."""

    example: Finding
    members: int
    values: int


@dataclass(frozen=True, slots=True)
class Outlier:
    """How far a value is from the middle of the returns of its round, in robust deviations."""

    middle: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Askable:
    """One value of one return. `question` is the unresolved question on it, if there is one already."""

    sheet: ReturnSheet
    part: Indicator | Derived
    value: Value
    last: Value
    question: UUID | None = None
    finding: Finding | None = None
    explanation: Explanation | None = None
    outlier: Outlier | None = None

    @property
    def key(self) -> str:
        """What a tick of the page sends."""
        return f"{self.sheet.submission.pk}:{self.part.code}"


@dataclass(frozen=True)
class Asking:
    """The returns of a round that staff hold, and what is found in them; a constant number of queries."""

    round: Round
    sheets: Sequence[ReturnSheet]
    catalogue: Catalogue
    held: Mapping[tuple[UUID, str, str], UUID]

    @property
    def with_staff(self) -> list[ReturnSheet]:
        """Returns that staff hold, by the MFI's name."""
        return [one for one in self.sheets if one.submission.state in WITH_STAFF]

    def rules(self) -> list[RuleFound]:
        """Every rule that fires in a return that staff hold, the most frequent first."""
        found: dict[str, list[tuple[UUID, Finding]]] = {}
        for sheet in self.with_staff:
            for finding in sheet.findings:
                if finding.rule != REQUIRED and finding.indicators:
                    found.setdefault(finding.rule, []).append((sheet.submission.pk, finding))
        counted = [RuleFound(each[0][1], len({pk for pk, _ in each}), len(each)) for each in found.values()]
        return sorted(counted, key=lambda one: (-one.members, one.example.rule))

    def of_rule(self, rule: str) -> list[Askable]:
        """Every value that a rule points to."""
        return [
            self._askable(sheet, finding.indicators[0], rule, finding=finding)
            for sheet in self.with_staff
            for finding in sheet.findings
            if finding.rule == rule and finding.indicators
        ]

    def outliers(self) -> list[Askable]:
        """Values far from the middle of all returns that came in, the farthest first.

        Approved returns count for the middle and are not asked about.
        """
        asked = {one.submission.pk: one for one in self.with_staff}
        counted = [one for one in self.sheets if one.submission.state in COUNTED]
        found = []
        parts: list[Indicator | Derived] = [*self.catalogue.indicators, *self.catalogue.derived]
        for part in parts:
            if part.unit == "year" or (isinstance(part, Indicator) and not part.type.is_number):
                continue
            values = {one.submission.pk: _number(one, part, self.round) for one in counted}
            there = [value for value in values.values() if value is not None]
            if len(there) < FEWEST:
                continue
            for pk, sheet in asked.items():
                outlier = _outlier(values[pk], there, by_factors=part.unit != "%")
                if outlier is not None:
                    found.append(self._askable(sheet, part.code, "", outlier=outlier))
        return sorted(found, key=lambda one: -one.outlier.deviation if one.outlier else 0)

    def _askable(
        self,
        sheet: ReturnSheet,
        code: str,
        rule: str,
        *,
        finding: Finding | None = None,
        outlier: Outlier | None = None,
    ) -> Askable:
        part = self.catalogue.find(code)
        assert part is not None  # a finding points to what the catalogue asks
        before = sheet.previous_computed
        is_derived = isinstance(part, Derived)
        return Askable(
            sheet=sheet,
            part=part,
            value=sheet.computed.derived.get(code) if is_derived else sheet.values.get(code),
            last=(before.derived if before else {}).get(code)
            if is_derived
            else (sheet.previous or {}).get(code),
            question=self.held.get((sheet.submission.pk, code, rule)),
            finding=finding,
            explanation=sheet.explanations.get(rule),
            outlier=outlier,
        )


def asking_of(of_round: Round) -> Asking:
    """What can be asked about in a round now."""
    sheets = load_sheets(of_round)
    unresolved = Question.objects.filter(submission__round=of_round).exclude(state=QuestionState.RESOLVED)
    held = {
        (submission, code, rule): pk
        for pk, submission, code, rule in unresolved.values_list("pk", "submission_id", "code", "rule")
    }
    return Asking(of_round, sheets, catalogue_of(of_round.catalogue), held)


def _outlier(value: float | None, there: Sequence[float], *, by_factors: bool) -> Outlier | None:
    """Sizes are compared by factors, percentages by points: none of a figure's neighbours is told, only the middle."""
    usual = against_history(value, there, by_factors=by_factors) if value is not None else None
    return Outlier(*usual) if usual is not None and usual.deviation > FAR else None


def _number(sheet: ReturnSheet, part: Indicator | Derived, of_round: Round) -> float | None:
    """The value as a number; amounts only in the association's currency."""
    if part.unit == "currency" and sheet.submission.currency != of_round.association.currency:
        return None
    value: Value = None
    if isinstance(part, Derived):
        value = sheet.computed.derived.get(part.code)
    elif part.code in sheet.computed.relevant:
        value = sheet.values.get(part.code)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
