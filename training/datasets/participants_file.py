"""The people of a session as a table for files."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from spm_portal.common.table_files import Cell, Sheet
from spm_portal.common.templatetags.ui import country
from training.models import TrainingSession
from training.selectors.registrations import Group, PersonRow


def participants(session: TrainingSession, groups: Sequence[Group]) -> Sheet:
    """One row for each registration, those with a seat among the others by their state."""
    headers = (
        _("Name"), _("Sex"), _("Job"), _("E-mail"), _("Country"), _("MFI"), _("State"), _("Place on the waiting list"),
        _("Registered on"), _("Reason"), _("Price"), _("Scholarship"), _("Paid by the scholarship"), _("Currency"),
        _("Paid on"),
    )  # fmt: skip
    zone = ZoneInfo(session.time_zone)
    rows = tuple(_row(row, session, zone) for group in groups for row in group.rows)
    return Sheet(_("Participants"), headers, rows)


def _row(row: PersonRow, session: TrainingSession, zone: ZoneInfo) -> tuple[Cell, ...]:
    one, person = row.registration, row.registration.participant
    return (
        person.name,
        str(person.get_sex_display()),
        person.job,
        person.email,
        country(person.country) if person.country else "",
        one.institution.name if one.institution else session.association.label,
        str(one.get_state_display()),
        row.place,
        _day(one.asked_at, zone),
        one.reason,
        float(one.price),
        row.award.scholarship.name if row.award else "",
        float(row.award.amount) if row.award else None,
        session.currency,
        _day(one.paid_at, zone),
    )


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat() if at else ""
