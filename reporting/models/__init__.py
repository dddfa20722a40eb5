"""Tables of the reporting app."""

from reporting.models.answer import Answer, Attachment, Explanation
from reporting.models.catalogue import CatalogueVersion
from reporting.models.release import Release, ReleaseCell, ReleaseMember
from reporting.models.round import Round
from reporting.models.submission import Submission, Transition

__all__ = [
    "Answer",
    "Attachment",
    "CatalogueVersion",
    "Explanation",
    "Release",
    "ReleaseCell",
    "ReleaseMember",
    "Round",
    "Submission",
    "Transition",
]
