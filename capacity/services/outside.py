"""What somebody from outside found when checking items: kept beside the agreed level, never in its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from capacity.enums import Stage
from capacity.models import Assessment, OutsideView
from capacity.selectors.frameworks import framework_of
from capacity.services.assessments import AssessmentForbidden, locked_assessment
from capacity.services.scale import check_item, check_level
from members.access import forget
from members.models import User
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line, paragraphs

MAX_VERIFIER = 150
MAX_NOTE = 5000


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one item."""

    level: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """Items whose finding was written or taken away."""

    written: tuple[str, ...]
    removed: tuple[str, ...]


def write_findings(
    *,
    assessment_id: UUID,
    verifier: str,
    checked_on: date,
    found: Mapping[str, Found | None],
    by: User,
    at: datetime,
) -> Written:
    """Write what a verifier found of some items; None takes a finding away, items not named stay as they are.

    Allowed since the session began, also after the levels were agreed: who checks usually comes later. All or nothing.
    Raises AssessmentForbidden, and Refused with what to correct.
    """
    with transaction.atomic(), acting(by):
        assessment = _open_to_outside(assessment_id, by)
        name = one_line(verifier)
        _check(assessment, name, checked_on, found, at)
        rows = {
            row.item: row for row in OutsideView.objects.select_for_update().filter(assessment=assessment)
        }
        written, removed = [], []
        for item, finding in found.items():
            row = rows.get(item)
            if finding is None:
                if row is not None:
                    row.delete()
                    removed.append(item)
                continue
            wanted = {"level": finding.level, "note": paragraphs(finding.note)}
            if row is not None and all(getattr(row, key) == value for key, value in wanted.items()):
                continue  # not looked at anew: who checked it before stays named
            row = row or OutsideView(
                association_id=assessment.association_id, assessment=assessment, item=item
            )
            for key, value in (wanted | {"verifier": name, "checked_on": checked_on}).items():
                setattr(row, key, value)
            row.written_at, row.written_by = at, by
            row.save()
            written.append(item)
        if written or removed:
            record(
                "capacity.outside_view_written",
                assessment,
                by=by,
                at=at,
                association_id=assessment.association_id,
                verifier=name,
                written=written,
                removed=removed,
            )
    return Written(tuple(written), tuple(removed))


def _open_to_outside(assessment_id: UUID, by: User) -> Assessment:
    assessment = locked_assessment(assessment_id)
    forget(by)
    if not by.has_perm("capacity.run_assessment", assessment):
        raise AssessmentForbidden(
            _("Only managers of the association write down what was found from outside.")
        )
    if assessment.stage == Stage.RATING:
        raise AssessmentForbidden(
            _("Raters still score. What was found from outside is written from the session on.")
        )
    return assessment


def _check(
    assessment: Assessment, verifier: str, checked_on: date, found: Mapping[str, Found | None], at: datetime
) -> None:
    framework = framework_of(assessment.framework)
    if not verifier or len(verifier) > MAX_VERIFIER:
        raise Refused(
            _("Say who checked: a name and organisation of at most %(limit)s characters.")
            % {"limit": MAX_VERIFIER}
        )
    # a day ahead of the server's somewhere on earth
    if checked_on < assessment.opened_at.date() or (checked_on - at.date()).days > 1:
        raise Refused(
            _(
                "The check cannot have been on %(day)s. Give a day since the assessment was opened, not in the future."
            )
            % {"day": date_format(checked_on)}
        )
    for item, finding in found.items():
        check_item(framework, item)
        if finding is None:
            continue
        check_level(framework, item, finding.level)
        if len(finding.note) > MAX_NOTE:
            raise Refused(
                _("%(item)s: the note is too long, write at most %(limit)s characters.")
                % {"item": item, "limit": MAX_NOTE}
            )
