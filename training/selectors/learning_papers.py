"""Reads of the work that makes papers of a session: the sheet to sign, the questions to print."""

from django.db.models import QuerySet

from spm_portal.common.models import Job
from training.models import TrainingSession

PAPER_KIND = "training_paper"


def papers_of(session: TrainingSession) -> "QuerySet[Job]":
    """The papers of a session; who runs or teaches it may see them."""
    return Job.objects.filter(
        kind=PAPER_KIND, association_id=session.association_id, args__session=str(session.pk)
    )
