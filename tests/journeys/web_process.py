"""The portal as production serves it: a gunicorn process, with compression and cache headers."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.plugins.redis_server import free_port
from tests.plugins.worker_process import environment_for, wait_until


@contextmanager
def gunicorn(media_root: Path, log: Path) -> Iterator[str]:
    """Serve the database of the running test; gives the origin."""
    port = free_port()
    origin = f"http://localhost:{port}"
    surroundings = environment_for(
        media_root, None, PORT=str(port), HOST="127.0.0.1", WEB_WORKERS="1", PUBLIC_ORIGIN=origin
    )
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "spm_portal.wsgi:application",
        "--config",
        "gunicorn.conf.py",
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=surroundings, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: _answers(port), what=f"gunicorn on port {port}")
        yield origin
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
