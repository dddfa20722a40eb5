"""Prepare the database and start web, worker and scheduler together until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
STARTED_WITHIN_SECONDS = 60


def read_port() -> int:
    """The variable PORT, 8000 by default; exits with the fix where it is no port."""
    raw = os.environ.get("PORT", "").strip() or "8000"
    if not raw.isdigit() or not 0 < int(raw) < 65536:
        sys.exit(f"PORT is {raw!r}. Set it to a number from 1 to 65535, for example: PORT=8001 make run")
    return int(raw)


def check_port_is_free(host: str, port: int) -> None:
    """Exit with the fix where something listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(
                f"Port {port} of {host} cannot be used: {error.strerror}. Is the portal running already? "
                f"Stop what uses it, or choose another port: PORT={port + 1} make run"
            )


@contextmanager
def database() -> Iterator[None]:
    """The embedded database for as long as the portal runs; one that ran before is left running."""
    from spm_portal.common import embedded, env

    if env.text("DATABASE_URL"):
        yield
        return
    data_dir = env.path("VAR_DIR", ROOT / "var") / "postgres"
    ran_before = embedded.is_running(data_dir)
    try:
        yield
    finally:
        if not ran_before and embedded.stop(data_dir):
            print("Database stopped.", flush=True)


def prepare() -> str:
    """Bring database and static files up to date, load the demo into an empty database; the sign-ins as text."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm_portal.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from tools.static_files import collect_if_stale

    print("Preparing the database", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_framework", stdout=StringIO())
    if collect_if_stale():
        print("Collected the static files", flush=True)
    sign_ins = demo_sign_ins() if settings.DEMO else ""
    connections.close_all()
    return sign_ins


def demo_sign_ins() -> str:
    """Load the demo into an empty database; who may sign in to it, empty where the demo is not there."""
    from django.core.management import call_command

    from members.models import Association
    from reporting.demo.build import SLUG
    from reporting.demo.cast import PASSWORD, SIGN_INS

    if not Association.objects.exists():
        print("Loading the demo", flush=True)
        call_command("load_demo", "--if-empty", stdout=StringIO())
    if not Association.objects.filter(slug=SLUG).exists():
        return ""
    lines = [f"  {email:30} {role.replace('_', ' ')}" for role, email in SIGN_INS]
    return "\n".join([f"\nSign in to the demo with the password {PASSWORD} as:", *lines])


def announce_when_up(origin: str, sign_ins: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the web answers, then print where it is."""
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"{origin}/healthz", timeout=5):
                break
        except urllib.error.HTTPError:
            break
        except OSError:
            if time.monotonic() > deadline:
                print(
                    f"The web process has not answered within {STARTED_WITHIN_SECONDS} s; see above.",
                    flush=True,
                )
                return
            time.sleep(0.1)
    if process.poll() is None:
        line = "-" * 78
        print(f"{line}\nThe portal is at {origin}  (Ctrl-C stops it)\n{sign_ins}\n{line}", flush=True)


def start(origin: str, sign_ins: str) -> int:
    """Run the Procfile under honcho until it ends or this process is told to stop; honcho's exit status."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        # Ctrl-C ends the worker at once; a job it was doing is done again after its lease.
        "REMAP_SIGTERM": "SIGQUIT",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
    # In its own session: a closed terminal or Ctrl-C reaches this process alone, which then stops all in order.
    process = subprocess.Popen(
        [sys.executable, "-m", "honcho", "--no-colour", "--env", os.devnull, "start"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()
        if process.poll() is None:
            process.terminate()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    threading.Thread(target=announce_when_up, args=(origin, sign_ins, process), daemon=True).start()
    status = process.wait()
    return 0 if stopping.is_set() else status or 1


def main() -> int:
    """Start the portal; 0 after Ctrl-C, the failing process's status otherwise."""
    os.chdir(ROOT)
    host = os.environ.get("HOST", "").strip() or "127.0.0.1"
    port = read_port()
    check_port_is_free(host, port)
    origin = f"http://localhost:{port}"  # passkeys need a name, not a number
    os.environ["PORT"] = str(port)
    os.environ.setdefault("PUBLIC_ORIGIN", origin)
    from django.core.exceptions import ImproperlyConfigured

    try:
        with database():
            return start(origin, prepare())
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
