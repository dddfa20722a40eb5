"""Points in the reading of a workbook at which a worker may die; loaded by `--include`, after `kinds`."""

import os
from collections.abc import Callable
from typing import Any
from uuid import UUID

from reporting.services import workbook_jobs, workbooks
from spm_portal.common import jobs
from spm_portal.common.models import Job
from tests.faults.kinds import _die

POINTS = ("opened", "rehearsed", "remarks made", "half kept", "kept")
_now: list[Job] = []


def _after(function: Callable[..., Any], point: str) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if _now:
            _die(_now[-1], point)
        return result

    return run


def _wrap() -> None:
    claim = jobs.claim

    def claim_and_know(job_id: UUID) -> Job | None:
        job = claim(job_id)
        _now[:] = [job] if job is not None else []
        return job

    jobs.claim = claim_and_know
    workbook_jobs.child.read = _after(workbook_jobs.child.read, "opened")
    workbook_jobs.rehearse = _after(workbook_jobs.rehearse, "rehearsed")
    workbook_jobs.child.annotated = _after(workbook_jobs.child.annotated, "remarks made")
    # the audit row is the last thing in the transaction that keeps the dry run
    workbooks.record = _after(workbooks.record, "half kept")
    workbook_jobs.record_reading = _after(workbook_jobs.record_reading, "kept")


if os.environ.get("FAULT_POINTS"):
    _wrap()
