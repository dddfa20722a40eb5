"""What stands around the questions: sections with progress, the problems, derived values, where to go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from reporting.catalogue import Derived, Section
from reporting.selectors.returns import ReturnSheet
from reporting.selectors.reviews import change_of
from reporting.validation import REQUIRED, Finding
from reporting.web.field_state import Problem, problem_of

Told = Sequence[tuple[Finding, Problem]]


@dataclass(frozen=True, slots=True)
class SectionLine:
    """One section in the list; the shape that the section list component shows."""

    code: str
    label: str
    url: str
    answered: int
    required: int
    errors: int
    warnings: int
    current: bool


@dataclass(frozen=True, slots=True)
class Located:
    """A problem with the address of its question."""

    problem: Problem
    url: str


@dataclass(frozen=True, slots=True)
class Problems:
    """Problems grouped by severity.

    `explained` are warnings with a reason, `notes` ask for nothing, `unanswered` are required questions.
    """

    errors: Sequence[Located] = ()
    warnings: Sequence[Located] = ()
    explained: Sequence[Located] = ()
    unanswered: Sequence[Located] = ()
    notes: Sequence[Located] = ()

    @property
    def open_count(self) -> int:
        """Problems to settle, apart from questions that are not answered yet."""
        return len(self.errors) + len(self.warnings)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.errors or self.warnings or self.explained or self.notes)


@dataclass(frozen=True, slots=True)
class DerivedLine:
    """A figure worked out from the answers, beside last year's."""

    part: Derived
    value: float | None
    last: float | None
    change: float | None
    in_points: bool
    formula: str


@dataclass(frozen=True)
class Panels:
    """Everything around the questions of a section (or of the overview, where `section` is None)."""

    sections: Sequence[SectionLine]
    here: Problems
    elsewhere: int
    derived: Sequence[DerivedLine] = field(default_factory=tuple)
    section: Section | None = None
    before: SectionLine | None = None
    after: SectionLine | None = None

    @property
    def current(self) -> SectionLine | None:
        """The line of the section that is open."""
        return next((line for line in self.sections if line.current), None)

    @property
    def position(self) -> int:
        """The place of the section that is open, from 1."""
        return next((place for place, line in enumerate(self.sections, 1) if line.current), 0)


def section_url(sheet: ReturnSheet, code: str) -> str:
    """The address of a section of a return."""
    submission = sheet.submission
    return reverse("return_section", args=[submission.association.slug, submission.pk, code])


def section_urls(sheet: ReturnSheet) -> dict[str, str]:
    """The addresses of all its sections, by code."""
    submission = sheet.submission
    base = reverse("return", args=[submission.association.slug, submission.pk])
    # joined by hand: a page has a dozen, and looking each up in the URLconf takes longer than its queries
    return {section.code: f"{base}sections/{section.code}/" for section in sheet.sections}


def all_problems(sheet: ReturnSheet, told: Told | None = None) -> Problems:
    """Every problem of the return, grouped, in the order of the form; `told` are those that are in words already."""
    errors, warnings, explained, unanswered, notes = [], [], [], [], []
    addresses = section_urls(sheet)
    for found, problem in told or ((found, problem_of(sheet, found)) for found in sheet.findings):
        address = addresses.get(problem.section)
        url = f"{address}#f-{problem.code}" if address else ""
        located = Located(problem, url)
        if found.rule == REQUIRED:
            unanswered.append(located)
        elif problem.is_error:
            errors.append(located)
        elif problem.is_note:
            notes.append(located)
        elif problem.reason:
            explained.append(located)
        else:
            warnings.append(located)
    return Problems(errors, warnings, explained, unanswered, notes)


def panels_of(sheet: ReturnSheet, section: Section | None = None, *, told: Told | None = None) -> Panels:
    """What stands around a section's questions; `told` are the findings that are in words already."""
    problems = all_problems(sheet, told)
    lines = _sections(sheet, problems, section)
    place = next((i for i, line in enumerate(lines) if line.current), None)
    here = _within(problems, section.code) if section else problems
    return Panels(
        sections=lines,
        here=here,
        elsewhere=problems.open_count - here.open_count,
        derived=derived_lines(sheet, section) if section else (),
        section=section,
        before=lines[place - 1] if place else None,
        after=lines[place + 1] if place is not None and place + 1 < len(lines) else None,
    )


def _within(problems: Problems, section: str) -> Problems:
    def of(located: Sequence[Located]) -> list[Located]:
        return [one for one in located if one.problem.section == section]

    return Problems(
        of(problems.errors),
        of(problems.warnings),
        of(problems.explained),
        of(problems.unanswered),
        of(problems.notes),
    )


def _sections(sheet: ReturnSheet, problems: Problems, current: Section | None) -> list[SectionLine]:
    counts = sheet.progress.per_section
    addresses = section_urls(sheet)
    lines = []
    for section in sheet.sections:
        count = counts.get(section.code)
        within = _within(problems, section.code)
        lines.append(
            SectionLine(
                code=section.code,
                label=f"{section.number}. {section.title}",
                url=addresses[section.code],
                answered=count.answered if count else 0,
                required=count.required if count else 0,
                errors=len(within.errors),
                warnings=len(within.warnings),
                current=section is current,
            )
        )
    return lines


def derived_lines(sheet: ReturnSheet, section: Section) -> list[DerivedLine]:
    """The derived values whose last question stands in this section."""
    catalogue, computed = sheet.catalogue, sheet.computed
    before = sheet.previous_computed
    lines = []
    for part in catalogue.derived:
        inputs = [code for code in catalogue.inputs_of(part.code) if code in computed.asked]
        if not inputs or part.code not in computed.relevant_derived:
            continue
        last_input = max(inputs, key=lambda code: catalogue.position[code])
        if catalogue.indicator(last_input).section != section.code:
            continue
        value = computed.derived[part.code]
        last = before.derived.get(part.code) if before else None
        change, in_points = change_of(part, value, last)
        lines.append(DerivedLine(part, value, last, change, in_points, catalogue.formulas[part.code]))
    return lines


def first_to_do(panels: Panels) -> str:
    """The address of the first section with something to do; of the first one where all is done."""
    for line in panels.sections:
        if line.answered < line.required or line.errors or line.warnings:
            return line.url
    return panels.sections[0].url if panels.sections else ""
