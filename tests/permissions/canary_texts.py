"""What people wrote about returns, each text with its mark, for the world of the canaries."""

import hashlib
import uuid
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from members.models import User
from reporting.enums import ReplyKind
from reporting.models import (
    Answer,
    Attachment,
    ChapterText,
    Evidence,
    EvidenceCitation,
    Explanation,
    GuestLink,
    PaperEntry,
    Question,
    QuestionMessage,
    Reply,
    ReplyWindow,
    Round,
    RuleSetting,
    Story,
    Submission,
    Transition,
    WorkbookUpload,
)
from tests.factories.evidence import cited_documents
from tests.factories.members import LONG_AGO
from tests.factories.reporting import AttachmentFactory, default_catalogue
from tests.permissions.world import World


def words_of_staff(world: World) -> None:
    """What staff wrote and did not publish, or keep to themselves."""
    cast, of_round = world.cast, Round.objects.get(association=world.cast.amani, code="2024")
    written = {"association": cast.amani, "changed_at": LONG_AGO, "changed_by": cast.manager}
    ChapterText.objects.create(
        **written, round=of_round, chapter="foreword", language="en", text="CANARY-WORDS of the editors"
    )
    for round_ in (of_round, world.released):
        # Umoja does not agree to be named, and nobody agreed to the other
        for institution, agreed in ((cast.umoja, True), (None, False)):
            mark = "CANARY-CASE" if institution else "CANARY-WORDS"
            Story.objects.create(
                **written,
                round=round_,
                institution=institution,
                language="en",
                title=f"{mark} title",
                text=f"{mark} text",
                agreed=agreed,
            )
    RuleSetting.objects.create(
        association=cast.amani,
        rule="W41",
        mode="trial",
        reason="CANARY-RULE",
        changed_at=LONG_AGO,
        changed_by=cast.manager,
    )


def of_somebody(submission: Submission, tag: str, *, by: User, staff: User) -> dict[str, uuid.UUID]:
    """Everything that an MFI and its association's staff write about a return, each with its mark."""
    mark = f"CANARY-{tag}"
    who = {
        "association": submission.association,
        "institution": submission.institution,
        "submission": submission,
    }
    content = f"%PDF-1.4\n% {mark}-FILE\n%%EOF\n".encode()
    size, sha256 = len(content), hashlib.sha256(content).hexdigest()

    def stored(ending: str) -> ContentFile:
        return ContentFile(content, name=f"permissions/{uuid.uuid4().hex}.{ending}")

    texts = [one for one in default_catalogue().indicators if one.type.value == "text"]
    Answer.objects.bulk_create(
        Answer(**who, code=one.code, text=f"{mark}-TEXT", note=f"{mark}-NOTE", changed_at=LONG_AGO)
        for one in texts
    )
    Explanation.objects.create(**who, rule="W41", reason=f"{mark}-REASON", given_at=LONG_AGO)
    Transition.objects.create(
        **who, move="submit", from_state="draft", to_state="submitted", at=LONG_AGO, comment=f"{mark}-COMMENT"
    )
    file: Attachment = AttachmentFactory(
        submission=submission, name=f"{mark}-FILE.pdf", file=stored("pdf"), size=size, uploaded_by=by
    )
    asked = next(one.code for one in default_catalogue().indicators if one.type.value == "file")
    Answer.objects.create(**who, code=asked, file=file, changed_at=LONG_AGO)
    document, citation = _evidence(submission, mark, by=by, content=content)
    question = Question.objects.create(
        **who, code="legal_form", state_since=LONG_AGO, asked_at=LONG_AGO, asked_by=staff
    )
    QuestionMessage.objects.create(
        **who, question=question, step="ask", text=f"{mark}-COMMENT of a question", at=LONG_AGO, by=staff
    )
    PaperEntry.objects.create(
        **who,
        reason=f"{mark}-PAPER",
        opened_at=LONG_AGO,
        opened_by=staff,
        closed_at=LONG_AGO + timedelta(days=1),
    )
    guest = GuestLink.objects.create(
        **who,
        section="PRO",
        name=f"{mark}-GUEST",
        email="guest@example.org",
        token_hash=hashlib.sha256(mark.encode()).hexdigest(),
        created_at=timezone.now(),
        created_by=by,
        expires_at=timezone.now() + timedelta(days=7),
    )
    workbook = WorkbookUpload.objects.create(
        **who,
        state="ready",
        file=stored("xlsx"),
        annotated=stored("xlsx"),
        name=f"{mark}-FILE.xlsx",
        size=size,
        sha256=sha256,
        changes=[],
        problems=[],
        uploaded_at=LONG_AGO,
        uploaded_by=by,
    )
    return {
        "attachment": file.pk,
        "document": document.pk,
        "citation": citation.pk,
        "question": question.pk,
        "guest": guest.pk,
        "workbook": workbook.pk,
    }


def _evidence(
    submission: Submission, mark: str, *, by: User, content: bytes
) -> tuple[Evidence, EvidenceCitation]:
    names = {f"{mark}-{kind}": f"{mark}-{kind}.pdf" for kind in ("DOCUMENT", "PRIVATE")}
    return cited_documents(submission, names, by=by, content=content)


def replies_of(submission: Submission, tag: str, *, by: User, staff: User) -> Reply:
    """A comment of a member that does not agree to be named, and a correction that was answered."""
    window = ReplyWindow.objects.create(
        association=submission.association,
        round=submission.round,
        opened_at=LONG_AGO + timedelta(days=1),
        opened_by=staff,
        closes_at=LONG_AGO + timedelta(days=15),
    )
    made = []
    for day, kind, text in ((2, ReplyKind.CORRECTION, "CORRECTION"), (3, ReplyKind.COMMENT, "REMARK")):
        made.append(
            Reply.objects.create(
                association=submission.association,
                institution=submission.institution,
                submission=submission,
                window=window,
                kind=kind,
                text=f"CANARY-{tag}-{text}",
                at=LONG_AGO + timedelta(days=day),
                by=by,
                answer=f"CANARY-{tag}-{text} answer" if kind == ReplyKind.CORRECTION else "",
                answered_at=LONG_AGO + timedelta(days=4) if kind == ReplyKind.CORRECTION else None,
                answered_by=staff if kind == ReplyKind.CORRECTION else None,
            )
        )
    first: Reply = made[0]
    return first
