"""Which kinds of rows a return has beside its answers, so that pages ask only for those that are there."""

from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.db.models import Model

from reporting.models import (
    AnswerFlag,
    EvidenceCitation,
    PaperEntry,
    Question,
    SectionAssignment,
    Submission,
)


@dataclass(frozen=True, slots=True)
class KindsBeside:
    """What there is beside the answers of a return; most returns have none of it."""

    paper: bool
    flags: bool
    given: bool
    citations: bool
    questions: bool


# in the order of the fields of KindsBeside
KINDS: tuple[type[Model], ...] = (
    PaperEntry,
    AnswerFlag,
    SectionAssignment,
    EvidenceCitation,
    Question,
)


def kinds_beside(submission: Submission) -> KindsBeside:
    """Look for every kind at once, in one query in the place of one for each."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"submission": submission.pk})
        found = cursor.fetchone()
    return KindsBeside(*found)


@cache
def _statement() -> str:
    # written once: built by the ORM for every page, it would take longer than the queries that it saves
    quoted = connection.ops.quote_name
    kinds = (
        f"EXISTS (SELECT FROM {quoted(kind._meta.db_table)} WHERE submission_id = %(submission)s)"
        for kind in KINDS
    )
    return f"SELECT {', '.join(kinds)}"
