"""Files that answer a question: stored under a name of ours, given up if the save does not happen."""

from datetime import datetime

from django.core.files.base import ContentFile

from members.models import User
from reporting.models import Attachment, Submission
from spm_portal.common.uploads import CheckedFile


def unsaved(submission: Submission, file: CheckedFile, *, by: User, at: datetime) -> Attachment:
    """The row of a checked file, not stored yet."""
    return Attachment(
        association_id=submission.association_id,
        institution_id=submission.institution_id,
        submission=submission,
        name=file.name,
        content_type=file.content_type,
        size=len(file.content),
        sha256=file.sha256,
        uploaded_at=at,
        uploaded_by=by,
    )


def store(attachment: Attachment, file: CheckedFile) -> None:
    """Store file and row; nothing of the given name reaches the file system."""
    name = f"returns/{attachment.submission_id}/{attachment.pk}.{file.kind}"
    attachment.file.save(name, ContentFile(file.content), save=False)
    attachment.save(force_insert=True)


def give_up(attachments: list[Attachment]) -> None:
    """Remove files whose rows were rolled back."""
    for attachment in attachments:
        if attachment.file:
            attachment.file.delete(save=False)
