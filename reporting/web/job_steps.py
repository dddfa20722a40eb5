"""The course of a piece of work as its page tells it: waiting, the step under way, ready."""

from django.utils.translation import gettext as _

from spm_portal.common.jobs import WITHOUT_RESULT
from spm_portal.common.models import Job, JobState


def steps_of(job: Job, making: str) -> list[dict[str, str]]:
    """The three steps with their states; the middle one says `making`, or what the worker does just now."""
    if job.state == JobState.RUNNING and job.step_label:
        making = _("%(label)s (step %(step)s of %(steps)s)") % {
            "label": job.step_label,
            "step": job.step + 1,
            "steps": job.steps,
        }
    labels = (_("Waiting for a worker"), making, _("Ready to download"))
    current = {JobState.QUEUED: 0, JobState.RUNNING: 1, JobState.DONE: 3}.get(JobState(job.state), 1)
    now = "failed" if job.state in WITHOUT_RESULT else "current"
    return [
        {"label": label, "state": "done" if place < current else now if place == current else "todo"}
        for place, label in enumerate(labels)
    ]
