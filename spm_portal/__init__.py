"""Composition root of the portal: settings, URLs, Celery; the kernel lives in `common`."""

from spm_portal.celery import app as celery_app

__all__ = ("celery_app",)
