"""Two associations full of things, with canaries in every text and figure of one MFI: Kilimo, a member of Amani."""

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.utils import timezone

from members.enums import ConsentPurpose, Role
from members.models import (
    ApiKey,
    Association,
    Donor,
    Institution,
    Invitation,
    RoleAssignment,
    SharingAgreement,
    User,
)
from reporting.enums import MissingReason, Move, Recipient, ReturnState
from reporting.models import (
    Answer,
    Attachment,
    Evidence,
    EvidenceCitation,
    Explanation,
    GuestLink,
    Question,
    QuestionMessage,
    Release,
    Reply,
    Round,
    Story,
    Submission,
    Transition,
    ValueConsent,
    WorkbookUpload,
)
from reporting.selectors.returns import load_sheet
from reporting.services.releases import publish
from reporting.values import from_engine
from spm_portal.common import audit
from spm_portal.common.models import Job, JobState, MailMessage, MailState
from spm_portal.common.tokens import hash_of
from tests.cast import Cast, make_cast
from tests.factories.members import LONG_AGO, UserFactory
from tests.factories.releases import answer, consent, institutions, plausible
from tests.factories.reporting import AttachmentFactory, RoundFactory, default_catalogue, sample
from tests.permissions.helpers_of_capacity import CapacityThings, add_capacity, known_of_capacity
from tests.permissions.helpers_of_editions import add_reply
from tests.permissions.helpers_of_editors import add_story, add_unpublished_words
from tests.permissions.helpers_of_needs import add_comparison
from tests.permissions.helpers_of_peers import add_groups
from tests.permissions.helpers_of_reports import add_reports
from tests.permissions.helpers_of_returns import add_document, add_form, add_helpers
from tests.permissions.helpers_of_training import TrainingThings, add_training, known_of_training
from tests.permissions.marks import MARKS

TOKEN = "a-token-that-a-mail-carried"  # the invitation's secret link
NUMBER = 7_318_462  # figures of Kilimo's returns begin with these digits, and no other figure does

# What a body may only hold for some: the mark, and what it stands for.
CANARIES = {
    "figure": re.compile(rf"(?<!\d){NUMBER}\d{{2}}(?!\d)"),
    "note": re.compile("CANARY-NOTE"),
    "text answer": re.compile("CANARY-TEXT"),
    "reason for a warning": re.compile("CANARY-REASON"),
    "file": re.compile("CANARY-FILE"),
    "document": re.compile("CANARY-DOCUMENT"),
    "private document": re.compile("CANARY-PRIVATE"),
    "comment of a review": re.compile("CANARY-COMMENT"),
    "mail": re.compile("CANARY-MAIL"),
    "audit": re.compile("CANARY-AUDIT"),
    **{mark: re.compile(mark) for mark in MARKS},
}
FILE_CONTENT = b"%PDF-1.4\n% CANARY-FILE\n%%EOF\n"
REPORT_CONTENT = b"%PDF-1.7\n% the report of Amani\n%%EOF\n"


@dataclass(frozen=True)
class World:
    """The cast and what Amani holds: everything that an address of the portal may name."""

    cast: Cast
    support: User
    draft: Submission
    submitted: Submission
    approved: Submission
    released: Round
    release: Release
    attachment: Attachment
    workbook: WorkbookUpload
    job: Job
    failed_job: Job
    mail: MailMessage
    failed_mail: MailMessage
    invitation: Invitation
    key: ApiKey
    agreement: SharingAgreement
    question: Question
    guest: GuestLink
    document: Evidence
    citation: EvidenceCitation
    form_job: Job
    story: Story
    reply: Reply
    capacity: CapacityThings
    training: TrainingThings

    def known_to(self, user: User) -> frozenset[object]:
        """Keys and slugs of all that the person may know of: a plain refusal gives nothing away there."""
        found = known_of_capacity(user) | known_of_training(user)
        for model in (
            ApiKey,
            Association,
            Donor,
            Evidence,
            EvidenceCitation,
            Institution,
            Invitation,
            Question,
            Release,
            Reply,
            RoleAssignment,
            Submission,
        ):
            visible = model.objects.visible_to(user)
            found.update(visible.values_list("pk", flat=True))
            if hasattr(model, "slug"):
                found.update(visible.values_list("slug", flat=True))
        if self.draft.pk in found:
            found.add(self.form_job.pk)
        if self.release.pk in found:  # whoever may read a release may read its report
            found |= {self.job.pk, self.failed_job.pk, self.release.texts["cases"][0]["photo_sha256"]}
        return frozenset(found)

    def people(self) -> dict[str, User | None]:
        """The personas of the matrix, by the names of its columns."""
        cast = self.cast
        return {
            "anonymous": None,
            "manager": cast.manager,
            "reviewer": cast.reviewer,
            "signatory": cast.signatory,
            "editor": cast.editor,
            "other_member": cast.other_signatory,
            "other_manager": cast.other_manager,
            "other_association": cast.stranger_signatory,
            "donor": cast.donor,
            "other_donor": cast.other_donor,
            "ex_staff": cast.ex_reviewer,
            "ex_member": cast.ex_member,
            "operator": cast.operator,
            "support": self.support,
        }


Filling = Callable[[Submission, int], None]
"""Writes the answers of another member's approved return; the number says which member it is."""


def plainly(submission: Submission, number: int) -> None:
    """Plausible figures without any mark."""
    answer(submission, plausible(number, submission.round.year))


def nothing(_cast: Cast, _released: Round) -> None:
    """Nothing happens before the first edition."""


def make_world(
    *,
    others: int = 7,
    fill: Filling = plainly,
    before_release: Callable[[Cast, Round], None] = nothing,
    **released_as: Any,
) -> World:
    """Write the world into the database.

    Amani has `others` members besides those of the cast; `released_as` are fields of the round that is published.
    """
    cast = make_cast()
    support = UserFactory(email="support@example.org", name="Support", is_staff=True, is_superuser=True)
    for user in (*cast.people.values(), support):
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    amani, kilimo = cast.amani, cast.kilimo
    members = [kilimo, cast.umoja, cast.zamani, *institutions(amani, others)]
    released = make_round(amani, 2023, members, fill, **released_as)
    approved = marked_return(released, kilimo, ReturnState.APPROVED)
    for member in (kilimo, cast.umoja):
        consent(amani, member, ConsentPurpose.BENCHMARK)
    story = add_story(released, by=cast.manager)
    before_release(cast, released)
    release = publish(round_id=released.pk, by=None, at=LONG_AGO)
    add_unpublished_words(released, by=cast.manager)
    add_comparison(release, "CANARY-TR-TOOK-PART")
    add_reports(approved, by=cast.manager, content=FILE_CONTENT)
    for recipient, donor in ((Recipient.DONOR, cast.horizon), (Recipient.NETWORK, None)):
        ValueConsent.objects.create(
            association=amani, institution=cast.umoja, recipient=recipient, donor=donor, given_at=LONG_AGO
        )
    running = make_round(amani, 2024, [kilimo, cast.umoja])
    submitted = marked_return(running, kilimo, ReturnState.SUBMITTED)
    current = make_round(amani, 2025, [kilimo, cast.umoja, cast.pamoja])
    draft = marked_return(current, kilimo, ReturnState.DRAFT)
    make_round(cast.baobab, 2025, [cast.mbuyu])
    add_helpers(submitted, by=cast.editor, staff=cast.reviewer)
    add_groups(amani, proposer=cast.reviewer, approver=cast.manager)
    document, citation = add_document(draft, by=cast.editor, content=FILE_CONTENT)
    job, failed_job = (
        _job(cast.manager, amani, release, JobState.DONE),
        _job(cast.manager, amani, release, JobState.FAILED),
    )
    audit.record(
        "institution.change",
        kilimo,
        by=cast.manager,
        at=LONG_AGO,
        association_id=amani.pk,
        reason="CANARY-AUDIT",
    )
    return World(
        cast=cast,
        support=support,
        draft=draft,
        submitted=submitted,
        approved=approved,
        released=released,
        release=release,
        attachment=_attachment(draft, cast.editor),
        workbook=_workbook(draft, cast.editor),
        job=job,
        failed_job=failed_job,
        mail=_mail(cast, MailState.SENT),
        failed_mail=_mail(cast, MailState.FAILED),
        invitation=Invitation.objects.create(
            email="invited@example.org",
            role=Role.INSTITUTION_EDITOR,
            institution=kilimo,
            token_hash=hash_of(TOKEN),
            invited_by=cast.signatory,
            created_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=7),
        ),
        key=ApiKey.objects.create(
            user=cast.signatory,
            name="Robot",
            token_hash=hash_of("a-key"),
            scopes=["read"],
            created_at=LONG_AGO,
            expires_at=timezone.now() + timedelta(days=7),
        ),
        agreement=SharingAgreement.objects.get(association=amani, donor=cast.horizon),
        question=_question(submitted, cast.reviewer),
        guest=_guest(draft, cast.editor),
        document=document,
        citation=citation,
        story=story,
        form_job=add_form(draft, by=cast.editor, content=FILE_CONTENT),
        reply=add_reply(approved, by=cast.signatory, staff=cast.manager),
        capacity=add_capacity(cast, token=TOKEN),
        training=add_training(cast, token=TOKEN),
    )


def make_round(
    association: Association,
    year: int,
    members: list[Institution],
    fill: Filling | None = None,
    **fields: Any,
) -> Round:
    """A round; in a closed one (`fill`) the members have approved returns, all but Kilimo with these figures."""
    due = datetime(year + 1, 4, 30, tzinfo=UTC) if fill else timezone.now() + timedelta(days=30)
    made: Round = RoundFactory(
        association=association, year=year, due_at=due, closed_at=due if fill else None, **fields
    )
    for number, institution in enumerate(members):
        submission = Submission.objects.create(
            round=made,
            association=association,
            institution=institution,
            state=ReturnState.APPROVED if fill else ReturnState.DRAFT,
            state_since=LONG_AGO,
            currency="KES",
        )
        if fill and institution.name != "Kilimo Savings":
            fill(submission, number)
    return made


def marked_return(of_round: Round, institution: Institution, state: ReturnState) -> Submission:
    """The victim's return: each number, text, note, reason and comment carries its mark."""
    found = Submission.objects.get(round=of_round, institution=institution)
    who = {"association": found.association, "institution": institution, "submission": found}
    rows = []
    for position, (code, value) in enumerate(sample()["values"].items()):
        indicator = default_catalogue().indicator(code)
        kind = indicator.type.value
        if kind == "file":
            continue
        if kind in {"integer", "money"}:
            fields: dict[str, Any] = {"number": Decimal(NUMBER * 100 + position % 100)}
        elif kind == "text":
            fields = {"text": f"CANARY-TEXT {code}"}
        else:
            fields = from_engine(indicator, value)
        rows.append(Answer(**who, code=code, note=f"CANARY-NOTE {code}", changed_at=LONG_AGO, **fields))
    Answer.objects.bulk_create(rows)
    Answer.objects.filter(submission=found, code="green_products").update(
        flag=None, missing=MissingReason.REFUSED
    )
    warning = load_sheet(found).warnings[0]
    Explanation.objects.create(**who, rule=warning.rule, reason="CANARY-REASON", given_at=LONG_AGO)
    if state != ReturnState.DRAFT:
        Transition.objects.create(
            **who,
            move=Move.SUBMIT,
            from_state=ReturnState.DRAFT,
            to_state=ReturnState.SUBMITTED,
            at=LONG_AGO,
            comment="CANARY-COMMENT",
        )
        found.receipt_number = f"AMANI-{of_round.code}-0001-K3"
        found.submitted_at = LONG_AGO
    found.state = state
    found.save()
    return found


def _workbook(submission: Submission, by: User) -> WorkbookUpload:
    """A workbook that was read and waits; its change, its problem and its files carry marks."""
    line = {"code": "branches_total", "sheet": "1", "cell": "E5", "label": "Branches", "conflict": False}
    change = {**line, "old": "", "new": "CANARY-TEXT workbook", "note": None, "note_changed": False}
    problem = {**line, "severity": "warning", "section": "PRO", "text": "CANARY-NOTE workbook", "how": ""}
    file = ContentFile(FILE_CONTENT, name=f"permissions/{uuid.uuid4().hex}.xlsx")
    made: WorkbookUpload = WorkbookUpload.objects.create(
        association=submission.association,
        institution=submission.institution,
        submission=submission,
        state="ready",
        file=file,
        annotated=file,
        name="CANARY-FILE.xlsx",
        size=len(FILE_CONTENT),
        sha256=hashlib.sha256(FILE_CONTENT).hexdigest(),
        changes=[{**change, "value": "25", "missing": "", "version": 1, "now": 1, "by": ""}],
        problems=[problem],
        uploaded_at=LONG_AGO,
        uploaded_by=by,
    )
    return made


def _attachment(submission: Submission, by: User) -> Attachment:
    code = next(one.code for one in default_catalogue().indicators if one.type.value == "file")
    made: Attachment = AttachmentFactory(
        submission=submission,
        name="CANARY-FILE.pdf",
        file=ContentFile(FILE_CONTENT, name=f"permissions/{uuid.uuid4().hex}.pdf"),
        size=len(FILE_CONTENT),
        uploaded_by=by,
    )
    Answer.objects.filter(submission=submission, code=code).delete()
    Answer.objects.create(
        association=submission.association,
        institution=submission.institution,
        submission=submission,
        code=code,
        file=made,
        changed_at=LONG_AGO,
    )
    return made


def _guest(submission: Submission, by: User) -> GuestLink:
    """A link that lives: its token opens Kilimo's first section to whoever has it."""
    now = timezone.now()
    made: GuestLink = GuestLink.objects.create(
        association=submission.association,
        institution=submission.institution,
        submission=submission,
        section="PRO",
        name="Accountant",
        email="accountant@example.org",
        token_hash=hash_of(TOKEN),
        created_at=now,
        created_by=by,
        expires_at=now + timedelta(days=7),
    )
    return made


def _question(submission: Submission, by: User) -> Question:
    who = {
        "association": submission.association,
        "institution": submission.institution,
        "submission": submission,
    }
    made: Question = Question.objects.create(
        **who, code="legal_form", state_since=LONG_AGO, asked_at=LONG_AGO, asked_by=by
    )
    QuestionMessage.objects.create(
        **who, question=made, step="ask", text="CANARY-COMMENT of a question", at=LONG_AGO, by=by
    )
    return made


def _job(by: User, association: Association, release: Release, state: JobState) -> Job:
    made = Job(
        kind="association_report",
        args={"release": str(release.pk), "language": "en" if state == JobState.DONE else "fr"},
        state=state,
        association_id=association.pk,
        requested_by=by,
        created_at=LONG_AGO,
        finished_at=LONG_AGO,
    )
    if state == JobState.DONE:
        made.result.save(f"permissions/{made.pk}.pdf", ContentFile(REPORT_CONTENT), save=False)
        made.result_name = "amani.pdf"
        made.result_size = len(REPORT_CONTENT)
        made.result_sha256 = hashlib.sha256(REPORT_CONTENT).hexdigest()
    made.save()
    return made


def _mail(cast: Cast, state: MailState) -> MailMessage:
    made: MailMessage = MailMessage.objects.create(
        purpose="return.moved",
        to=cast.signatory.email,
        subject="CANARY-MAIL subject",
        text="CANARY-MAIL body",
        association_id=cast.amani.pk,
        state=state,
        created_at=LONG_AGO,
    )
    return made
