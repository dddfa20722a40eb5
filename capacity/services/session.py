"""The session of an assessment: opening the sealed scores, agreeing on each item, and closing it for good."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capacity.enums import Stage
from capacity.models import Assessment, Consensus
from capacity.scoring import NOT_APPLICABLE
from capacity.selectors.frameworks import framework_of
from capacity.selectors.results import ResultSheet, raters_of, result_sheet
from capacity.services.assessments import AssessmentForbidden, locked_assessment, run_by
from capacity.services.scale import check_item, check_level
from members.access import forget
from members.models import User
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import paragraphs

MAX_REASON = 500
MAX_MINUTE = 5000


@dataclass(frozen=True, slots=True)
class Word:
    """What the session says of one item: a level, or that it does not apply and why; and the minute."""

    level: int | None
    reason: str = ""
    minute: str = ""


class Overtaken(Refused):
    """Somebody else wrote in the meantime; `now` is what stands there, None where it was taken away."""

    def __init__(self, message: str, now: Consensus | None = None) -> None:
        super().__init__(message)
        self.now = now


class NotReady(Refused):
    """The session cannot be closed; `sheet` says which items are undecided or lack evidence."""

    def __init__(self, message: str, sheet: ResultSheet) -> None:
        super().__init__(message)
        self.sheet = sheet


def start_session(*, assessment_id: UUID, by: User, at: datetime) -> Assessment:
    """End the scoring and open what the raters handed in. Who has not handed in counts no more.

    Raises AssessmentForbidden, and Refused where nobody has handed in.
    """
    with transaction.atomic(), acting(by):
        assessment = locked_assessment(assessment_id)
        if assessment.stage == Stage.SESSION and by.has_perm("capacity.run_assessment", assessment):
            return assessment  # a second click
        assessment = run_by(assessment_id, by)
        handed_in, waiting = raters_of(assessment)
        if not handed_in:
            raise Refused(
                _("Nobody has handed in scores yet. A session needs the scores of at least one rater.")
            )
        assessment.stage, assessment.session_at = Stage.SESSION, at
        assessment.save(update_fields=["stage", "session_at"])
        record(
            "capacity.session_started",
            assessment,
            by=by,
            at=at,
            association_id=assessment.association_id,
            handed_in=len(handed_in),
            waiting=len(waiting),
        )
    return assessment


def decide(*, assessment_id: UUID, item: str, word: Word, version: int, by: User, at: datetime) -> Consensus:
    """Write what the session agreed on for an item. `version` is that of the word on the screen, 0 for none.

    The same word again changes nothing. Raises AssessmentForbidden; Overtaken where somebody else wrote in the
    meantime; Refused with what to correct.
    """
    with transaction.atomic(), acting(by):
        assessment = _in_session(assessment_id, by)
        wanted = _clean(assessment, item, word)
        row = Consensus.objects.select_for_update().filter(assessment=assessment, item=item).first()
        if row is not None and all(getattr(row, name) == value for name, value in wanted.items()):
            return row
        if (row.version if row else 0) != version:
            raise Overtaken(
                _("Somebody else wrote here in the meantime. Read what stands there now, then save again."),
                row,
            )
        if row is None:
            row = Consensus(
                association_id=assessment.association_id, assessment=assessment, item=item, version=0
            )
        for name, value in wanted.items():
            setattr(row, name, value)
        row.version += 1
        row.decided_at, row.decided_by = at, by
        row.save()
        _record_decision(assessment, [item], by, at)
    return row


def accept_proposals(*, assessment_id: UUID, by: User, at: datetime) -> tuple[int, int]:
    """Take the median for every undecided item on which raters do not differ; how many, and how many were left.

    Left are undisputed items whose level needs evidence that nobody has shown. Raises AssessmentForbidden.
    """
    with transaction.atomic(), acting(by):
        assessment = _in_session(assessment_id, by)
        sheet = result_sheet(assessment)
        rows, left = [], 0
        for item in sheet.undecided:
            spread = sheet.spreads[item.code]
            if spread.is_disputed or spread.proposal is None or spread.proposal is NOT_APPLICABLE:
                continue  # why an item does not apply has to be said by somebody
            level = int(spread.proposal)
            if sheet.framework.needs_evidence(level) and not sheet.proofs.get(item.code):
                left += 1
                continue
            rows.append(
                Consensus(
                    association_id=assessment.association_id,
                    assessment=assessment,
                    item=item.code,
                    level=level,
                    decided_at=at,
                    decided_by=by,
                )
            )
        Consensus.objects.bulk_create(rows)
        if rows:
            _record_decision(assessment, [row.item for row in rows], by, at, undisputed=True)
    return len(rows), left


def write_minute(*, assessment_id: UUID, minute: str, seen: str, by: User, at: datetime) -> Assessment:
    """Keep the minute of the session. `seen` is `mark_of_minute` of what was on the screen.

    Raises AssessmentForbidden, Overtaken, and Refused where it is too long.
    """
    with transaction.atomic(), acting(by):
        assessment = _in_session(assessment_id, by)
        if _keep_minute(assessment, minute, seen):
            _record_minute(assessment, by, at)
    return assessment


def agree(*, assessment_id: UUID, minute: str, seen: str, by: User, at: datetime) -> Assessment:
    """Close the session: what was agreed is the result and never changes again.

    A second click changes nothing. Raises AssessmentForbidden; Overtaken over the minute; NotReady, which names items
    that are undecided or whose level needs evidence.
    """
    with transaction.atomic(), acting(by):
        assessment = locked_assessment(assessment_id)
        if assessment.stage == Stage.AGREED and by.has_perm("capacity.run_assessment", assessment):
            return assessment
        assessment = _in_session(assessment_id, by)
        _keep_minute(assessment, minute, seen)
        sheet = result_sheet(assessment)
        if not sheet.is_complete:
            raise NotReady(_why_not(sheet), sheet)
        assessment.stage, assessment.agreed_at, assessment.agreed_by = Stage.AGREED, at, by
        assessment.save(update_fields=["stage", "agreed_at", "agreed_by", "minute"])
        record(
            "capacity.assessment_agreed", assessment, by=by, at=at, association_id=assessment.association_id
        )
    return assessment


def mark_of_minute(assessment: Assessment) -> str:
    """Tells one text of the minute from another, for pages."""
    return hashlib.sha256(assessment.minute.encode()).hexdigest()[:16]


def _in_session(assessment_id: UUID, by: User) -> Assessment:
    """The assessment under its lock, if the person runs it and its session goes on."""
    assessment = locked_assessment(assessment_id)
    forget(by)
    if not by.has_perm("capacity.run_assessment", assessment):
        raise AssessmentForbidden(
            _("Only managers of the association write down what the session agrees on.")
        )
    if assessment.stage == Stage.RATING:
        raise AssessmentForbidden(_("Raters still score. Start the session first."))
    if assessment.stage == Stage.AGREED:
        raise AssessmentForbidden(_("This assessment is agreed. What was agreed does not change any more."))
    return assessment


def _clean(assessment: Assessment, item: str, word: Word) -> dict[str, object]:
    """The word as it is stored; raises Refused with what to correct."""
    framework = framework_of(assessment.framework)
    check_item(framework, item)
    if word.level is not None:
        check_level(framework, item, word.level)
    reason, minute = paragraphs(word.reason), paragraphs(word.minute)
    if word.level is None and not reason:
        raise Refused(_("%(item)s: say why it does not apply.") % {"item": item})
    if len(reason) > MAX_REASON:
        raise Refused(
            _("%(item)s: the reason is too long, write at most %(limit)s characters.")
            % {"item": item, "limit": MAX_REASON}
        )
    if len(minute) > MAX_MINUTE:
        raise Refused(
            _("%(item)s: the minute is too long, write at most %(limit)s characters.")
            % {"item": item, "limit": MAX_MINUTE}
        )
    na = word.level is None
    return {"level": word.level, "not_applicable": na, "reason": reason if na else "", "minute": minute}


def _keep_minute(assessment: Assessment, minute: str, seen: str) -> bool:
    """Write the minute if it is another one; raises Overtaken where it changed since it was on the screen."""
    words = paragraphs(minute)
    if words == assessment.minute:
        return False
    if len(words) > MAX_MINUTE:
        raise Refused(
            _("The minute is too long, write at most %(limit)s characters.") % {"limit": MAX_MINUTE}
        )
    if seen != mark_of_minute(assessment):
        raise Overtaken(
            _("Somebody else wrote into the minute in the meantime. Join both texts, then save again.")
        )
    assessment.minute = words
    assessment.save(update_fields=["minute"])
    return True


def _record_minute(assessment: Assessment, by: User, at: datetime) -> None:
    record("capacity.minute_written", assessment, by=by, at=at, association_id=assessment.association_id)


def _record_decision(
    assessment: Assessment, items: list[str], by: User, at: datetime, *, undisputed: bool = False
) -> None:
    record(
        "capacity.level_agreed",
        assessment,
        by=by,
        at=at,
        association_id=assessment.association_id,
        items=items,
        undisputed=undisputed,
    )


def _why_not(sheet: ResultSheet) -> str:
    parts = []
    if sheet.undecided:
        count = len(sheet.undecided)
        parts.append(
            ngettext(
                "%(count)s item has no agreed level yet.", "%(count)s items have no agreed level yet.", count
            )
            % {"count": count}
        )
    if sheet.unproven:
        count = len(sheet.unproven)
        parts.append(
            ngettext(
                "%(count)s item needs evidence for its level.",
                "%(count)s items need evidence for their levels.",
                count,
            )
            % {"count": count}
        )
    return " ".join(parts)
