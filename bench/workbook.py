"""Taking a workbook in, against a bare openpyxl read of the same file."""

import io
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from openpyxl import load_workbook

from bench.timing import medians, ratio
from members.enums import Role
from members.models import Association, RoleAssignment
from reporting.models import Round, Submission
from reporting.selectors.returns import load_sheet
from reporting.services.answers import AnswerChange, save_answers
from reporting.workbooks.opening import read_workbook
from reporting.workbooks.reader import mark_in, read
from reporting.workbooks.writer import write

LIMIT = 3


def import_ratio(association: Association) -> dict[str, float]:
    """Process time of guarding, reading, checking and saving a filled workbook, as a multiple of a bare read.

    The child process is left out on both sides: its start is the price of safety, not of the import.
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

    taken = medians({"ours": ours, "bare": bare}, rounds=7, warm_up=1)
    return {"ratio": ratio(taken["ours"], taken["bare"]), "limit": LIMIT}


def _take_in(content: bytes, submission: Submission, by: object, at: datetime) -> None:
    """The whole way of an import, taken back at its end."""
    raw = read_workbook(content)
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
