"""Members' own reports, made and ready: of one approved return, and of all of its round."""

import hashlib
from typing import Any

from django.core.files.base import ContentFile

from members.models import User
from reporting.models import Submission
from reporting.selectors.member_reports import MEMBER_REPORT_KIND, MEMBER_REPORTS_KIND
from spm_portal.common.models import Job, JobState
from tests.factories.members import LONG_AGO


def add_reports(approved: Submission, *, by: User, content: bytes) -> None:
    """The files, with the mark of the MFI in each."""
    one = {"submission": str(approved.pk), "version": approved.version, "language": "en"}
    every = {"round": str(approved.round_id), "language": "en", "count": 1}
    for kind, args, name in (
        (MEMBER_REPORT_KIND, one, "CANARY-FILE.pdf"),
        (MEMBER_REPORTS_KIND, every, "CANARY-FILE.zip"),
    ):
        made = Job(
            kind=kind,
            args=args,
            state=JobState.DONE,
            association_id=approved.association_id,
            requested_by=by,
            created_at=LONG_AGO,
            finished_at=LONG_AGO,
            result_name=name,
            result_size=len(content),
            result_sha256=hashlib.sha256(content).hexdigest(),
        )
        made.result.save(f"permissions/{made.pk}", ContentFile(content), save=False)
        made.save()


def targets_of_reports(
    slug: dict[str, Any], approved: Submission, draft: Submission
) -> dict[str, dict[str, dict[str, Any]]]:
    """The addresses of the reports by name and case."""
    held = {**slug, "pk": approved.pk}
    one = {**held, "job": Job.objects.filter(kind=MEMBER_REPORT_KIND).earliest("created_at").pk}
    board = {**slug, "code": approved.round.code}
    every = {**board, "job": Job.objects.filter(kind=MEMBER_REPORTS_KIND).earliest("created_at").pk}
    return {
        "member_report": {"": {**slug, "pk": draft.pk}, "approved": held},
        "member_report_job": {"": one},
        "member_report_file": {"": one},
        "round_reports": {"": board},
        "round_reports_job": {"": every},
        "round_reports_file": {"": every},
    }
