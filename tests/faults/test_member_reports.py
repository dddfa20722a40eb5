"""Members' own reports, made by a real worker that is killed half-way: every report once, in one file."""

import io
import zipfile
from pathlib import Path

import pytest
from django.utils import timezone

from reporting.services.member_reports import request_all
from spm_portal.common import jobs
from spm_portal.common.models import Job
from tests.cast import make_cast
from tests.factories.releases import approved_round, institutions
from tests.faults.conftest import Start, end_lease, wait_for
from tests.plugins.worker_process import ProcessFactory, wait_until

pytestmark = [pytest.mark.fault, pytest.mark.slow]


def test_all_reports_survive_a_kill(processes: ProcessFactory, start_worker: Start, media_root: Path) -> None:
    cast = make_cast()
    of_round = approved_round(cast.amani, institutions(cast.amani, 4))
    job = request_all(round_id=of_round.pk, language="en", by=cast.manager, at=timezone.now())

    worker = start_worker(sweeps=False)
    wait_until(lambda: Job.objects.get(pk=job.pk).step >= 1, 60, "the second report to be begun")
    worker.kill()
    end_lease(job)
    start_worker()
    wait_for(job, seconds=120)

    job.refresh_from_db()
    content = jobs.intact_content(job)
    assert content is not None
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert bundle.testzip() is None
        assert len(bundle.namelist()) == 4
    assert job.attempts == 2
    # the half-made file of the killed worker is nowhere
    assert len(list((media_root / "private" / "jobs" / str(job.pk)).iterdir())) == 1
