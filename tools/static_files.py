"""Collect the static files again when one of them changed; several processes may ask at once."""

import fcntl
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

MANIFEST = "staticfiles.json"


def newest_source(root: Path) -> float:
    """When the newest of the project's static files or pinned packages changed, in seconds since 1970."""
    sources = [root / "requirements.txt", root / "static", *(root / "static").rglob("*")]
    return max(path.stat().st_mtime for path in sources if path.exists())


def collect_if_stale() -> bool:
    """Collect unless the collected files are newer than every source; whether anything was done."""
    target = Path(settings.STATIC_ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "static.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        manifest = target / MANIFEST
        if manifest.exists() and manifest.stat().st_mtime > newest_source(Path(settings.BASE_DIR)):
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        manifest.touch()
        return True
