"""`load_demo [--if-empty]`: makes the fictional association of the demonstration."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from members.models import Association
from reporting.demo.build import SLUG, build_demo
from reporting.demo.cast import PASSWORD, SIGN_INS


class Command(BaseCommand):
    """Loads the demonstration."""

    help = "Make a fictional association: 24 MFIs, three rounds, people of every role and two donors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where there is any association"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Association.objects.exists():
            return
        if Association.objects.filter(slug=SLUG).exists():
            raise CommandError(f"There is an association with the address “{SLUG}” already.")
        with transaction.atomic():
            demo = build_demo(at=timezone.now())
        self.stdout.write(f"Loaded {demo.association.name}: {len(demo.rounds)} rounds.")
        self.stdout.write(f"Sign in with the password {PASSWORD} as:")
        for role, email in SIGN_INS:
            self.stdout.write(f"  {email:28} {role.replace('_', ' ')}")
