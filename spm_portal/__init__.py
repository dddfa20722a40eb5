"""Composition root of the portal: settings, URLs, Celery; the kernel lives in `common`."""

import os

# Workers fork processes and run beside each other. A thread that the library for linear algebra started before a fork
# is missing after it, and its locks are not; the portal's matrices are small. Set before anything loads that library.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from spm_portal.celery import app as celery_app  # noqa: E402

__all__ = ("celery_app",)
