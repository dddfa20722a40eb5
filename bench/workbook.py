"""Taking a workbook in, against a bare openpyxl read of the same file."""

import io
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from openpyxl import load_workbook

from bench.timing import medians, ratio, with_children
from members.enums import Role
from members.models import Association, RoleAssignment
from reporting.models import Round, Submission
from reporting.selectors.returns import load_sheet
from reporting.services.answers import AnswerChange, save_answers
from reporting.workbooks import child
from reporting.workbooks.reader import mark_in, read
from reporting.workbooks.writer import write

LIMIT = 3


def import_ratio(association: Association) -> dict[str, float]:
    """Processor time of taking in a filled workbook with every figure changed, as a multiple of a bare read.

    Ours is all of it: starting the child process, guarding and reading the file there, comparing, checking by the
    rules and saving. The bare read is what openpyxl takes in a process that has it loaded already.
    """
    editor = RoleAssignment.objects.live().filter(role=Role.INSTITUTION_EDITOR).order_by("granted_at")[0]
    round_ = Round.objects.filter(association=association, closed_at__isnull=True).latest("year")
    submission = Submission.objects.get(round=round_, institution=editor.institution)
    now = timezone.now()
    content = write(load_sheet(submission), language="en", at=now)

    def ours() -> None:
        _take_in(content, submission, editor.user, now)

    def bare() -> None:
        book = load_workbook(io.BytesIO(content), data_only=True)
        for sheet in book.worksheets:
            for row in sheet.iter_rows(values_only=True):
                list(row)

    taken = medians({"ours": ours, "bare": bare}, rounds=9, warm_up=2, clock=with_children)
    return {"ratio": ratio(taken["ours"], taken["bare"]), "limit": LIMIT}


def _take_in(content: bytes, submission: Submission, by: object, at: datetime) -> None:
    """The whole way of an import, taken back at its end."""
    raw = child.read(content)
    mark = mark_in(raw)
    reading = read(raw, load_sheet(submission), mark.language)
    changes = [
        AnswerChange(one.code, one.value, one.missing, "From the workbook", mark.versions.get(one.code, 0))
        for one in reading.answers
    ]
    with transaction.atomic():
        result = save_answers(submission_id=submission.pk, changes=changes, by=by, at=at)  # type: ignore[arg-type]
        if not result.saved:
            raise AssertionError("nothing was imported")
        transaction.set_rollback(True)
