"""One return with everything that follows from its answers, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from members.models import Association
from reporting.catalogue import Catalogue, Mode, Section, Severity, Terms, TrendKind
from reporting.enums import FormLength
from reporting.models import Answer, Attachment, Explanation, Round, Submission
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.return_rows import (
    ANSWERS,
    APPROVED,
    EARLIER,
    REASONS,
    RETURN,
    SETTINGS,
    VERSIONS,
    WITH_ROUND,
    WITHOUT,
    numbers_of,
)
from reporting.validation import Computed, Finding, Past, Policy, Progress, compute, findings, progress
from reporting.validation.past import is_money
from reporting.validation.robust import FEWEST
from reporting.values import StoredWithFile, Value, to_engine

DAYS_OF_YEAR = 365.25
HISTORY_LENGTH = 8  # earlier returns that a figure is compared with
# What a sheet works out from earlier years alone, and from this year's answers alone.
OF_EARLIER_YEARS = ("previous", "previous_missing", "previous_computed")
OF_ANSWERS = ("values", "missing", "computed")


class EarlierFile(NamedTuple):
    """A file of an earlier year as far as it is shown."""

    name: str


class EarlierAnswer(NamedTuple):
    """An answer of an earlier year: its value alone, since nobody changes it here."""

    number: Decimal | None
    text: str | None
    choices: list[str] | None
    flag: bool | None
    file_id: UUID | None
    missing: str
    file: EarlierFile | None


@dataclass(frozen=True, eq=False)
class ReturnSheet:
    """A return, its answers and last year's; derived values, findings and progress are worked out when asked for.

    `values` are engine values of answers that have one, `missing` the reasons of those that have none, `previous` the
    engine values of the last approved return of an earlier period (None where there is none), `explanations` the
    reasons for warnings by rule, `previous_explanations` those of the last approved return. `history` has the numbers
    of earlier approved returns by code, the newest first; `rule_settings` what the association set for single rules.
    """

    submission: Submission
    catalogue: Catalogue
    answers: Mapping[str, Answer]
    explanations: Mapping[str, Explanation]
    previous_submission: Submission | None = None
    previous_answers: Mapping[str, EarlierAnswer] = field(default_factory=dict)
    previous_explanations: Mapping[str, Explanation] = field(default_factory=dict)
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    rule_settings: Mapping[str, Terms] = field(default_factory=dict)
    earlier_submissions: Sequence[Submission] = ()  # approved, of earlier periods, the newest first
    older_answers: Mapping[str, EarlierAnswer] = field(
        default_factory=dict
    )  # of the second of them, if asked for

    @cached_property
    def values(self) -> dict[str, Value]:
        """The engine values of all answers that have one, whether they count now or not."""
        return engine_values(self.catalogue, self.answers)

    @cached_property
    def missing(self) -> dict[str, str]:
        """Why there is no value, by code."""
        return {code: answer.missing for code, answer in self.answers.items() if answer.missing}

    @cached_property
    def context(self) -> dict[str, float | int | None]:
        """What the association set for the round: year, exchange rate, GNI per person."""
        return self.submission.round.context

    @cached_property
    def previous(self) -> dict[str, Value] | None:
        """The engine values of the last approved return of an earlier period."""
        if self.previous_submission is None:
            return None
        return engine_values(catalogue_of(self.previous_submission.round.catalogue), self.previous_answers)

    @cached_property
    def previous_missing(self) -> dict[str, str]:
        """Why there was no value in the last approved return, by code."""
        return {code: answer.missing for code, answer in self.previous_answers.items() if answer.missing}

    @property
    def full_form(self) -> bool:
        """Whether the round asks the extended indicators too."""
        return self.submission.round.form_length == FormLength.FULL

    @cached_property
    def computed(self) -> Computed:
        """Which questions are asked and relevant, and every derived value."""
        return compute(
            self.catalogue,
            self.values,
            self.context,
            sections=self.submission.round.sections,
            full_form=self.full_form,
        )

    @cached_property
    def previous_computed(self) -> Computed | None:
        """The last approved return worked out by this round's catalogue, for the change beside derived values."""
        if self.previous is None or self.previous_submission is None:
            return None
        return compute(self.catalogue, self.previous, self.previous_submission.round.context)

    @cached_property
    def past(self) -> Past:
        """What the member reported before, for the checks that compare with it."""
        before, of_round = self.previous_submission, self.submission.round
        if before is None:
            return Past()
        rates = (one.exchange_rate_usd for one in (before.round, of_round))
        return Past(
            last=self.previous_computed,
            years=(of_round.period_end - before.round.period_end).days / DAYS_OF_YEAR,
            same_currency=before.currency == self.submission.currency,
            history=self.history,
            exchange_rates=tuple(float(rate) for rate in rates if rate is not None),
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every problem by the rules that count for this association and period, errors first."""
        return findings(
            self.catalogue,
            self.values,
            missing=self.missing,
            context=self.context,
            computed=self.computed,
            past=self.past,
            policy=Policy(self.rule_settings, self.submission.round.period_end, self.submission.imported),
        )

    @cached_property
    def progress(self) -> Progress:
        """Answered of required, in all and by section."""
        return progress(self.catalogue, self.values, self.missing, self.context, computed=self.computed)

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """Problems that block submission."""
        return tuple(found for found in self.findings if found.severity is Severity.ERROR)

    @cached_property
    def warnings(self) -> tuple[Finding, ...]:
        """Problems that need a correction or a reason."""
        return tuple(found for found in self.findings if found.needs_reason)

    @cached_property
    def notes(self) -> tuple[Finding, ...]:
        """What is worth knowing and asks for nothing: information, and rules on trial."""
        return tuple(found for found in self.findings if found.is_note)

    @cached_property
    def open_warnings(self) -> tuple[Finding, ...]:
        """Warnings without a reason; they block submission too."""
        return tuple(found for found in self.warnings if found.rule not in self.explanations)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections in which this round asks anything."""
        asked = self.computed.asked
        return tuple(
            section
            for section in self.catalogue.sections
            if any(indicator.code in asked for indicator in section.indicators)
        )


def engine_values(catalogue: Catalogue, answers: Mapping[str, StoredWithFile]) -> dict[str, Value]:
    """The values that the rule engine sees, by code, of answers that have one."""
    values: dict[str, Value] = {}
    for indicator in catalogue.indicators:
        answer = answers.get(indicator.code)
        value = to_engine(indicator, answer) if answer is not None else None
        if value is not None:
            values[indicator.code] = value
    return values


def return_in(association: Association, pk: UUID) -> Submission | None:
    """A return of this association with its round, MFI and extension, in one query; who may see it is asked after."""
    found = RETURN(association.pk, pk)
    if not found:
        return None
    found[0].association = association
    return found[0]


def load_sheet(submission: Submission, *, years: int = 1) -> ReturnSheet:
    """The sheet of one return; at most eight queries if its round and catalogue version are loaded.

    `years` 2 brings the answers of the year before last along.
    """
    return _sheets([submission], submission.round, years)[0]


def reread(sheet: ReturnSheet) -> ReturnSheet:
    """The same return with its answers read anew, in two queries."""
    answers = _answers([sheet.submission.pk])
    return _carried(sheet, replace(sheet, answers=answers[sheet.submission.pk]), OF_EARLIER_YEARS)


def with_answers(sheet: ReturnSheet, written: Mapping[str, Answer]) -> ReturnSheet:
    """The same return with some answers, none of them a file, in the place of those it had."""
    return _carried(sheet, replace(sheet, answers={**sheet.answers, **written}), OF_EARLIER_YEARS)


def renewed(sheet: ReturnSheet, submission: Submission) -> ReturnSheet:
    """The sheet of the same return as it is now, in two queries (four where an answer changed since).

    What earlier years say and what the association set for rules is taken as it was read a moment ago.
    """
    # answers are never taken away, and each writing counts one up
    written = [(rows, versions) for _return, rows, versions in VERSIONS(submission.pk)]
    held = (len(sheet.answers), sum(answer.version for answer in sheet.answers.values()))
    same = held == (written[0] if written else (0, 0))
    fresh = replace(
        sheet,
        submission=submission,
        answers=sheet.answers if same else _answers([submission.pk])[submission.pk],
        explanations={reason.rule: reason for reason in REASONS([submission.pk])},
    )
    # worked out once, for the findings before and after the change
    _ = sheet.previous_computed
    return _carried(sheet, fresh, (*OF_EARLIER_YEARS, *OF_ANSWERS) if same else OF_EARLIER_YEARS)


def _carried(old: ReturnSheet, fresh: ReturnSheet, names: Iterable[str]) -> ReturnSheet:
    """The fresh sheet with what was worked out already on the old one and is the same."""
    vars(fresh).update({name: vars(old)[name] for name in names if name in vars(old)})
    return fresh


def load_sheets(of_round: Round) -> list[ReturnSheet]:
    """The sheets of all returns of a round, by the MFI's name, in a constant number of queries."""
    submissions = list(
        Submission.objects.filter(round=of_round)
        .select_related(*WITH_ROUND)
        .defer(*WITHOUT)
        .order_by("institution__name", "pk")
    )
    return _sheets(submissions, of_round)


def _sheets(submissions: list[Submission], of_round: Round, years: int = 1) -> list[ReturnSheet]:
    catalogue = catalogue_of(of_round.catalogue)
    before = _approved_before(submissions, of_round)
    answers = _answers([one.pk for one in submissions])
    last = {institution: found[0].pk for institution, found in before.items()}
    earlier = earlier_answers(one.pk for found in before.values() for one in found[:years])
    history = _history(catalogue, before)
    explanations: dict[UUID, dict[str, Explanation]] = defaultdict(dict)
    for reason in REASONS([*(one.pk for one in submissions), *last.values()]):
        explanations[reason.submission_id][reason.rule] = reason
    settings = rule_settings_of(of_round.association_id)
    sheets = []
    for submission in submissions:
        found = before.get(submission.institution_id)
        previous = found[0] if found else None
        sheets.append(
            ReturnSheet(
                submission=submission,
                catalogue=catalogue,
                answers=answers[submission.pk],
                explanations=explanations[submission.pk],
                previous_submission=previous,
                previous_answers=earlier[previous.pk] if previous else {},
                previous_explanations=explanations[previous.pk] if previous else {},
                history=history.get(submission.institution_id, {}),
                rule_settings=settings,
                earlier_submissions=found or (),
                older_answers=earlier[found[1].pk] if found and len(found) > 1 and years > 1 else {},
            )
        )
    return sheets


def rule_settings_of(association: UUID) -> dict[str, Terms]:
    """What the association set for single rules, by rule, in one query."""
    return {rule: Terms(Mode(mode), begins, ends) for rule, mode, begins, ends in SETTINGS(association)}


def _approved_before(submissions: list[Submission], of_round: Round) -> dict[UUID, list[Submission]]:
    """By institution: its approved returns of periods that ended before this one, in this association, newest first."""
    before: dict[UUID, list[Submission]] = defaultdict(list)
    for one in APPROVED(of_round.association_id, [one.institution_id for one in submissions]):
        earlier = one.round.period_end < of_round.period_end
        if earlier and len(before[one.institution_id]) < HISTORY_LENGTH:
            before[one.institution_id].append(one)
    return before


def _history(
    catalogue: Catalogue, before: Mapping[UUID, Sequence[Submission]]
) -> dict[UUID, dict[str, list[float]]]:
    """The numbers of earlier returns that history checks look at, by institution and code, in one query."""
    codes = frozenset(check.code for check in catalogue.trend_checks if check.kind is TrendKind.HISTORY)
    place = {
        submission.pk: (number, submission, found[0].currency)
        for found in before.values()
        if len(found) >= FEWEST
        for number, submission in enumerate(found)
    }
    history: dict[UUID, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    rows = numbers_of(codes)(list(place)) if codes else []
    for pk, code, number in sorted(rows, key=lambda row: place[row[0]][0]):
        _number, submission, currency = place[pk]
        # an amount in another currency says nothing about those after it
        if number is not None and (submission.currency == currency or not is_money(catalogue, code)):
            history[submission.institution_id][code].append(float(number))
    return history


def earlier_answers(submissions: Iterable[UUID]) -> dict[UUID, dict[str, EarlierAnswer]]:
    """The answers of returns of earlier years by return and code, in one query."""
    found: dict[UUID, dict[str, EarlierAnswer]] = defaultdict(dict)
    rows = EARLIER(list(submissions))
    for submission, code, *value, name in rows:
        answer = EarlierAnswer._make((*value, None))
        found[submission][code] = (
            answer if answer.file_id is None else answer._replace(file=EarlierFile(name))
        )
    return found


def _answers(submissions: list[UUID]) -> dict[UUID, dict[str, Answer]]:
    """The answers of returns by return and code, each with its file at hand, in one query, or two where files are."""
    answers = ANSWERS(submissions)
    # apart from the answers: a join would be paid by every row, and most returns have no file yet
    attached = {answer.file_id for answer in answers if answer.file_id is not None}
    files = {file.pk: file for file in Attachment.objects.filter(pk__in=attached)} if attached else {}
    found: dict[UUID, dict[str, Answer]] = defaultdict(dict)
    for answer in answers:
        if answer.file_id is not None:
            answer.file = files[answer.file_id]
        found[answer.submission_id][answer.code] = answer
    return found
