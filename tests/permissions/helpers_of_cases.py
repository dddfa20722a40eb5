"""Technical assistance in the permission tests: what addresses name, and what forms send."""

import hashlib
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from members.models import User
from spm_portal.common.models import Job, JobState
from tests.factories.members import LONG_AGO
from training.models import Case

if TYPE_CHECKING:
    from tests.permissions.helpers_of_training import Targets, TrainingThings

PAPER = b"%PDF-1.4\n% CANARY-TR-CASE terms\n%%EOF\n"

FORMS_OF_CASES: dict[str, dict[str, Any]] = {
    "case_new": {
        "title": "Targets",
        "topic": "mission",
        "request": "We want to set social targets.",
    },
    "case": {"action": "hours", "worked_on": "2026-01-05", "hours": "2"},
    "case to be called": {"action": "move", "to": "terms"},
    "case_diagnosis": {"action": "findings", "findings": "Targets are missing."},
    "case_terms": {
        "currency": "KES",
        "subsidy_share": "50",
        "lines-TOTAL_FORMS": "0",
        "lines-INITIAL_FORMS": "0",
    },
    "case_call": {"action": "ask", "answer_by": "2099-01-01"},
    "case_contract": {"number": "C-1", "signed_on": "2026-01-05", "amount": "900"},
    "my_call": {"action": "decline"},
}


def targets_of_cases(slug: dict[str, Any], made: "TrainingThings", token: str) -> "Targets":
    """A case under way and one that is being called; links alone open nothing."""
    running, called = {**slug, "pk": made.case.pk}, {**slug, "pk": made.called.pk}
    paper = {"": {**running, "job": made.terms.pk}, "of another case": {**called, "job": made.terms.pk}}
    return {
        "case": {"": running, "to be called": called},
        "case_diagnosis": {"": running},
        "case_terms": {"": called},
        "case_call": {"": called},
        "case_contract": {"": running},
        "case_contract_file": {"": running},
        "case_deliverable_file": {
            "": {**running, "deliverable": made.deliverable.pk},
            "of another case": {**called, "deliverable": made.deliverable.pk},
        },
        "case_document": {
            "": {**running, "document": "terms"},
            "to be signed": {**running, "document": "contract"},
        },
        "case_document_job": paper,
        "case_document_file": paper,
        "call_link": {"": {"token": f"{token}-call"}},
        "my_call": {"": {"pk": made.call.pk}},
        "my_call_file": {"": {"pk": made.call.pk, "deliverable": made.deliverable.pk}},
    }


def add_terms(case: Case, *, by: User) -> Job:
    """The terms of reference of a case, as a worker made them for somebody."""
    made = Job(
        kind="case_document",
        args={"case": str(case.pk), "document": "terms", "language": "en"},
        state=JobState.DONE,
        association_id=case.association_id,
        requested_by=by,
        created_at=LONG_AGO,
        result_name="terms.pdf",
        result_size=len(PAPER),
        result_sha256=hashlib.sha256(PAPER).hexdigest(),
    )
    made.result.save("terms.pdf", ContentFile(PAPER), save=False)
    made.save()
    return made
