"""Sessions and results in the world of the matrix: what their addresses name, and a report that was made."""

import hashlib
from typing import Any

from django.core.files.base import ContentFile

from capacity.models import Assessment
from members.models import User
from spm_portal.common.models import Job, JobState
from tests.factories.members import LONG_AGO

REPORT = b"%PDF-1.4\n% CANARY-MINUTE in a report\n%%EOF\n"


def add_report(agreed: Assessment, *, by: User) -> Job:
    """The finished report of an agreed assessment, asked for by somebody."""
    made = Job(
        kind="capacity_report",
        args={"assessment": str(agreed.pk), "language": "en"},
        state=JobState.DONE,
        association_id=agreed.association_id,
        requested_by=by,
        created_at=LONG_AGO,
        finished_at=LONG_AGO,
        result_name="report.pdf",
        result_size=len(REPORT),
        result_sha256=hashlib.sha256(REPORT).hexdigest(),
    )
    made.result.save(f"permissions/{made.pk}.pdf", ContentFile(REPORT), save=False)
    made.save()
    return made


def targets_of_results(
    slug: dict[str, Any],
    *,
    rating: Assessment,
    session: Assessment,
    agreed: Assessment,
    report: Job,
    item: str,
) -> dict[str, dict[str, dict[str, Any]]]:
    """The addresses of sessions, checks from outside and results."""
    sealed, going, done = ({**slug, "pk": one.pk} for one in (rating, session, agreed))
    return {
        "session": {"": going, "sealed": sealed, "agreed": done},
        "session_start": {"": sealed},
        "session_accept": {"": going},
        "session_close": {"": going, "sealed": sealed},
        "session_item": {"": {**going, "item": item}, "sealed": {**sealed, "item": "A1-KS1"}},
        "session_proofs": {"": {**going, "item": item}},
        "outside": {"": done, "sealed": sealed},
        "results": {"": done, "sealed": sealed},
        "capacity_workbook": {"": done, "sealed": sealed},
        "capacity_report": {"": done, "sealed": sealed},
        "capacity_report_job": {"": {**done, "job": report.pk}, "sealed": {**sealed, "job": report.pk}},
        "capacity_report_file": {"": {**done, "job": report.pk}},
    }


FORMS_OF_RESULTS: dict[str, dict[str, Any]] = {
    "session_item": {"level": "1", "minute": "Agreed.", "version": "1"},
    "session_proofs": {"action": "link", "url": "https://example.org/policy"},
    "session_close": {"action": "save", "minute": "Minute", "seen": "other"},
    "outside": {
        "verifier": "Amina, Ratings",
        "checked_on": "2025-07-01",
        "l-A1-KS1": "1",
        "n-A1-KS1": "",
    },
}
