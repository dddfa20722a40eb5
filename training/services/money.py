"""The lines of a session's costs and income, written as one list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from members.services.permission import permit
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from training.enums import MoneyKind
from training.models import MoneyLine, TrainingSession
from training.selectors.donors import is_donor_of
from training.services.waiting_list import locked_session

MOST = Decimal("999999999999.99")
MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `pk` is that of a line that is there."""

    kind: str
    planned: Decimal
    actual: Decimal | None = None
    text: str = ""
    donor_id: UUID | None = None
    pk: UUID | None = None


def write_lines(*, session_id: UUID, lines: Sequence[Line], by: User, at: datetime) -> TrainingSession:
    """Make these the lines of the session; lines that are not among them are taken out. Raises Refused."""
    with transaction.atomic(), acting(by):
        session = locked_session(session_id, by)
        permit(by, "training.manage_money", session.association)
        if len(lines) > MOST_LINES:
            raise Refused(_("At most %(most)d lines fit.") % {"most": MOST_LINES})
        known = {one.pk: one for one in session.money.all()}
        for line in lines:
            _check(line, session.association_id)
            row = known.pop(line.pk, None) if line.pk else None
            row = row or MoneyLine(association_id=session.association_id, session=session)
            said = {
                "kind": line.kind,
                "text": one_line(line.text)[:200],
                "planned": line.planned,
                "actual": line.actual,
                "donor_id": line.donor_id if line.kind == MoneyKind.DONOR else None,
            }
            if row._state.adding or any(getattr(row, name) != value for name, value in said.items()):
                for name, value in said.items():
                    setattr(row, name, value)
                row.save()
        for gone in known.values():
            gone.delete()
        record(
            "session.money", session, by=by, at=at, association_id=session.association_id, lines=len(lines)
        )
    return session


def _check(line: Line, association_id: UUID) -> None:
    if line.kind not in MoneyKind.values:
        raise Refused(_("Choose of each line what it stands for."))
    for amount in (line.planned, line.actual):
        if amount is None:
            continue
        if not amount.is_finite() or not 0 <= amount <= MOST:
            raise Refused(
                _("Amounts must be 0 or more: costs and income are told apart by the kind of a line.")
            )
        if amount != amount.quantize(Decimal("0.01")):
            raise Refused(_("An amount has more than two decimals. Round it."))
    if line.donor_id is not None and not is_donor_of(line.donor_id, association_id):
        raise Refused(_("Choose the donor from the list."))
