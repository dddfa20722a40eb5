"""Tables of the reporting app."""

from reporting.models.answer import Answer, Attachment, Explanation
from reporting.models.catalogue import CatalogueVersion
from reporting.models.deadline import Extension, Reminder
from reporting.models.question import Question, QuestionMessage
from reporting.models.release import Release, ReleaseCell, ReleaseMember
from reporting.models.round import Round
from reporting.models.submission import Submission, Transition
from reporting.models.workbook import WorkbookUpload

__all__ = [
    "Answer",
    "Attachment",
    "CatalogueVersion",
    "Explanation",
    "Extension",
    "Question",
    "QuestionMessage",
    "Release",
    "ReleaseCell",
    "ReleaseMember",
    "Reminder",
    "Round",
    "Submission",
    "Transition",
    "WorkbookUpload",
]
