"""Rounds of an association, and the board of one: every member's return at a glance."""

import calendar
import zoneinfo
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from members.enums import INSTITUTION_ROLES
from members.models import Association, Institution, RoleAssignment, User
from reporting.catalogue import Catalogue
from reporting.due import Timing
from reporting.enums import FormLength, Move, QuestionState, ReturnState
from reporting.models import Round, Submission
from reporting.validation import is_asked
from spm_portal.common.prepared import Prepared

WITH_MFI = frozenset({ReturnState.DRAFT, ReturnState.RETURNED})
WITH_STAFF = frozenset({ReturnState.SUBMITTED, ReturnState.RESUBMITTED, ReturnState.IN_REVIEW})
# What a board can show alone: the states, and these.
OVERDUE, PROBLEMS, UNTOUCHED, ASKED, TO_READ = "overdue", "problems", "untouched", "asked", "to_read"
STATE_ORDER = {state.value: place for place, state in enumerate(ReturnState)}


def rounds_of(association: Association, user: User) -> QuerySet[Round]:
    """Rounds that the person may see, newest first, each with its counts of returns and releases."""
    return (
        Round.objects.visible_to(user)
        .filter(association=association)
        .select_related("catalogue")
        .defer("catalogue__document")
        .annotate(
            invited=Count("submissions", distinct=True),
            approved=Count("submissions", filter=Q(submissions__state=ReturnState.APPROVED), distinct=True),
            to_review=Count("submissions", filter=Q(submissions__state__in=WITH_STAFF), distinct=True),
            with_mfi=Count("submissions", filter=Q(submissions__state__in=WITH_MFI), distinct=True),
            releases_count=Count("releases", distinct=True),
        )
        .order_by("-period_end", "-opened_at")
    )


def current_round(association: Association, user: User) -> Round | None:
    """The round to work on now: the newest open one, otherwise the newest."""
    rounds = (
        Round.objects.visible_to(user).filter(association=association).order_by("-period_end", "-opened_at")
    )
    return rounds.filter(closed_at__isnull=True, imported=False).first() or rounds.first()


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One member on the board. `days_left` counts calendar days in the association's time zone, below 0 when late."""

    submission: Submission
    days_left: int
    is_overdue: bool
    timing: Timing | None  # of the first submission; None before it

    @property
    def open_questions(self) -> int:
        """Questions that the member has not answered."""
        return int(getattr(self.submission, "open_questions", 0))

    @property
    def answered_questions(self) -> int:
        """Answers that staff have not looked at."""
        return int(getattr(self.submission, "answered_questions", 0))

    @property
    def share(self) -> float:
        """Answered of required as a share from 0 to 1; all, where nothing is required."""
        required = self.submission.required_count
        return self.submission.answered_count / required if required else 1.0

    @property
    def errors(self) -> int:
        """Errors in what was answered; questions that are not answered yet are counted apart."""
        held = self.submission
        return max(held.error_count - (held.required_count - held.answered_count), 0)

    @property
    def submitted_late(self) -> bool:
        """Whether it first came after the due moment and its grace."""
        return self.timing is Timing.LATE

    @property
    def within_grace(self) -> bool:
        """Whether it first came after the due moment but within grace."""
        return self.timing is Timing.WITHIN_GRACE

    @property
    def is_waited_for(self) -> bool:
        """Whether the member still has time."""
        held = self.submission
        return held.state in WITH_MFI and held.round.is_open and self.days_left >= 0 and not self.is_overdue

    @property
    def days_overdue(self) -> int:
        """Whole days since the due moment; 0 on its day."""
        return max(-self.days_left, 0)


@dataclass(frozen=True, slots=True)
class Board:
    """A round with its rows as asked for, and what they come to in all."""

    round: Round
    rows: Sequence[BoardRow]
    counts: Mapping[str, int]
    total: int
    sort: str
    only: str

    @property
    def to_review(self) -> int:
        """Returns that wait for staff."""
        return sum(self.counts.get(state, 0) for state in WITH_STAFF)

    @property
    def with_mfi(self) -> int:
        """Returns that the members hold."""
        return sum(self.counts.get(state, 0) for state in WITH_MFI)

    @property
    def approved(self) -> int:
        """Returns whose figures count."""
        return self.counts.get(ReturnState.APPROVED, 0)

    @property
    def overdue(self) -> int:
        """Returns that the members hold after the due moment."""
        return self.counts.get(OVERDUE, 0)


SORTS: Mapping[str, Callable[[BoardRow], Any]] = {
    "name": lambda row: row.submission.institution.name.casefold(),
    "state": lambda row: (STATE_ORDER[row.submission.state], row.submission.state_since),
    "progress": lambda row: row.share,
    "errors": lambda row: row.errors,
    "warnings": lambda row: row.submission.warning_count,
    "questions": lambda row: (row.open_questions, row.answered_questions),
    "due": lambda row: (row.submission.state not in WITH_MFI, row.days_left, row.submission.state_since),
    "touched": lambda row: (
        row.submission.touched_at is not None,
        row.submission.touched_at.timestamp() if row.submission.touched_at else 0,
    ),
}

# What a board can show alone besides the states.
SPECIAL: Mapping[str, Callable[[BoardRow], bool]] = {
    OVERDUE: lambda row: row.is_overdue,
    PROBLEMS: lambda row: bool(row.errors or row.submission.unexplained_count),
    UNTOUCHED: lambda row: row.submission.state == ReturnState.DRAFT and row.submission.touched_at is None,
    ASKED: lambda row: row.open_questions > 0,
    TO_READ: lambda row: row.answered_questions > 0,
}


def holds_of(only: str) -> Callable[[BoardRow], bool] | None:
    """What a row must be to be shown alone: a state or one of the special ones; None for anything else."""
    if only in SPECIAL:
        return SPECIAL[only]
    return (lambda row: row.submission.state == only) if only in ReturnState.values else None


# A row is a line of a table: of the people and MFIs behind it only their names are read.
ON_THE_BOARD = (
    "round",
    "state",
    "state_since",
    "submitted_at",
    "touched_at",
    "answered_count",
    "required_count",
    "error_count",
    "warning_count",
    "unexplained_count",
    "institution__name",
    "institution__short_name",
    "touched_by__name",
    "touched_by__email",
)


_RETURNS = Prepared(
    lambda of_round: (
        Submission.objects.filter(round=of_round)
        .select_related("institution", "touched_by")
        .only(*ON_THE_BOARD)
        .with_extension()
        .annotate(
            first_submitted_at=Min("transitions__at", filter=Q(transitions__move=Move.SUBMIT)),
            open_questions=Count("questions", filter=Q(questions__state=QuestionState.OPEN), distinct=True),
            answered_questions=Count(
                "questions", filter=Q(questions__state=QuestionState.ANSWERED), distinct=True
            ),
        )
        .order_by("institution__name", "pk")
    )
)


def board_of(of_round: Round, *, at: datetime, sort: str = "", only: str = "") -> Board:
    """The board in one query; unknown values of `sort` and `only` count as none given."""
    zone = zoneinfo.ZoneInfo(of_round.association.time_zone)
    rows = []
    for submission in _RETURNS(of_round.pk):
        submission.round = of_round
        rows.append(_row(submission, of_round, at, zone))
    counts = Counter(row.submission.state for row in rows)
    for name, holds in SPECIAL.items():
        counts[name] = sum(holds(row) for row in rows)
    total = len(rows)
    holds_only = holds_of(only)
    if holds_only is not None:
        rows = [row for row in rows if holds_only(row)]
    key = SORTS.get(sort.removeprefix("-"))
    if key is not None:
        rows.sort(key=key, reverse=sort.startswith("-"))
    return Board(
        round=of_round,
        rows=tuple(rows),
        counts=dict(counts),
        total=total,
        sort=sort if key is not None else "name",
        only=only if holds_only is not None else "",
    )


def _row(submission: Submission, of_round: Round, at: datetime, zone: zoneinfo.ZoneInfo) -> BoardRow:
    held = submission.state in WITH_MFI
    due = submission.due
    first: datetime | None = getattr(submission, "first_submitted_at", None)
    return BoardRow(
        submission=submission,
        days_left=due.days_to_go(at, zone),
        is_overdue=held and of_round.is_open and not of_round.imported and at > due.at,
        timing=due.timing(first) if first is not None else None,
    )


def waiting_for_staff(association: Association, user: User) -> QuerySet[Submission]:
    """Returns that wait for the staff, the longest waiting first."""
    return (
        Submission.objects.visible_to(user)
        .filter(association=association, state__in=WITH_STAFF)
        .select_related("institution", "round", "submitted_by")
        .order_by("state_since", "pk")
    )


def not_invited(of_round: Round) -> QuerySet[Institution]:
    """Present members of the association that have no return in the round."""
    return (
        Institution.objects.members_of(of_round.association)
        .exclude(pk__in=of_round.submissions.values("institution_id"))
        .order_by("name")
    )


def period_end_before(association: Association, today: date) -> date:
    """The last day of the association's fiscal year that ended last; 29 February becomes 28 where needed."""
    this_year = _day(today.year, association)
    return this_year if this_year < today else _day(today.year - 1, association)


def _day(year: int, association: Association) -> date:
    month = association.fiscal_year_end_month
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(association.fiscal_year_end_day, last))


@dataclass(frozen=True, slots=True)
class Questions:
    """How many questions a form asks at most, how many of them must be answered, in how many sections."""

    asked: int
    required: int
    sections: int


def questions_of(catalogue: Catalogue, sections: Collection[str], length: str) -> Questions:
    """What a round with these sections and this form asks; answers may make fewer of them relevant."""
    full = length == FormLength.FULL
    asked = [one for one in catalogue.indicators if is_asked(one, sections, full)]
    return Questions(
        asked=len(asked),
        required=sum(one.required for one in asked),
        sections=len({one.section for one in asked}),
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom an invitation reaches: members, people told by mail, members without anybody who could answer."""

    members: int
    people: int
    silent: Sequence[Institution]


def reach_of(institutions: Sequence[Institution]) -> Reach:
    """Whom an invitation of these members would reach, in one query."""
    held = (
        RoleAssignment.objects.live()
        .filter(institution__in=institutions, role__in=INSTITUTION_ROLES)
        .values_list("institution_id", "user_id")
    )
    pairs = set(held)
    answering = {institution for institution, _user in pairs}
    return Reach(
        members=len(institutions),
        people=len({user for _institution, user in pairs}),
        silent=[one for one in institutions if one.pk not in answering],
    )
