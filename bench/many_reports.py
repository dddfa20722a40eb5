"""A member's own report: our code against WeasyPrint's, and the memory of a job that makes fifty of them.

The member has twelve approved returns. The job is run as a worker runs it, in a process of its own for ten members and
in another one for fifty: were anything kept from report to report, the second would be larger.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from bench.timing import medians, ratio

SHARE_LIMIT = 0.2
MEMORY_LIMIT = 1.1
FEW, MANY = 10, 50
LANGUAGE = "en"


def report_seconds(database: str) -> dict[str, float]:
    """Seconds of reading, working out and writing one report, and those of laying it out; their ratio."""
    from bench.synthetic import connected_to

    with connected_to(database):
        return _report_seconds()


def _report_seconds() -> dict[str, float]:
    from django.utils import translation

    from reporting.datasets.member_report import build_member_report
    from reporting.models import Submission
    from reporting.selectors.member_reports import load_member, with_all
    from reporting.services import member_reports
    from spm_portal.common.pdf import render_pdf

    pk = _newest_returns()[0]
    laid_out: dict[str, object] = {}

    def keep(html: str, **how: object) -> bytes:
        laid_out.update(html=html, how=how)
        return b""

    def ours() -> None:
        with patch.object(member_reports, "render_pdf", keep), translation.override(LANGUAGE):
            submission = with_all(Submission.objects.all()).get(pk=pk)
            report = build_member_report(load_member(submission), LANGUAGE)
            member_reports.as_pdf(report, submission)

    def theirs() -> None:
        render_pdf(laid_out["html"], **laid_out["how"])  # type: ignore[arg-type]

    taken = medians({"ours": ours, "theirs": theirs}, rounds=7, warm_up=1, clock=time.perf_counter)
    return {
        "limit": SHARE_LIMIT,
        "ratio": ratio(taken["ours"], taken["theirs"]),
        "our_seconds": round(taken["ours"], 3),
        "weasyprint_seconds": round(taken["theirs"], 3),
    }


def _newest_returns() -> list[UUID]:
    from bench.synthetic import SLUG
    from reporting.models import Round
    from reporting.selectors.member_reports import approved_returns

    newest = Round.objects.filter(association__slug=SLUG).latest("period_end")
    return list(approved_returns(newest))


def memory_of_jobs(database: str) -> dict[str, float]:
    """Megabytes (resident, at the highest) of a process that makes ten members' reports and of one that makes fifty."""
    few, many = (_peak_of(database, count) for count in (FEW, MANY))
    return {"limit": MEMORY_LIMIT, "ratio": ratio(many, few), "mb_of_10": few, "mb_of_50": many}


def _peak_of(database: str, count: int) -> float:
    with tempfile.TemporaryDirectory() as media:
        done = subprocess.run(
            [sys.executable, "-m", "bench.many_reports", str(count)],
            env=os.environ | {"DATABASE_NAME": database, "MEDIA_ROOT": media},
            cwd=Path(__file__).resolve().parents[1],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return float(done.stdout)


def _make(count: int) -> None:
    """Run one job over the first `count` members, and write down the most memory that this process had."""
    from django.utils import timezone

    from reporting.models import Round
    from reporting.selectors.member_reports import MEMBER_REPORTS_KIND
    from reporting.services import member_reports
    from spm_portal.common import jobs
    from spm_portal.common.models import Job, JobState

    returns = _newest_returns()[:count]
    of_round = Round.objects.get(submissions__pk=returns[0])
    job = Job.objects.create(
        kind=MEMBER_REPORTS_KIND,
        args={"round": str(of_round.pk), "language": LANGUAGE, "count": count},
        association_id=of_round.association_id,
        created_at=timezone.now(),
    )
    with patch.object(member_reports, "approved_returns", lambda _round: returns):
        jobs.run(job.pk)
    made = Job.objects.get(pk=job.pk)
    made.delete()
    if made.state != JobState.DONE or made.step != count - 1:
        raise RuntimeError(made.error or f"{made.step + 1} reports instead of {count}")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    per_mb = 1024**2 if sys.platform == "darwin" else 1024
    sys.stdout.write(str(round(used / per_mb, 1)))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm_portal.settings")
    import django

    django.setup()
    _make(int(sys.argv[1]))
