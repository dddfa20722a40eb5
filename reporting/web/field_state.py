"""The part of a question that answers change: what is stored, its problems, and a clash with somebody else's value."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reporting.catalogue import Indicator
from reporting.enums import MissingReason
from reporting.models import Attachment
from reporting.selectors.returns import ReturnSheet
from reporting.validation import Finding
from reporting.validation.messages import Message
from reporting.values import Value
from spm_portal.common.numbers import format_number


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding in the reader's language.

    `reason` is the member's own, kept for a warning; `offered` what it wrote about the same rule in `offered_year`.
    `is_note`: information, or a rule on trial; nothing has to be done.
    """

    rule: str
    is_error: bool
    text: str
    code: str
    label: str
    section: str
    reason: str = ""
    is_note: bool = False
    on_trial: bool = False
    offered: str = ""
    offered_year: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is left to do: every error, and a warning without a reason."""
        return self.is_error or not (self.reason or self.is_note)


@dataclass(frozen=True)
class FieldState:
    """The part of a question that changes when answers are saved; the controls themselves are left alone.

    `mark`: "saved", "same" or nothing. `share`: per cent of the parent. `fault`: why what stands in the box is not
    stored. `conflict`: what somebody else stored meanwhile.
    """

    indicator: Indicator
    version: int
    relevant: bool
    value: Value
    missing: str
    change: float | None
    in_points: bool
    share: float | None
    share_of: str
    problems: tuple[Problem, ...]
    file: Attachment | None
    currency: str
    last_year: int | None
    mark: str = ""
    cleared: str = ""
    fault: str = ""
    conflict: "ConflictView | None" = None
    level: str = ""  # how far it was checked; nothing for self-reported

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What blocks submission."""
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What needs a correction or a reason."""
        return tuple(problem for problem in self.problems if not (problem.is_error or problem.is_note))

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is worth knowing and asks for nothing."""
        return tuple(problem for problem in self.problems if problem.is_note)

    @property
    def is_invalid(self) -> bool:
        """Whether the box must be corrected."""
        return bool(self.fault or self.conflict or self.errors)

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to say under the question."""
        return not (
            self.mark
            or self.missing
            or self.level
            or self.problems
            or self.fault
            or self.conflict
            or self.change is not None
            or self.share is not None
        )

    @property
    def unit(self) -> str:
        """The unit after a figure that does not carry it."""
        return _bare_unit(self.indicator)

    @property
    def missing_label(self) -> str:
        """The reason in words."""
        return str(MissingReason(self.missing).label) if self.missing else ""


@dataclass(frozen=True)
class ConflictView:
    """Two values for one question: what is stored now and by whom, and what was typed here."""

    theirs: Value
    theirs_missing: str
    by: str
    version: int
    yours: str

    @property
    def theirs_missing_label(self) -> str:
        """Their reason in words."""
        return str(MissingReason(self.theirs_missing).label) if self.theirs_missing else ""


def problem_of(sheet: ReturnSheet, found: Finding) -> Problem:
    """A finding in the reader's language, with the reason that the member gave."""
    language = get_language() or "en"
    first = found.indicators[0] if found.indicators else ""
    kept = sheet.explanations.get(found.rule) if found.needs_reason else None
    before, earlier = sheet.previous_submission, sheet.previous_explanations.get(found.rule)
    offered = found.needs_reason and kept is None and earlier is not None
    return Problem(
        rule=found.rule,
        is_error=found.blocks,
        text=_in_words(found.text, language),
        code=first,
        label=sheet.catalogue.labels.get(first, first),
        section=found.section,
        reason=kept.reason if kept else "",
        is_note=found.is_note,
        on_trial=found.on_trial,
        offered=earlier.reason if offered and earlier else "",
        offered_year=before.round.year if offered and before else None,
    )


@lru_cache(maxsize=2048)
def _in_words(text: Message, language: str) -> str:
    """A message in the language that is active: told before and after every save, and mostly the same."""
    return text.render(_, lambda figure: format_number(figure, language=language))


def _bare_unit(indicator: Indicator) -> str:
    return "" if indicator.unit in {"%", "currency"} else indicator.unit_words
