"""Filling in and damaging workbooks, for tests of the Excel channel."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook
from openpyxl.formatting.formatting import ConditionalFormattingList

from members.workbooks import opening
from reporting.catalogue import IndicatorType
from reporting.models import Submission
from reporting.models.workbook import WorkbookUpload
from reporting.selectors.returns import load_sheet
from reporting.services import workbooks as service
from reporting.workbooks import child
from reporting.workbooks.writer import write
from spm_portal.common import jobs
from spm_portal.common.models import Job
from tests.factories.reporting import default_catalogue

AT = datetime(2026, 2, 3, 10, tzinfo=UTC)


def fresh(submission: Submission) -> Submission:
    """The return with what its sheet needs."""
    found: Submission = Submission.objects.select_related(
        "association", "institution", "round__catalogue"
    ).get(pk=submission.pk)
    return found


def made(submission: Submission, language: str = "en") -> bytes:
    """The workbook of a return as it is."""
    return write(load_sheet(fresh(submission)), language=language, at=AT)


class Book:
    """An opened workbook whose cells are found by code."""

    def __init__(self, content: bytes) -> None:
        self.book = load_workbook(io.BytesIO(content))
        self.rows = {
            row[0].value: row
            for sheet in self.book.worksheets
            if not sheet.title.startswith("_")
            for row in sheet.iter_rows()
            if row[0].value
        }

    def cell(self, code: str, column: str = "value") -> Any:
        """A cell of a question."""
        return self.rows[code][{"value": 4, "missing": 5, "last": 6, "check": 7, "note": 8}[column]]

    def put(self, code: str, value: Any, column: str = "value") -> "Book":
        """Type into a cell of a question."""
        self.cell(code, column).value = value
        return self

    def fill(self, values: dict[str, Any]) -> "Book":
        """Type answers as a person would: words of lists, yes and no, ticks."""
        for code, value in values.items():
            indicator = default_catalogue().indicator(code)
            if indicator.type is IndicatorType.MULTIPLE_CHOICE:
                for choice in indicator.choices:
                    self.put(f"{code}={choice.value}", "Yes" if choice.value in value else None)
            elif indicator.type is IndicatorType.BOOLEAN:
                self.put(code, "Yes" if value else "No")
            elif indicator.type is IndicatorType.SINGLE_CHOICE:
                choice = indicator.choice(value)
                assert choice is not None
                self.put(code, choice.label)
            elif indicator.type is not IndicatorType.FILE:
                self.put(code, value)
                if isinstance(value, str):
                    self.cell(code).data_type = "s"  # typed with an apostrophe before it: no formula
        return self

    def content(self) -> bytes:
        """The file, without the words that appear beside answers: they take most of the time, and nobody reads them."""
        for sheet in self.book.worksheets:
            sheet.conditional_formatting = ConditionalFormattingList()
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


@contextmanager
def read_here() -> Iterator[None]:
    """Read workbooks in this process, by the code that runs in the child, and make no file with remarks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child, "read", opening.read_workbook)
        patch.setattr(child, "annotated", lambda content, remarks: content)
        yield


def sent(
    submission: Submission, content: bytes, by: Any, name: str = "return.xlsx", *, in_child: bool = False
) -> WorkbookUpload:
    """Upload a workbook and let the worker read it.

    `in_child`: as workers do, with two processes, where the test is about them or about the file with remarks.
    """
    file = SimpleUploadedFile(name, content)
    upload = service.upload(submission_id=submission.pk, upload=file, by=by, at=AT)
    job = Job.objects.get(kind="workbook_read", args__upload=str(upload.pk), state="queued")
    with nullcontext() if in_child else read_here():
        jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    upload.refresh_from_db()
    return upload


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """The workbook with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name])
    return out.getvalue()


def plain_book() -> bytes:
    """A small workbook of somebody else."""
    book = Workbook()
    book.active["A1"] = "code"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
