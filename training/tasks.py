"""Celery tasks of the training app: one service call each, harmless when run twice."""

from celery import shared_task
from django.utils import timezone

from spm_portal.common.locks import only_one
from training.services import links_check


@shared_task(name="training.check_links")
def check_links() -> None:
    """Have the links of all libraries looked at, unless another worker asks for it."""
    with only_one("training.links") as mine:
        if mine:
            links_check.request_all(at=timezone.now())
