"""One row of every table that helps people with a return: teamwork, evidence, paper, deadlines, replies, consents."""

import hashlib
from datetime import timedelta

from django.core.files.base import ContentFile

from members.models import User
from reporting.enums import EvidenceClass
from reporting.models import (
    AnswerFlag,
    Evidence,
    EvidenceCitation,
    Extension,
    GuestLink,
    OpenPage,
    PaperEntry,
    Reminder,
    Reply,
    ReplyWindow,
    SectionAssignment,
    SectionTime,
    Submission,
    ValueConsent,
)
from reporting.selectors.form_pdf import FORM_KIND
from spm_portal.common.models import Job, JobState
from tests.factories.evidence import CitationFactory, EvidenceFactory, cited_documents
from tests.factories.members import LONG_AGO

LATER = LONG_AGO + timedelta(days=7)


def add_helpers(submission: Submission, *, by: User, staff: User) -> None:
    """Write the rows; `by` works for the MFI, `staff` for its association."""
    held = {
        "submission": submission,
        "association": submission.association,
        "institution": submission.institution,
    }
    Extension.objects.create(
        **held, due_at=submission.round.due_at, reason="Floods.", granted_at=LONG_AGO, granted_by=staff
    )
    Reminder.objects.create(**held, step="-7", at=LONG_AGO, recipients=1)
    AnswerFlag.objects.create(**held, code="legal_form", flagged_at=LONG_AGO, flagged_by=by)
    SectionAssignment.objects.create(**held, section="PRO", assignee=by, assigned_at=LONG_AGO, assigned_by=by)
    OpenPage.objects.create(**held, opened_by=by, heard_at=LONG_AGO)
    SectionTime.objects.create(**held, section="PRO", seconds=600)
    GuestLink.objects.create(
        **held,
        section="PRO",
        name="Accountant",
        email="accountant@example.org",
        token_hash="0" * 64,
        created_at=LONG_AGO,
        created_by=by,
        expires_at=LATER,
    )
    PaperEntry.objects.create(
        **held, reason="Came by post.", opened_at=LONG_AGO, opened_by=staff, closed_at=LATER
    )
    for number, kind in enumerate(EvidenceClass.values):
        document = EvidenceFactory(
            institution=submission.institution,
            title=f"Report {kind}",
            year=2020 + number,
            confidentiality=kind,
            uploaded_at=LONG_AGO,
            uploaded_by=by,
        )
        CitationFactory(submission=submission, evidence=document, cited_at=LONG_AGO, cited_by=by)
    window = ReplyWindow.objects.create(
        association=submission.association,
        round=submission.round,
        opened_at=LONG_AGO,
        opened_by=staff,
        closes_at=LATER,
    )
    Reply.objects.create(**held, window=window, kind="seen", at=LONG_AGO, by=by)
    ValueConsent.objects.create(
        association=submission.association,
        institution=submission.institution,
        recipient="public",
        section="PRO",
        round=submission.round,
        given_at=LONG_AGO,
        given_by=by,
    )


def add_document(submission: Submission, *, by: User, content: bytes) -> tuple[Evidence, EvidenceCitation]:
    """A document that the association may read and one that the MFI keeps to itself, both cited; the first of them."""
    names = {"CANARY-DOCUMENT": "CANARY-FILE.pdf", "CANARY-PRIVATE": "CANARY-FILE.pdf"}
    return cited_documents(submission, names, by=by, content=content)


def add_form(submission: Submission, *, by: User, content: bytes) -> Job:
    """The printed form of a return, made and ready."""
    made = Job(
        kind=FORM_KIND,
        args={"submission": str(submission.pk), "filled": True, "language": "en"},
        state=JobState.DONE,
        association_id=submission.association_id,
        requested_by=by,
        created_at=LONG_AGO,
        finished_at=LONG_AGO,
        result_name="CANARY-FILE.pdf",
        result_size=len(content),
        result_sha256=hashlib.sha256(content).hexdigest(),
    )
    made.result.save(f"permissions/{made.pk}.pdf", ContentFile(content), save=False)
    made.save()
    return made
