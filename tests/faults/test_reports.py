"""The association's report, made by a real worker: killed half-way, asked for by somebody who may no longer have it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from reporting.services.reports import request_report
from spm_portal.common import jobs
from spm_portal.common.models import Job, JobState, MailMessage
from tests.cast import make_cast
from tests.factories.releases import released
from tests.faults.conftest import Start, end_lease, wait_for
from tests.plugins.worker_process import ProcessFactory, wait_until

pytestmark = [pytest.mark.fault, pytest.mark.slow]


def test_a_report_survives_a_kill_and_is_refused_to_who_lost_the_right(
    processes: ProcessFactory, start_worker: Start, media_root: Path
) -> None:
    cast = make_cast()
    release = released(cast.amani, 6)
    now = timezone.now()
    job = request_report(release_id=release.pk, language="en", by=cast.manager, at=now)
    late = request_report(
        release_id=release.pk, language="fr", by=cast.reviewer, at=now + timedelta(seconds=1)
    )
    cast.reviewer.role_assignments.update(ended_at=timezone.now())

    worker = start_worker(sweeps=False)
    wait_until(lambda: Job.objects.get(pk=job.pk).step >= 1, 60, "the report to be laid out")
    worker.kill()
    end_lease(job)
    start_worker()
    wait_for(job, seconds=90)
    wait_for(late, state=JobState.CANCELLED)

    job.refresh_from_db()
    content = jobs.intact_content(job)
    assert content is not None
    assert content.startswith(b"%PDF-1.7")
    assert job.attempts == 2
    assert len(list((media_root / "private" / "jobs" / str(job.pk)).iterdir())) == 1
    assert not (media_root / "private" / "jobs" / str(late.pk)).exists()
    told = MailMessage.objects.filter(purpose__startswith="report")
    assert [message.to for message in told] == [cast.manager.email]
