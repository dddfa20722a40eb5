"""Uploaded workbooks in a real worker: hostile ones end in words and harm nobody, a kill at any point costs a delay."""

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from members.enums import Role
from members.models import User
from reporting.enums import UploadState
from reporting.models import Answer, Submission
from reporting.models.workbook import WorkbookUpload
from reporting.services import workbooks as service
from spm_portal.common.models import AuditEvent, Job, JobState, MailMessage
from tests.factories.members import person
from tests.factories.reporting import SubmissionFactory
from tests.faults import workbook_points
from tests.faults.conftest import Start, wait_for
from tests.faults.kinds import notes
from tests.plugins.worker_process import CeleryProcess
from tests.reporting.test_workbooks_hostile import CORPUS
from tests.reporting.workbook_books import AT, Book, made

pytestmark = [pytest.mark.fault, pytest.mark.slow]

SECONDS = 10  # of processing, for the worst file
INCLUDE = ("--include", "tests.faults.kinds,tests.faults.workbook_points")


def draft_of() -> tuple[Submission, User]:
    """A return and the person who answers."""
    draft = SubmissionFactory()
    return draft, person(Role.INSTITUTION_EDITOR, draft.institution)


def uploaded(draft: Submission, by: User, content: bytes) -> tuple[WorkbookUpload, Job]:
    """An upload with its job."""
    file = SimpleUploadedFile("return.xlsx", content)
    upload = service.upload(submission_id=draft.pk, upload=file, by=by, at=AT)
    return upload, Job.objects.get(args__upload=str(upload.pk))


def executing(worker: CeleryProcess) -> set[str]:
    """The process of the worker that does its jobs."""
    found = subprocess.run(
        ["pgrep", "-P", str(worker.process.pid)], check=True, capture_output=True, text=True
    )
    return set(found.stdout.split())


def test_every_hostile_file_ends_in_words_and_the_same_worker_does_the_next_job(start_worker: Start) -> None:
    draft, editor = draft_of()
    worker = start_worker(sweeps=False)
    processes = executing(worker)
    slowest = 0.0
    for make, words in CORPUS.items():
        content = make()
        begun = time.monotonic()
        upload, job = uploaded(draft, editor, content)
        wait_for(job, seconds=3 * SECONDS)
        slowest = max(slowest, time.monotonic() - begun)
        upload.refresh_from_db()
        assert upload.state == UploadState.REFUSED, make.__name__
        assert words in upload.refusal, make.__name__
        assert (upload.changes, upload.problems, bool(upload.annotated)) == ([], [], False)
        job.refresh_from_db()
        assert (job.attempts, job.error) == (1, "")
    assert slowest < SECONDS
    good, job = uploaded(draft, editor, Book(made(draft)).put("branches_total", 31).content())
    wait_for(job)
    good.refresh_from_db()
    assert [line["new"] for line in good.changes] == ["31"]
    # not a process put in the place of one that died: the very same
    assert executing(worker) == processes
    assert not Answer.objects.exists()


def test_a_worker_killed_at_any_point_leaves_neither_half_an_import_nor_a_lost_upload(
    start_worker: Start, media_root: Path
) -> None:
    points = ("before claim", *workbook_points.POINTS, "after commit")
    asked: dict[str, tuple[Submission, User, WorkbookUpload, Job]] = {}
    content: dict[str, Any] = {}
    for number, point in enumerate(points):
        draft, editor = draft_of()
        content[point] = Book(made(draft)).put("branches_total", 30 + number).put("board_members", "many?")
        content[point].put("board_members", 7)
        upload, job = uploaded(draft, editor, content[point].content())
        Job.objects.filter(pk=job.pk).update(args={**job.args, "die": point})
        job.refresh_from_db()
        asked[point] = (draft, editor, upload, job)
    mails = MailMessage.objects.count()

    start_worker(*INCLUDE, "--concurrency", "3")  # a worker looks for dead processes every five seconds
    wait_for(*(job for *_rest, job in asked.values()), seconds=120)

    for number, point in enumerate(points):
        draft, editor, upload, job = asked[point]
        assert point in notes(job, media_root), f"it did not die at: {point}"
        job.refresh_from_db()
        assert job.state == JobState.DONE
        assert job.attempts == (1 if point in {"before claim", "after commit"} else 2), point
        upload.refresh_from_db()
        assert upload.state == UploadState.READY
        assert [line["new"] for line in upload.changes] == [str(30 + number), "7"]
        folder = media_root / "private" / "workbooks" / str(draft.pk)
        assert {file.name for file in folder.iterdir()} == {
            f"{upload.pk}.xlsx", f"{upload.pk}-annotated.xlsx"
        }, point  # fmt: skip
        read = AuditEvent.objects.filter(verb="workbook.read", object_id=str(upload.pk))
        assert read.count() == 1, point
        assert not Answer.objects.filter(submission=draft).exists()
        for _twice in range(2):
            service.confirm(upload_id=upload.pk, by=editor, at=AT)
        assert list(Answer.objects.filter(submission=draft).values_list("version", flat=True)) == [1, 1]
    assert MailMessage.objects.count() == mails
