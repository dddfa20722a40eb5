"""How good a member's data are: what was answered, explained, not tracked, and how far it was checked."""

from collections import Counter
from dataclasses import dataclass

from reporting.enums import MissingReason, VerificationLevel
from reporting.selectors.returns import ReturnSheet
from reporting.selectors.reviews import problems_of

MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning and the reason that the member gave for it."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Untold:
    """Why values are missing, how many, and the first of them with the section of each."""

    reason: str
    count: int
    questions: tuple[tuple[str, str, str], ...]

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.count - len(self.questions)


@dataclass(frozen=True, slots=True)
class Level:
    """How many values were checked that far."""

    label: str
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Quality:
    """The facts about one return's data."""

    required: int
    answered: int
    warnings: tuple[Warned, ...]
    untold: tuple[Untold, ...]
    levels: tuple[Level, ...]

    @property
    def values(self) -> int:
        """Values given."""
        return sum(level.count for level in self.levels)

    @property
    def explained(self) -> int:
        """Warnings with a reason."""
        return sum(bool(warning.reason) for warning in self.warnings)


def quality_of(sheet: ReturnSheet) -> Quality:
    """The quality of a return; asks nothing that the sheet does not hold. An imported one was asked of nobody."""
    return Quality(
        required=0 if sheet.submission.imported else sheet.progress.required,
        answered=sheet.progress.answered,
        warnings=tuple(
            Warned(problem.text, problem.explanation.reason if problem.explanation else "")
            for problem in problems_of(sheet)
            if problem.finding.needs_reason
        ),
        untold=_untold(sheet),
        levels=_levels(sheet),
    )


def _untold(sheet: ReturnSheet) -> tuple[Untold, ...]:
    """By reason; what does not apply to the MFI is no gap in its data."""
    found = []
    for reason in (MissingReason.NOT_TRACKED, MissingReason.NOT_YET, MissingReason.REFUSED):
        codes = [
            indicator
            for indicator in sheet.catalogue.indicators
            if sheet.missing.get(indicator.code) == reason and indicator.code in sheet.computed.relevant
        ]
        if codes:
            listed = tuple((one.code, one.section, one.label) for one in codes[:MOST_LISTED])
            found.append(Untold(str(reason.label), len(codes), listed))
    return tuple(found)


def _levels(sheet: ReturnSheet) -> tuple[Level, ...]:
    counts = Counter(
        sheet.answers[code].verification
        for code in sheet.values
        if code in sheet.answers and code in sheet.computed.relevant
    )
    total = counts.total() or 1
    return tuple(
        Level(str(level.label), counts[level.value], round(100 * counts[level.value] / total))
        for level in VerificationLevel
    )
