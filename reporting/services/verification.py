"""Says how far answers of a return were checked: by staff, with the evidence seen, or audited by a third party."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import rules
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from reporting.enums import VerificationLevel
from reporting.models import Answer, Submission
from reporting.selectors.returns import ReturnSheet, load_sheet
from reporting.selectors.verification import VERIFIED, checkable, cited_codes, with_problems
from reporting.services.locking import locked_return
from spm_portal.common.audit import acting, record
from spm_portal.common.typed import one_line

MAX_AUDITOR = 200
EARLIEST = date(1990, 1, 1)
ORDER = {level: place for place, level in enumerate(VerificationLevel.values)}


class VerificationRefused(ValueError):
    """Why no level was set; the text says how to go on. `field` names what to correct."""

    def __init__(self, message: str, *, field: str = "level") -> None:
        super().__init__(message)
        self.field = field


class VerificationForbidden(VerificationRefused):
    """The person may not say how far these answers were checked, whatever they correct."""


@dataclass(frozen=True, slots=True)
class Audit:
    """Who audited, and when the audit ended."""

    auditor: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """Codes whose level was set, and those left as they were, each with the reason in words."""

    level: VerificationLevel
    codes: tuple[str, ...]
    left: Mapping[str, str]


def set_level(
    *,
    submission_id: UUID,
    level: VerificationLevel,
    by: User,
    at: datetime,
    codes: Collection[str] | None = None,
    section: str = "",
    audit: Audit | None = None,
    expected_version: int | None = None,
) -> Verified:
    """Set the level of single answers (`codes`), or of all answers of a section, or of the whole return.

    Of a section and of a whole return only answers about which nothing is left to ask get a level, and none loses one
    that is higher, unless the level is taken back to self-reported. Single answers get exactly what is said. "Evidence
    seen" needs a document or file that staff can open, "audited" who and when.

    Writes one audit row; the levels themselves are in the history of the answers. Nothing to change is no fault.
    Raises VerificationRefused where no answer can have the level, VerificationForbidden.
    """
    single = codes is not None
    basis = _basis(audit or Audit(), at) if level == VerificationLevel.AUDITED else {}
    with transaction.atomic(), acting(by, reason=_words(basis)):
        submission = locked_return(submission_id, at=at)
        forget(by)  # roles as they are now, not as the request found them
        _allow(by, submission, expected_version)
        sheet = load_sheet(submission)
        wanted = _wanted(sheet, codes, section)
        left = _left(sheet, wanted, level, single=single)
        chosen = [code for code in wanted if code not in left]
        if not chosen and left:
            raise VerificationRefused(next(iter(left.values())), field="which")
        changed = [code for code in chosen if sheet.answers[code].verification != level]
        if changed:
            Answer.objects.filter(submission=submission, code__in=changed).update(verification=level)
            record(
                VERIFIED,
                submission,
                by=by,
                at=at,
                association_id=submission.association_id,
                reason=_words(basis),
                level=str(level),
                codes=changed,
                section=section,
                **basis,
            )
    return Verified(level, tuple(changed), left)


def lose_evidence(*, submission: Submission, code: str, by: User, at: datetime) -> None:
    """Take "evidence seen" back to self-reported where an answer rests on no document any more.

    The caller holds the lock of the return and has just taken a citation away.
    """
    if code in cited_codes(submission):
        return
    lost = Answer.objects.filter(
        submission=submission, code=code, verification=VerificationLevel.EVIDENCE_SEEN, file__isnull=True
    ).update(verification=VerificationLevel.SELF_REPORTED)
    if lost:
        record(
            VERIFIED,
            submission,
            by=by,
            at=at,
            association_id=submission.association_id,
            reason=_("It cites no document any more."),
            level=str(VerificationLevel.SELF_REPORTED),
            codes=[code],
            section="",
        )


def _allow(by: User, submission: Submission, expected_version: int | None) -> None:
    if not rules.has_perm("reporting.review_return", by, submission) and not rules.has_perm(
        "reporting.verify_answers", by, submission
    ):
        raise VerificationForbidden(
            _("Only staff of the association say how far answers were checked, once the return is submitted.")
        )
    if not rules.has_perm("reporting.verify_answers", by, submission):
        raise VerificationRefused(
            _("Start the review first: until then the MFI does not know that you look at it."), field="which"
        )
    if expected_version is not None and expected_version != submission.version:
        raise VerificationRefused(
            _("The return has moved since you opened this page. Look at it again."), field="which"
        )


def _wanted(sheet: ReturnSheet, codes: Collection[str] | None, section: str) -> list[str]:
    """The codes meant, in the order of the form."""
    there = checkable(sheet)
    if codes is not None:
        unknown = [code for code in codes if code not in there]
        if unknown:
            raise VerificationRefused(
                _("“%(code)s” has no answer here that could be checked.") % {"code": unknown[0][:64]},
                field="which",
            )
        return [code for code in there if code in set(codes)]
    if section:
        if section not in {one.code for one in sheet.sections}:
            raise VerificationRefused(
                _("This round has no section “%(section)s”.") % {"section": section[:16]}, field="which"
            )
        there = {
            code: one for code, one in there.items() if sheet.catalogue.indicator(code).section == section
        }
    if not there:
        raise VerificationRefused(_("There is no answer here that could be checked."), field="which")
    return list(there)


def _left(
    sheet: ReturnSheet, wanted: Collection[str], level: VerificationLevel, *, single: bool
) -> dict[str, str]:
    """Which of the answers cannot have the level, and why."""
    left: dict[str, str] = {}
    if level == VerificationLevel.SELF_REPORTED:
        return left
    if level == VerificationLevel.EVIDENCE_SEEN:
        left |= _without_evidence(sheet, wanted)
    if not single:
        troubled = with_problems(sheet)
        for code in wanted:
            if ORDER[sheet.answers[code].verification] > ORDER[level]:
                left[code] = _("It has a higher level already.")
            elif code in troubled:
                left[code] = _("It has a problem or an open question: look at it by itself.")
    return left


def _without_evidence(sheet: ReturnSheet, wanted: Collection[str]) -> dict[str, str]:
    cited = cited_codes(sheet.submission)
    left = {}
    for code in wanted:
        if sheet.answers[code].file_id is not None or cited.get(code):
            continue
        words = {"question": sheet.catalogue.labels.get(code, code)}
        left[code] = (
            _(
                "“%(question)s” cites only a document that the MFI keeps to itself. Ask the MFI to let your "
                "association read it, or choose “Checked by staff”."
            )
            if code in cited
            else _(
                "“%(question)s” cites no document and has no file. Ask the MFI for one beside the answer, or choose "
                "“Checked by staff”."
            )
        ) % words
    return left


def _basis(audit: Audit, at: datetime) -> dict[str, str]:
    """Who and when, as the audit row keeps it."""
    auditor = one_line(audit.auditor)
    if not auditor:
        raise VerificationRefused(_("Say who audited these answers."), field="auditor")
    if len(auditor) > MAX_AUDITOR:
        raise VerificationRefused(
            _("The name of the auditor is too long: at most %(limit)s characters.") % {"limit": MAX_AUDITOR},
            field="auditor",
        )
    if audit.on is None:
        raise VerificationRefused(
            _("Say when the audit ended: give the day as year, month and day, such as 2025-03-31."),
            field="audited_on",
        )
    if not EARLIEST <= audit.on <= at.date():
        raise VerificationRefused(
            _("The audit cannot have ended on %(day)s. Give the day on the auditor’s report.")
            % {"day": date_format(audit.on)},
            field="audited_on",
        )
    return {"auditor": auditor, "audited_on": audit.on.isoformat()}


def _words(basis: Mapping[str, str]) -> str:
    return f"{basis['auditor']}, {basis['audited_on']}" if basis else ""
