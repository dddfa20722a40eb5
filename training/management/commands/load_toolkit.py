"""`manage.py load_toolkit --association SLUG`: enter the Ambassador Toolkit into an association's library."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members.models import Association
from training.services.toolkit import load_toolkit


class Command(BaseCommand):
    """Enters what is not there yet."""

    help = "Enter the Ambassador Toolkit into an association's library; doing it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The association."""
        parser.add_argument("--association", required=True, help="the association's part of the address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the association, enter the works."""
        association = Association.objects.filter(slug=options["association"]).first()
        if association is None:
            raise CommandError(f"There is no association {options['association']!r}.")
        loaded = load_toolkit(association=association, by=None, at=timezone.now())
        self.stdout.write(f"{loaded.works} works with {loaded.versions} language versions are new.")
