"""The board of a round in words: each row formatted once, so that its table only places ready texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.template.defaultfilters import date as date_filter
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reporting.enums import ReturnState
from reporting.models import Submission
from reporting.selectors.board import FAILED, MINE, Facts
from reporting.selectors.rounds import ASKED, OVERDUE, PROBLEMS, TO_READ, UNTOUCHED, Board, BoardRow


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One member on the board in words; empty texts are not shown."""

    pk: UUID
    member: str
    url: str
    state: str
    since: str
    holder: str
    answered: int
    required: int
    progress: str
    errors: int
    warnings: int
    unexplained: str
    open_questions: int
    to_read: str
    questions_url: str
    overdue: str
    due: str
    extended: str
    touched: str
    touched_by: str
    contact_day: str
    contact: str
    failed: str


def board_lines(rows: Sequence[tuple[BoardRow, Facts]], slug: str) -> list[BoardLine]:
    """The rows of a board in words."""

    @cache
    def day_text(day: date) -> str:
        return str(date_filter(day, "DATE_FORMAT"))

    def day(at: datetime | None) -> str:
        return day_text(localtime(at).date()) if at else ""

    # an address is worked out once: all of them differ in the return alone
    nil = UUID(int=0)
    review = reverse("return_review", args=[slug, nil]).partition(str(nil))
    questions = reverse("questions", args=[slug])
    return [
        _line(
            row,
            facts,
            day,
            url=f"{review[0]}{row.submission.pk}{review[2]}",
            questions=f"{questions}?return={row.submission.pk}",
        )
        for row, facts in rows
    ]


def _line(
    row: BoardRow, facts: Facts, day: Callable[[datetime | None], str], *, url: str, questions: str
) -> BoardLine:
    held = row.submission
    return BoardLine(
        pk=held.pk,
        member=held.institution.label,
        url=url,
        state=held.state,
        since=_since(facts.days),
        holder=_("held by %(people)s") % {"people": facts.holder} if facts.holder else "",
        answered=held.answered_count,
        required=held.required_count or 1,
        progress=_("%(value)s of %(total)s") % {"value": held.answered_count, "total": held.required_count},
        errors=row.errors,
        warnings=held.warning_count,
        unexplained=_("%(count)s without a reason") % {"count": held.unexplained_count}
        if held.unexplained_count
        else "",
        open_questions=row.open_questions,
        to_read=ngettext("%(count)s answer to read", "%(count)s answers to read", row.answered_questions)
        % {"count": row.answered_questions}
        if row.answered_questions
        else "",
        questions_url=questions if row.open_questions or row.answered_questions else "",
        overdue=_overdue(row.days_overdue) if row.is_overdue else "",
        due="" if row.is_overdue else _due(row, held),
        extended=_("extended to %(day)s") % {"day": day(held.due.at)} if held.due.extended else "",
        touched=day(held.touched_at),
        touched_by=str(held.touched_by) if held.touched_at and held.touched_by else "",
        contact_day=day(facts.contact_at),
        contact=facts.contact,
        failed=_("Mail not delivered to %(addresses)s") % {"addresses": ", ".join(facts.failed)}
        if facts.failed
        else "",
    )


def _since(days: int) -> str:
    if not days:
        return _("since today")
    return ngettext("for %(count)s day", "for %(count)s days", days) % {"count": days}


def _overdue(days: int) -> str:
    if not days:
        return _("Overdue")
    return ngettext("%(count)s day overdue", "%(count)s days overdue", days) % {"count": days}


def _due(row: BoardRow, held: Submission) -> str:
    if row.is_waited_for:
        if not row.days_left:
            return _("due today")
        return ngettext("%(count)s day to go", "%(count)s days to go", row.days_left) % {
            "count": row.days_left
        }
    if row.within_grace:
        return _("submitted within grace")
    if row.submitted_late:
        return _("submitted late")
    return _("submitted in time") if held.submitted_at else pgettext("round", "closed")


def board_filters(board: Board) -> list[dict[str, Any]]:
    """What can be shown alone: the states, and what staff look for first; what nobody is in is left out."""
    choices: list[tuple[str, str, int]] = [("", _("All"), board.total)]
    choices += [(state.value, str(state.label), board.counts.get(state, 0)) for state in ReturnState]
    special = {
        MINE: _("In my review"),
        OVERDUE: _("Overdue"),
        PROBLEMS: _("With problems"),
        UNTOUCHED: _("Not begun"),
        ASKED: _("Open questions"),
        TO_READ: _("Answers to read"),
        FAILED: _("Mail not delivered"),
    }
    choices += [(value, label, board.counts.get(value, 0)) for value, label in special.items()]
    return [
        {"value": value, "label": label, "count": count, "current": value == board.only}
        for value, label, count in choices
        if count or not value or value == board.only
    ]
