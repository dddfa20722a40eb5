"""`manage.py load_framework [FILE]`: load a version of a capacity framework; without a file the one that is shipped."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from capacity.services import frameworks
from spm_portal.common.refusal import Refused


class Command(BaseCommand):
    """Loads a framework file; says every fault of one that is not sound and then loads nothing."""

    help = "Load a version of a capacity framework from a JSON file; loading it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument(
            "file", type=Path, nargs="?", default=frameworks.SHIPPED, help="the framework as JSON"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, keep."""
        path: Path = options["file"]
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}. Give the path of a framework file.") from None
        try:
            version = frameworks.load_bytes(raw=raw, by=None, at=timezone.now())
        except Refused as error:
            raise CommandError(f"{path}: {error}") from None
        self.stdout.write(f"{version} ({version.sha256[:12]}…), {version.pk}")
