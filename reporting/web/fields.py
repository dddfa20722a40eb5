"""The questions of a section as the page shows them: what stands in the box, last year, problems, what was saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reporting.catalogue import Choice, Indicator, IndicatorType, Section
from reporting.enums import MissingReason
from reporting.forms.answers import Typed
from reporting.models import Answer
from reporting.selectors.returns import ReturnSheet
from reporting.selectors.reviews import change_of
from reporting.selectors.verification import words_of_levels
from reporting.services.answers import Conflict
from reporting.validation import REQUIRED, Finding
from reporting.values import Value
from reporting.web import fragments
from reporting.web.field_state import ConflictView, FieldState, Problem, problem_of
from spm_portal.common.numbers import format_number

MANY_CHOICES = 5  # more than these become a select
SHOWN_BESIDE = 2  # a rule about more questions than these is told beside the first one alone
SAVED, SAME = "saved", "same"


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a list of choices."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, eq=False)
class Field:
    """One question with its controls."""

    indicator: Indicator
    number: str
    parent: str
    texts: tuple[str, ...]
    missing: str
    note: str
    last: Value
    last_missing: str
    condition: str
    state: FieldState

    @property
    def code(self) -> str:
        """The code of the question."""
        return self.indicator.code

    @property
    def text(self) -> str:
        """What stands in the box."""
        return self.texts[-1] if self.texts else ""

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """Its choices, with those that are chosen."""
        return _options(self.indicator, self.texts)

    @cached_property
    def widget(self) -> str:
        """Which controls it has: number, text, radio, select, checks or file."""
        kind = self.indicator.type
        if kind.is_number:
            return "number"
        if kind is IndicatorType.BOOLEAN:
            return "radio"
        if kind is IndicatorType.SINGLE_CHOICE:
            return "select" if len(self.indicator.choices) > MANY_CHOICES else "radio"
        return {IndicatorType.MULTIPLE_CHOICE: "checks", IndicatorType.FILE: "file"}.get(kind, "text")

    @property
    def is_group(self) -> bool:
        """Whether it has several controls and so needs a legend."""
        return self.widget in {"radio", "checks"}

    @property
    def is_chosen(self) -> bool:
        """Whether it is answered by choosing from a list."""
        return self.widget in {"radio", "checks", "select"}

    @property
    def is_inline(self) -> bool:
        """Whether its few short choices stand in one line."""
        return sum(len(option.label) for option in self.options) < 36

    @cached_property
    def unit(self) -> str:
        """The unit that stands in the box."""
        indicator = self.indicator
        return self.state.currency if indicator.unit == "currency" else indicator.unit_words

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Why there may be no value."""
        return fragments.reasons()

    @property
    def has_last(self) -> bool:
        """Whether the MFI answered it last year, by a value or a reason."""
        return self.last is not None or bool(self.last_missing)

    @property
    def last_missing_label(self) -> str:
        """Last year's reason in words."""
        return str(MissingReason(self.last_missing).label) if self.last_missing else ""

    @property
    def accept(self) -> str:
        """The endings that the file chooser offers."""
        return ",".join(f".{ending}" for ending in self.indicator.accept)

    @property
    def is_shown(self) -> bool:
        """Whether the question is asked now, or holds an answer that no longer counts."""
        return self.state.relevant or self.has_answer

    @property
    def has_answer(self) -> bool:
        """Whether a value or a reason is stored."""
        return self.state.value is not None or bool(self.state.missing)

    @property
    def has_more(self) -> bool:
        """Whether it has a reason or a note, so that its place for them stands open."""
        return bool(self.missing or self.note)

    @property
    def label(self) -> str:
        """The words that name and explain the question."""
        return fragments.kept(
            "reporting/returns/_label.html", self.indicator, self.number, lambda: {"field": self}
        )

    @property
    def choices(self) -> str:
        """All of a question that is answered by choosing; most members choose one of a few answers."""
        shown = (self.number, self.texts, self.last, self.last_missing, self.state.last_year)
        return fragments.kept(
            "reporting/returns/_chosen.html",
            self.indicator,
            (*shown, self.state.is_invalid),
            lambda: {"field": self, "code": self.code},
        )


class FieldMaker:
    """Makes the fields of one sheet; `typed` and `conflicts` are what the person has just sent."""

    def __init__(
        self,
        sheet: ReturnSheet,
        *,
        typed: Mapping[str, Typed] | None = None,
        saved: Iterable[str] = (),
        refused: Mapping[str, str] | None = None,
        conflicts: Iterable[Conflict] = (),
    ) -> None:
        self.sheet = sheet
        self._typed = typed or {}
        self._saved = frozenset(saved)
        self._refused = refused or {}
        self._conflicts = {conflict.code: conflict for conflict in conflicts}
        self._language = get_language() or "en"
        self._levels = words_of_levels()

    @cached_property
    def told(self) -> tuple[tuple[Finding, Problem], ...]:
        """Every finding of the return with what it says in the reader's language."""
        return tuple((found, problem_of(self.sheet, found)) for found in self.sheet.findings)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Every finding of the return but unanswered questions, in the reader's language."""
        return tuple(problem for found, problem in self.told if found.rule != REQUIRED)

    @cached_property
    def _problems_beside(self) -> dict[str, tuple[Problem, ...]]:
        beside: dict[str, list[Problem]] = {}
        for found, problem in self.told:
            if found.rule == REQUIRED:
                continue
            codes = found.indicators if len(found.indicators) <= SHOWN_BESIDE else found.indicators[:1]
            for code in codes:
                beside.setdefault(code, []).append(problem)
        return {code: tuple(problems) for code, problems in beside.items()}

    def fields(self, section: Section) -> list[Field]:
        """The asked questions of a section, children right after their parent."""
        asked = [one for one in section.indicators if one.code in self.sheet.computed.asked]
        return [self.field(indicator) for indicator in asked]

    def field(self, indicator: Indicator) -> Field:
        """One question."""
        code = indicator.code
        sheet = self.sheet
        answer = sheet.answers.get(code)
        section = sheet.catalogue.section(indicator.section)
        typed = self._typed.get(code)
        keep = typed is not None and (code in self._conflicts or bool(self._fault(code)))
        if keep and typed is not None:
            texts, missing, note = typed.texts, typed.reason, typed.note or ""
        else:
            texts = self._texts(indicator, sheet.values.get(code))
            missing, note = (answer.missing, answer.note) if answer else ("", "")
        return Field(
            indicator=indicator,
            number=f"{section.number}.{indicator.order}",
            parent=indicator.child_of or "",
            texts=texts,
            missing=missing,
            note=note,
            last=(sheet.previous or {}).get(code),
            last_missing=sheet.previous_missing.get(code, ""),
            condition=sheet.catalogue.conditions.get(code, ""),
            state=self.state(indicator),
        )

    def state(self, indicator: Indicator) -> FieldState:
        """What changes about a question when answers are saved."""
        code = indicator.code
        sheet = self.sheet
        answer = sheet.answers.get(code)
        value = sheet.values.get(code)
        then = None if indicator.unit == "year" else (sheet.previous or {}).get(code)
        change, in_points = change_of(indicator, value, then)
        share, share_of = self._share(indicator, value)
        typed = self._typed.get(code)
        conflict = self._conflict(indicator)
        fault = self._fault(code)
        before = sheet.previous_submission
        clean = typed is not None and conflict is None and not fault
        return FieldState(
            indicator=indicator,
            # a conflict stays one until the person has chosen
            version=typed.version if typed and (conflict or fault) else (answer.version if answer else 0),
            relevant=code in sheet.computed.relevant,
            value=value,
            missing=answer.missing if answer else "",
            change=change,
            in_points=in_points,
            share=share,
            share_of=share_of,
            problems=self._problems_beside.get(code, ()),
            file=answer.file if answer else None,
            currency=sheet.submission.currency,
            last_year=before.round.year if before else None,
            mark=(SAVED if code in self._saved else SAME) if clean else "",
            cleared=typed.cleared if typed and code in self._saved else "",
            fault=fault,
            conflict=conflict,
            level=self._levels.get(answer.verification, "") if answer else "",
        )

    def _fault(self, code: str) -> str:
        typed = self._typed.get(code)
        return self._refused.get(code, "") or (typed.fault if typed else "")

    def _texts(self, indicator: Indicator, value: Value) -> tuple[str, ...]:
        if value is None:
            return ()
        if isinstance(value, tuple):
            return value
        if isinstance(value, bool):
            return ("yes" if value else "no",)
        if isinstance(value, int | float) and indicator.type.is_number:
            # a year has no thousands
            return (format_number(value, language=self._language, grouping=indicator.unit != "year"),)
        return (str(value),)

    def _share(self, indicator: Indicator, value: Value) -> tuple[float | None, str]:
        """A child's share of its parent in per cent, where both are amounts."""
        parent = self.sheet.catalogue.find(indicator.child_of) if indicator.child_of else None
        if not isinstance(parent, Indicator) or not _is_amount(indicator, value):
            return None, ""
        whole = self.sheet.values.get(parent.code)
        if not _is_amount(parent, whole) or not whole:
            return None, ""
        assert isinstance(value, int | float)
        assert isinstance(whole, int | float)
        return 100 * value / whole, parent.label

    def _conflict(self, indicator: Indicator) -> ConflictView | None:
        conflict = self._conflicts.get(indicator.code)
        if conflict is None:
            return None
        theirs: Answer | None = conflict.theirs
        typed = self._typed.get(indicator.code)
        return ConflictView(
            theirs=self.sheet.values.get(indicator.code),
            theirs_missing=theirs.missing if theirs else "",
            by=str(theirs.changed_by) if theirs and theirs.changed_by else "",
            version=theirs.version if theirs else 0,
            yours=_in_words(indicator, typed) if typed else "",
        )


def _is_amount(indicator: Indicator, value: Value) -> bool:
    amounts = {IndicatorType.INTEGER, IndicatorType.MONEY, IndicatorType.DECIMAL}
    return indicator.type in amounts and isinstance(value, int | float) and not isinstance(value, bool)


def _options(indicator: Indicator, texts: tuple[str, ...]) -> tuple[Option, ...]:
    if indicator.type is IndicatorType.BOOLEAN:
        choices: Iterable[tuple[str, str]] = (("yes", _("Yes")), ("no", _("No")))
    else:
        choices = ((_spelled(choice), choice.label) for choice in indicator.choices)
    return tuple(Option(value, label, value in texts) for value, label in choices)


def _spelled(choice: Choice) -> str:
    return str(choice.value)


def _in_words(indicator: Indicator, typed: Typed) -> str:
    """What was typed, as the person would say it."""
    if typed.reason:
        return str(MissingReason(typed.reason).label) if typed.reason in MissingReason.values else ""
    options = _options(indicator, typed.texts)
    if options:
        return "; ".join(option.label for option in options if option.chosen)
    return " ".join(typed.texts)
