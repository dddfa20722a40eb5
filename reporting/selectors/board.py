"""What a board says besides the figures: who holds each return, how long, the last contact, mails that failed."""

import zoneinfo
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Subquery
from django.utils.translation import gettext as _

from members.enums import INSTITUTION_ROLES
from members.models import RoleAssignment, User
from reporting.due import days_between
from reporting.enums import Move, ReturnState
from reporting.models import Reminder, Round, Transition
from reporting.selectors.notices import title_of
from reporting.selectors.rounds import WITH_MFI, Board, BoardRow, board_of, holds_of
from spm_portal.common.models import MailMessage, MailState
from spm_portal.common.prepared import Prepared

_PEOPLE = Prepared(
    lambda of_round: (
        RoleAssignment.objects.live()
        .filter(institution__submissions__round=of_round, role__in=INSTITUTION_ROLES)
        .order_by("role", "user__name", "user__email")
        .values_list("institution_id", "user__email", "user__name")
    )
)
_MOVES: Prepared[Any] = Prepared(
    lambda of_round: (
        Transition.objects.filter(submission__round=of_round)
        .order_by("at", "pk")
        .values_list("submission_id", "move", "to_state", "at", "by_id", "by__name", "by__email", named=True)
    )
)
_REMINDED = Prepared(
    lambda of_round: (
        Reminder.objects.filter(submission__round=of_round)
        .order_by()
        .values_list("submission_id")
        .annotate(last=Max("at"))
    )
)
_MAILS = Prepared(
    lambda association, of_round: (
        MailMessage.objects.filter(
            association_id=association,
            created_at__gte=Subquery(Round.objects.filter(pk=of_round).values("opened_at")),
        )
        .order_by()
        .values_list("to", "state")
        .annotate(last=Max("created_at"))
    )
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one row: names of who holds it, calendar days in its state, the last contact, addresses not reached."""

    holder: str
    days: int
    contact: str
    contact_at: datetime | None
    failed: Sequence[str]
    reviewer: UUID | None = None  # whoever began the review, while it lasts


# What a board can show alone besides what a row itself tells.
MINE, FAILED = "mine", "failed"


def shown_rows(
    of_round: Round, *, at: datetime, user: User, sort: str = "", only: str = ""
) -> tuple[Board, Sequence[tuple[BoardRow, Facts]]]:
    """The board in its order with the rows that `only` asks for, in five queries; an unknown `only` is none given."""
    whole = board_of(of_round, at=at, sort=sort)
    rows = facts_of(whole, at=at)
    special: dict[str, Callable[[Facts], bool]] = {
        MINE: lambda facts: facts.reviewer == user.pk,
        FAILED: lambda facts: bool(facts.failed),
    }
    counts = {**whole.counts} | {
        name: sum(holds(facts) for _row, facts in rows) for name, holds in special.items()
    }
    if only in special:
        rows = [(row, facts) for row, facts in rows if special[only](facts)]
    elif holds_row := holds_of(only):
        rows = [(row, facts) for row, facts in rows if holds_row(row)]
    else:
        only = ""
    return replace(whole, rows=[row for row, _facts in rows], counts=counts, only=only), rows


def facts_of(board: Board, *, at: datetime) -> Sequence[tuple[BoardRow, Facts]]:
    """Each row with its facts, in four queries however many members there are."""
    found = board.round
    zone = zoneinfo.ZoneInfo(found.association.time_zone)
    people = _people(board)
    moves = _moves(board)
    reminders = dict(_REMINDED(found.pk))
    written, failed = _mails(board)
    rows = []
    for row in board.rows:
        held = row.submission
        addresses = [email for email, _name in people[held.institution_id]]
        contacts: list[tuple[datetime, str]] = []
        if last := moves.get(held.pk, [])[-1:]:
            contacts.append((last[0].at, title_of(last[0])))
        if held.pk in reminders:
            contacts.append((reminders[held.pk], _("Reminder")))
        contacts += [(written[email], _("Mail")) for email in addresses if email in written]
        # of contacts at one moment, such as a move and its mail, the first in the list says more
        contact = max(contacts, key=lambda pair: pair[0], default=None)
        rows.append(
            (
                row,
                Facts(
                    holder=_holder(row, people[held.institution_id], moves.get(held.pk, [])),
                    days=max(days_between(held.state_since, at, zone), 0),
                    contact=contact[1] if contact else "",
                    contact_at=contact[0] if contact else None,
                    failed=[email for email in addresses if email in failed],
                    reviewer=_reviewer(row, moves.get(held.pk, [])),
                ),
            )
        )
    return rows


def _reviewer(row: BoardRow, moves: Sequence[Any]) -> UUID | None:
    if row.submission.state != ReturnState.IN_REVIEW:
        return None
    return next((one.by_id for one in reversed(moves) if one.move == Move.START_REVIEW), None)


def _people(board: Board) -> Mapping[UUID, list[tuple[str, str]]]:
    """Address and name of who works for each member."""
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for institution, email, name in _PEOPLE(board.round.pk):
        if institution is not None and (email, name) not in found[institution]:
            found[institution].append((email, name))
    return found


def _moves(board: Board) -> Mapping[UUID, list[Any]]:
    """The moves of each return, the oldest first, as rows of `_MOVES`."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    for one in _MOVES(board.round.pk):
        found[one.submission_id].append(one)
    return found


def _mails(board: Board) -> tuple[Mapping[str, datetime], frozenset[str]]:
    """When this association last wrote to each address since the round opened, and to which in vain."""
    written: dict[str, datetime] = {}
    failed: dict[str, datetime] = {}
    for to, state, last in _MAILS(board.round.association_id, board.round.pk):
        kept = failed if state == MailState.FAILED else written
        kept[to] = max(last, kept.get(to, last))
    # a later mail that went out says that the address works again
    lost = frozenset(to for to, last in failed.items() if to not in written or written[to] < last)
    return written, lost


def _holder(row: BoardRow, people: Sequence[tuple[str, str]], moves: Sequence[Any]) -> str:
    held = row.submission
    if held.state in WITH_MFI:
        return ", ".join(name or email for email, name in people[:2]) or _("nobody")
    if held.state == ReturnState.IN_REVIEW:
        begun = next((one for one in reversed(moves) if one.move == Move.START_REVIEW), None)
        return (begun and (begun.by__name or begun.by__email)) or _("Staff")
    return "" if held.state == ReturnState.APPROVED else _("Staff")
