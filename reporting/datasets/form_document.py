"""The form on paper: every question with room for an answer, empty or with the answers that are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import get_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from reporting.catalogue import Indicator, IndicatorType, Section
from reporting.datasets.wording import value_text
from reporting.enums import MissingReason
from reporting.models import Submission
from reporting.selectors.returns import ReturnSheet
from reporting.selectors.verification import checked_words, words_of_levels
from reporting.values import Value

SHORT_LABEL = 16  # choices up to this length stand four to a line
MEDIUM_LABEL = 40  # up to this one two to a line
GROUP = 3  # digits between two thousands marks
GROUPS_OF_AMOUNTS, GROUPS_OF_COUNTS = 4, 3
# How many characters fit the column of last year's answer.
LONGEST_LAST = 90


@dataclass(frozen=True, slots=True)
class Choice:
    """A square to tick, and whether it is ticked."""

    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One question on paper.

    `digits` are groups of boxes, one box for each digit, `decimals` those behind the mark; both are empty where the
    answer is no figure or is printed (`answer`). `missing` says why there is none.
    """

    number: str
    label: str
    help: str
    condition: str
    is_required: bool
    is_child: bool
    kind: str  # number, choice, choices, text or file
    unit: str
    digits: Sequence[range]
    decimals: range
    choices: Sequence[Choice]
    columns: int
    answer: str
    missing: str
    is_answered: bool
    note: str
    last: str
    cited: Sequence[str]
    level: str  # how far it was checked; nothing for self-reported


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form."""

    number: int
    title: str
    help: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class FormDocument:
    """All that the printed form says. `is_filled`: with the answers, as of `at`, under their `fingerprint`."""

    submission: Submission
    title: str
    language: str
    rtl: bool
    is_filled: bool
    at: datetime
    fingerprint: str
    parts: Sequence[Part]
    reasons: Sequence[tuple[str, str]]
    last_year: int | None
    question_count: int
    answered: int
    required: int
    checked: str  # how many answers were checked; nothing before the return was handed in
    mark: str  # between the whole and the decimals


def build_form(
    sheet: ReturnSheet, *, is_filled: bool, at: datetime, fingerprint: str, cited: dict[str, list[str]]
) -> FormDocument:
    """The form in the active language.

    Empty it asks every question of the round and says on which condition each counts; filled it holds the questions
    that count with their answers. `cited` names the documents behind answers by code.
    """
    shown = sheet.computed.relevant if is_filled else sheet.computed.asked
    parts = [
        Part(
            section.number,
            section.title,
            section.help,
            [
                _line(sheet, section, indicator, is_filled, cited.get(indicator.code, []))
                for indicator in section.indicators
                if indicator.code in shown
            ],
        )
        for section in sheet.sections
    ]
    submission = sheet.submission
    words = {"round": submission.round.name, "mfi": submission.institution.label}
    title = _("%(round)s: answers of %(mfi)s") if is_filled else _("%(round)s: form of %(mfi)s")
    return FormDocument(
        submission=submission,
        title=title % words,
        language=get_language() or "en",
        rtl=get_language_bidi(),
        is_filled=is_filled,
        at=at,
        fingerprint=fingerprint if is_filled else "",
        parts=[part for part in parts if part.lines],
        reasons=[(letter, str(label)) for letter, label in zip("abcd", MissingReason.labels, strict=True)],
        last_year=sheet.previous_submission.round.year if sheet.previous_submission else None,
        question_count=sum(len(part.lines) for part in parts),
        answered=sheet.progress.answered,
        required=sheet.progress.required,
        checked=checked_words(sheet) if is_filled else "",
        mark=str(get_format("DECIMAL_SEPARATOR")),
    )


def _line(
    sheet: ReturnSheet, section: Section, indicator: Indicator, is_filled: bool, cited: Sequence[str]
) -> Line:
    code, currency = indicator.code, sheet.submission.currency
    value = sheet.values.get(code) if is_filled else None
    stored = sheet.answers.get(code) if is_filled else None
    choices = _choices(indicator, value)
    kind = _kind(indicator)
    figure = kind == "number"
    answer = ""
    if is_filled and kind in {"number", "text"}:
        answer = value_text(indicator, value, currency)
    elif stored is not None and stored.file is not None:
        answer = stored.file.name
    groups, decimals = _boxes(indicator) if figure and not is_filled else ((), range(0))
    relevance = indicator.relevance
    return Line(
        number=f"{section.number}.{indicator.order}",
        label=indicator.label,
        help=indicator.help,
        condition=sheet.catalogue.readable(relevance) if relevance is not None and not is_filled else "",
        is_required=indicator.required,
        is_child=indicator.child_of is not None,
        kind=kind,
        unit=currency if indicator.unit == "currency" else indicator.unit_words,
        digits=groups,
        decimals=decimals,
        choices=choices,
        columns=_columns(choices),
        answer=answer,
        missing=str(MissingReason(stored.missing).label) if stored is not None and stored.missing else "",
        is_answered=code in sheet.values,
        note=stored.note if stored is not None else "",
        last=_last(sheet, indicator),
        cited=cited if is_filled else (),
        level=words_of_levels().get(stored.verification, "") if stored is not None else "",
    )


def _kind(indicator: Indicator) -> str:
    if indicator.type.is_number:
        return "number"
    return {
        IndicatorType.MULTIPLE_CHOICE: "choices",
        IndicatorType.SINGLE_CHOICE: "choice",
        IndicatorType.BOOLEAN: "choice",
        IndicatorType.FILE: "file",
    }.get(indicator.type, "text")


def _boxes(indicator: Indicator) -> tuple[Sequence[range], range]:
    """Groups of boxes before the decimal mark, and the boxes behind it."""
    if indicator.unit == "year":
        return (range(4),), range(0)
    if indicator.unit == "%":
        return (range(GROUP),), range(indicator.decimals if indicator.decimals is not None else 1)
    if indicator.type is IndicatorType.DECIMAL:
        return (range(GROUP), range(GROUP)), range(indicator.decimals or 2)
    count = GROUPS_OF_AMOUNTS if indicator.type is IndicatorType.MONEY else GROUPS_OF_COUNTS
    return tuple(range(GROUP) for _group in range(count)), range(0)


def _choices(indicator: Indicator, value: Value) -> list[Choice]:
    if indicator.type is IndicatorType.BOOLEAN:
        return [Choice(_("Yes"), value is True), Choice(_("No"), value is False)]
    chosen = {str(one) for one in (value if isinstance(value, tuple) else (value,)) if one is not None}
    return [Choice(choice.label, str(choice.value) in chosen) for choice in indicator.choices]


def _columns(choices: Sequence[Choice]) -> int:
    longest = max((len(choice.label) for choice in choices), default=0)
    return 4 if longest <= SHORT_LABEL else 2 if longest <= MEDIUM_LABEL else 1


def _last(sheet: ReturnSheet, indicator: Indicator) -> str:
    """Last year's answer in words, cut where it would need more than a line."""
    if indicator.type is IndicatorType.FILE:
        return ""
    missing = sheet.previous_missing.get(indicator.code, "")
    value = (sheet.previous or {}).get(indicator.code)
    text = (
        str(MissingReason(missing).label)
        if missing
        else value_text(indicator, value, sheet.submission.currency)
    )
    return f"{text[:LONGEST_LAST].rstrip()}…" if len(text) > LONGEST_LAST else text
