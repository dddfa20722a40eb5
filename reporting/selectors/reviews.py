"""What a reviewer sees of a return: each value beside earlier years, its problems, and what changed since last time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from members.models import User
from reporting.catalogue import Derived, Indicator
from reporting.models import Answer, Explanation, Submission
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.evidence import Citation, citations_of
from reporting.selectors.peers import PeerRanges, Peers, peers_of
from reporting.selectors.returns import ReturnSheet, engine_values, load_sheet
from reporting.validation import REQUIRED, Finding, compute
from reporting.values import Value, same_fields, to_engine
from spm_portal.common.numbers import format_number

# From here on a change from last year is worth a look, whether or not a rule finds it unusual.
BIG_CHANGE_PERCENT = 25
BIG_CHANGE_POINTS = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding with the reason that the member gave, if any."""

    finding: Finding
    label: str
    explanation: Explanation | None
    offered: Explanation | None = None  # what the member wrote about the same rule last year

    @property
    def text(self) -> str:
        """What is wrong, in the reader's language."""
        language = get_language() or "en"
        return self.finding.text.render(_, lambda figure: format_number(figure, language=language))

    @property
    def is_error(self) -> bool:
        """Whether it blocks."""
        return self.finding.blocks

    @property
    def is_note(self) -> bool:
        """Whether nobody has to do anything about it."""
        return self.finding.is_note


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an answer was when staff last looked."""

    value: Value
    missing: str
    note: str


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One question or derived value. `change` in per cent of last year; in points where the unit is per cent."""

    part: Indicator | Derived
    value: Value
    last: Value
    before_last: Value
    change: float | None
    in_points: bool
    answer: Answer | None = None
    last_missing: str = ""
    is_new: bool = False  # changed since staff last looked
    earlier: Earlier | None = None
    problems: tuple[Problem, ...] = ()
    depth: int = 0
    peers: Peers | None = None
    citations: Sequence[Citation] = ()

    @property
    def missing(self) -> str:
        """Why there is no value, as the person chose it."""
        return self.answer.get_missing_display() if self.answer and self.answer.missing else ""

    @property
    def is_big(self) -> bool:
        """Whether the change from last year is large."""
        if self.change is None:
            return False
        return abs(self.change) >= (BIG_CHANGE_POINTS if self.in_points else BIG_CHANGE_PERCENT)

    @property
    def is_notable(self) -> bool:
        """Whether a reviewer looks at it first; questions that are just not answered yet are counted apart."""
        return (
            self.is_new
            or self.is_big
            or any(problem.finding.rule != REQUIRED and not problem.is_note for problem in self.problems)
        )


@dataclass(frozen=True, slots=True)
class ReviewSection:
    """A section with its rows; `code` empty: the derived values."""

    code: str
    title: str
    rows: Sequence[ReviewRow]

    @property
    def new(self) -> int:
        """Rows that changed since staff last looked."""
        return sum(row.is_new for row in self.rows)

    @property
    def with_problems(self) -> int:
        """Rows with a problem."""
        return sum(bool(row.problems) for row in self.rows)


@dataclass(frozen=True, eq=False)
class Review:
    """All that the review page shows."""

    sheet: ReturnSheet
    sections: Sequence[ReviewSection]
    problems: Sequence[Problem]
    before_last: Submission | None
    peers: PeerRanges
    cited: frozenset[str] = frozenset()  # codes of answers that cite a document

    @property
    def changed_count(self) -> int:
        """How many answers changed since staff last looked."""
        return sum(section.new for section in self.sections)

    @property
    def errors(self) -> Sequence[Problem]:
        """Problems that block."""
        return [problem for problem in self.problems if problem.is_error]

    @property
    def warnings(self) -> Sequence[Problem]:
        """Problems that need a reason."""
        return [problem for problem in self.problems if problem.finding.needs_reason]

    @property
    def notes(self) -> Sequence[Problem]:
        """What is only worth knowing: information, and rules that are tried out."""
        return [problem for problem in self.problems if problem.is_note]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside the values of this year, each by code."""

    older: Mapping[str, Value]
    problems: Mapping[str, Sequence[Problem]]
    changed: Mapping[str, Earlier | None]
    citations: Mapping[str, Sequence[Citation]]
    peers: PeerRanges
    currency: str

    def peers_of(self, part: Indicator | Derived) -> Peers | None:
        return self.peers.of(part.code, part.unit, self.currency)


def load_review(
    submission: Submission, *, reader: User | None = None, cites: bool = True, group: str = ""
) -> Review:
    """The review of a return in a constant number of queries; `reader` tells which documents may be opened.

    `cites`: whether any answer cites a document, so that citations are read. `group`: the peer group beside which the
    values stand, by its key; empty for all members.
    """
    sheet = load_sheet(submission, years=2)
    # the newest but one: last year's stands in the sheet itself
    before_last = sheet.earlier_submissions[1] if len(sheet.earlier_submissions) > 1 else None
    older: Mapping[str, Value] = {}
    if before_last is not None:
        older = engine_values(catalogue_of(before_last.round.catalogue), sheet.older_answers)
    problems = problems_of(sheet)
    by_code: dict[str, list[Problem]] = {}
    for problem in problems:
        for code in problem.finding.indicators:
            by_code.setdefault(code, []).append(problem)
    beside = _Beside(
        older=older,
        problems=by_code,
        changed=changed_since_review(sheet),
        citations=citations_of(submission, reader=reader) if cites else {},
        peers=peers_of(submission.association, group=group),
        currency=submission.currency,
    )
    sections = [
        ReviewSection(
            section.code,
            section.title,
            [
                _answer_row(sheet, indicator, beside)
                for indicator in section.indicators
                if indicator.code in sheet.computed.relevant
            ],
        )
        for section in sheet.sections
    ]
    derived = _derived_rows(sheet, before_last, beside)
    if derived:
        sections.append(ReviewSection("", "", derived))
    return Review(sheet, sections, problems, before_last, beside.peers, frozenset(beside.citations))


def problems_of(sheet: ReturnSheet) -> list[Problem]:
    """Every finding with the reason the member gave, errors first."""
    return [
        Problem(
            finding,
            _label(sheet, finding),
            sheet.explanations.get(finding.rule),
            sheet.previous_explanations.get(finding.rule) if finding.needs_reason else None,
        )
        for finding in sheet.findings
    ]


def _label(sheet: ReturnSheet, finding: Finding) -> str:
    labels = [sheet.catalogue.labels.get(code, code) for code in finding.indicators[:1]]
    return labels[0] if labels else finding.rule


def _answer_row(sheet: ReturnSheet, indicator: Indicator, beside: _Beside) -> ReviewRow:
    code = indicator.code
    value = sheet.values.get(code)
    last = (sheet.previous or {}).get(code)
    change, in_points = change_of(indicator, value, last)
    return ReviewRow(
        part=indicator,
        value=value,
        last=last,
        before_last=beside.older.get(code),
        change=change,
        in_points=in_points,
        answer=sheet.answers.get(code),
        last_missing=sheet.previous_missing.get(code, ""),
        is_new=code in beside.changed,
        earlier=beside.changed.get(code),
        problems=tuple(beside.problems.get(code, ())),
        depth=1 if indicator.child_of else 0,
        peers=beside.peers_of(indicator),
        citations=beside.citations.get(code, ()),
    )


def _derived_rows(sheet: ReturnSheet, before_last: Submission | None, beside: _Beside) -> list[ReviewRow]:
    before = sheet.previous_computed
    oldest = compute(sheet.catalogue, beside.older, before_last.round.context) if before_last else None
    rows = []
    for item in sheet.catalogue.derived:
        value = sheet.computed.derived.get(item.code)
        last = before.derived.get(item.code) if before else None
        if value is None and last is None:
            continue
        change, in_points = change_of(item, value, last)
        rows.append(
            ReviewRow(
                part=item,
                value=value,
                last=last,
                before_last=oldest.derived.get(item.code) if oldest else None,
                change=change,
                in_points=in_points,
                peers=beside.peers_of(item),
            )
        )
    return rows


def change_of(part: Indicator | Derived, now: Any, then: Any) -> tuple[float | None, bool]:
    """The change from last year: points where both are percentages, otherwise per cent; None where there is none."""
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (now, then))
    if not numbers or part.unit == "year" or (isinstance(part, Indicator) and not part.type.is_number):
        return None, False
    if part.unit == "%":
        return now - then, True
    return (100 * (now - then) / abs(then), False) if then else (None, False)


def changed_since_review(sheet: ReturnSheet) -> dict[str, Earlier | None]:
    """Answers that are not what they were when staff last looked; None: there was no answer then."""
    looked: datetime | None = sheet.submission.reviewed_at
    if looked is None:
        return {}
    recent = [answer for answer in sheet.answers.values() if answer.changed_at > looked]
    if not recent:
        return {}
    event: Any = Answer.pgh_event_model  # type: ignore[attr-defined] # made by pghistory
    kept = (
        event.objects.filter(pgh_obj__in=[answer.pk for answer in recent], changed_at__lte=looked)
        .order_by("pgh_obj_id", "-pgh_id")
        .distinct("pgh_obj_id")
    )
    then = {row.code: row for row in kept}
    found: dict[str, Earlier | None] = {}
    for answer in recent:
        old = then.get(answer.code)
        if old is None:
            found[answer.code] = None
        elif not (same_fields(old, answer) and old.missing == answer.missing and old.note == answer.note):
            indicator = sheet.catalogue.find(answer.code)
            value = to_engine(indicator, old) if isinstance(indicator, Indicator) else None
            found[answer.code] = Earlier(value, old.get_missing_display() if old.missing else "", old.note)
    return found
