"""`manage.py load_courses --association SLUG [FILE]`: add courses to a catalogue; without a file those shipped."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members.models import Association
from spm_portal.common.refusal import Refused
from training.services.course_loading import SHIPPED, load_courses, told


class Command(BaseCommand):
    """Adds the courses of a file; says every fault of one that is not sound and then adds nothing."""

    help = (
        "Add courses from a JSON file to an association's catalogue; courses that are there stay as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The association and the file."""
        parser.add_argument("file", type=Path, nargs="?", default=SHIPPED, help="the courses as JSON")
        parser.add_argument("--association", required=True, metavar="SLUG", help="whose catalogue")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, keep."""
        association = Association.objects.filter(slug=options["association"]).first()
        if association is None:
            raise CommandError(f"There is no association {options['association']!r}.")
        path: Path = options["file"]
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}. Give the path of a file of courses.") from None
        try:
            loaded = load_courses(association=association, by=None, at=timezone.now(), raw=raw)
        except Refused as error:
            raise CommandError(f"{path}: {error}") from None
        self.stdout.write(told(loaded))
