"""How far the answers of the demonstration were checked: most by staff, the money of some by an auditor."""

from datetime import date, datetime, timedelta

from members.models import User
from reporting.catalogue import IndicatorType
from reporting.enums import VerificationLevel
from reporting.models import Submission
from reporting.selectors.returns import load_sheet
from reporting.selectors.verification import checkable
from reporting.services.verification import Audit, set_level

AUDITORS = ("Mwangi & Partners, Nairobi", "Lake Region Audit LLP")
# Of five members one is not checked beyond its problems, and two have audited accounts.
UNCHECKED, AUDITED = {0}, {1, 3}


def check(submission: Submission, short_name: str, *, by: User, at: datetime) -> None:
    """Say of a return in review what staff checked, and which figures were audited."""
    kind = sum(map(ord, short_name)) % 5
    if kind in UNCHECKED:
        return
    set_level(submission_id=submission.pk, level=VerificationLevel.STAFF_CHECKED, by=by, at=at)
    if kind not in AUDITED:
        return
    sheet = load_sheet(submission)
    money = [code for code in checkable(sheet) if sheet.catalogue.indicator(code).type is IndicatorType.MONEY]
    closed: date = (at - timedelta(days=14)).date()
    set_level(
        submission_id=submission.pk,
        level=VerificationLevel.AUDITED,
        codes=money,
        audit=Audit(AUDITORS[kind % 2], closed),
        by=by,
        at=at,
    )
