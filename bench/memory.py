"""Peak memory of the web and worker processes, under the pages and reports that cost most."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from bench.pages import busiest
from members.models import Association, User
from reporting.models import Release
from reporting.services.reports import request_report
from spm_portal.common.models import Job, JobState, MailMessage, MailState

WEB_LIMIT_MB, WORKER_LIMIT_MB = 200, 400
ROUNDS = 20


def peak_memory(association: Association) -> dict[str, object]:
    """Megabytes (resident, at the highest) of the largest web and the largest worker process."""
    if not Path("/proc/self/status").exists():
        return {"not_measured": "needs /proc, which this system lacks"}
    port = _free_port()
    env = os.environ | {"PORT": str(port)}
    MailMessage.objects.filter(
        state=MailState.QUEUED
    ).delete()  # the demonstration's letters are not what is measured
    web = ["gunicorn", "spm_portal.wsgi:application", "--config", "gunicorn.conf.py"]
    worker = ["celery", "--quiet", "--app", "spm_portal", "worker", "--loglevel", "WARNING"]
    shutil.rmtree(settings.QUEUE_DIR, ignore_errors=True)
    settings.QUEUE_DIR.mkdir(parents=True)
    with _running(web, env) as web_pid, _running(worker, env) as worker_pid:
        _walk(association, port)
        _make_report(association)
        return {
            "web_mb": _peak(web_pid),
            "web_limit_mb": WEB_LIMIT_MB,
            "worker_mb": _peak(worker_pid),
            "worker_limit_mb": WORKER_LIMIT_MB,
        }


@contextmanager
def _running(command: list[str], env: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(
        [Path(sys.executable).parent / command[0], *command[1:]],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _walk(association: Association, port: int) -> None:
    """Open each of the busiest pages again and again as the person whose page it is."""
    origin = f"http://127.0.0.1:{port}"
    _wait_for(f"{origin}/healthz")
    cookies = {page.by.pk: _session(page.by) for page in busiest(association)}
    for _ in range(ROUNDS):
        for page in busiest(association):
            cookie = f"{settings.SESSION_COOKIE_NAME}={cookies[page.by.pk]}"
            with urlopen(Request(origin + page.address, headers={"Cookie": cookie}), timeout=30) as answer:  # noqa: S310
                answer.read()


def _session(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def _make_report(association: Association) -> None:
    """Have the worker make a report afresh."""
    release = Release.objects.filter(association=association).latest("published_at")
    manager = next(page.by for page in busiest(association) if page.name == "round_board")
    Job.objects.filter(args__release=str(release.pk)).delete()
    job = request_report(release_id=release.pk, language="en", by=manager, at=timezone.now())
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if job.state == JobState.DONE:
            return
        if job.state == JobState.FAILED:
            raise RuntimeError(job.error)
        time.sleep(0.3)
    raise TimeoutError("The worker did not make the report within three minutes.")


def _peak(leader: int) -> int:
    """The high-water mark of the largest process of a session, in MB."""
    peaks = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if os.getsid(int(status.parent.name)) != leader:
                continue
            found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        except (OSError, ProcessLookupError):
            continue
        if found:
            peaks.append(int(found.group(1)) // 1024)
    return max(peaks)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urlopen(address, timeout=2):  # noqa: S310 - our own server
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
