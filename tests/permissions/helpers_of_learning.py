"""Attendance, tests, evaluations and results in the permission tests: what addresses name, and what forms send."""

import hashlib
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from members.models import User
from spm_portal.common.models import Job, JobState
from tests.factories.members import LONG_AGO
from training.models import TrainingSession

if TYPE_CHECKING:
    from tests.permissions.helpers_of_training import Targets, TrainingThings

PAPER = b"%PDF-1.4\n% CANARY-TR-PERSON signs here\n%%EOF\n"

FORMS_OF_LEARNING: dict[str, dict[str, Any]] = {
    "session_attendance": {"all_present": "1"},
    "teaching_attendance": {"all_present": "1"},
    "session_paper": {"what": "attendance"},
    "teaching_paper": {"what": "attendance"},
}


def targets_of_learning(slug: dict[str, Any], made: "TrainingThings") -> "Targets":
    """A session to come and one that was held, each with what belongs to it; links alone open nothing."""
    coming, held = {**slug, "pk": made.session.pk}, {**slug, "pk": made.held.pk}
    paper = {"": {**held, "job": made.paper.pk}, "of another session": {**coming, "job": made.paper.pk}}
    taught = {"": {"pk": made.expert.pk, "session": made.held.pk}}
    own = made.attended.pk
    return {
        "session_attendance": {"": held, "to come": coming},
        "teaching_attendance": taught,
        "session_paper": {"": held},
        "session_paper_job": paper,
        "session_paper_file": paper,
        "teaching_calendar": taught,
        "teaching_paper": taught,
        "teaching_paper_job": {"": {**taught[""], "job": made.paper.pk}},
        "teaching_paper_file": {"": {**taught[""], "job": made.paper.pk}},
        "session_tests": {"": held},
        "session_test_key": {
            "": {**held, "registration": own, "stage": "post"},
            "of another session": {**held, "registration": made.registration.pk, "stage": "post"},
        },
        "session_results": {"": held},
        "session_results_file": {"": held},
        "teaching_results": taught,
        "course_results": {"": {**slug, "pk": made.course.pk}},
        "course_results_file": {"": {**slug, "pk": made.course.pk}},
        "my_test": {"": {"pk": own, "stage": "post"}},
        "my_evaluation": {"": {"pk": own, "stage": "after"}},
    }


def add_paper(session: TrainingSession, *, by: User) -> Job:
    """The sheet to sign of a session, as a worker made it for somebody."""
    made = Job(
        kind="training_paper",
        args={"session": str(session.pk), "what": "attendance", "language": "en"},
        state=JobState.DONE,
        association_id=session.association_id,
        requested_by=by,
        created_at=LONG_AGO,
        finished_at=LONG_AGO,
        result_name="attendance.pdf",
        result_size=len(PAPER),
        result_sha256=hashlib.sha256(PAPER).hexdigest(),
    )
    made.result.save(f"permissions/{made.pk}.pdf", ContentFile(PAPER), save=False)
    made.save()
    return made
