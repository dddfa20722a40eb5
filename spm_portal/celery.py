"""The Celery application: a doorbell for jobs whose record is in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm_portal.settings")
# Workers fork processes and run beside each other. A thread that the library for linear algebra started before a fork
# is missing after it, and its locks are not; the portal's matrices are small. Set before anything loads that library.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

app = Celery("spm_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
