"""`import_mix FILE --association SLUG --country NAME`: takes in MIX Market rows, all or nothing."""

from argparse import ArgumentParser
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from members.models import Association
from reporting.adapters.mix import Problem, read_mix
from reporting.services.imports import ImportRefused, association_for_import, import_mix


class Command(BaseCommand):
    """Imports the real public data of one country."""

    help = "Import MIX Market rows of one country: institutions, a round per fiscal year, approved answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV with one row per MFI and fiscal year")
        parser.add_argument("--association", required=True, metavar="SLUG", help="made if it does not exist")
        parser.add_argument(
            "--country", required=True, metavar="NAME", help="as the file writes it, such as Peru"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open(newline="", encoding="utf-8-sig") as lines:
                file = read_mix(lines, country=options["country"])
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        at = timezone.now()
        try:
            with transaction.atomic():
                if file.problems:
                    raise ImportRefused(file.problems)
                association, made = self._association(options["association"], options["country"], at)
                counts = import_mix(association=association, file=file, country=options["country"], at=at)
        except ImportRefused as refusal:
            for problem in refusal.problems:
                self.stderr.write(str(problem))
            raise CommandError(
                f"{path}: {len(refusal.problems)} problems; nothing was imported."
            ) from refusal
        if made:
            self.stdout.write(f"Made the association {association.name} ({association.slug}).")
        self._tell_unmapped(file.unmapped)
        self.stdout.write(
            f"{counts.returns_read} rows of {options['country']}: {counts.institutions} MFIs, {counts.rounds} rounds,"
            f" {counts.returns} returns new, {counts.answers} answers written."
        )

    def _association(self, slug: str, country: str, at: datetime) -> tuple[Association, bool]:
        try:
            return association_for_import(slug=slug, country=country, at=at)
        except ValidationError as error:
            raise CommandError(f"--association {slug}: {' '.join(error.messages)}") from error

    def _tell_unmapped(self, unmapped: tuple[Problem, ...]) -> None:
        rows: dict[tuple[str, str], list[int]] = defaultdict(list)
        for problem in unmapped:
            rows[problem.column, problem.message].append(problem.row)
        for (column, message), numbers in sorted(rows.items()):
            shown = ", ".join(map(str, numbers[:12])) + (" …" if len(numbers) > 12 else "")
            self.stdout.write(
                f"note, column {column}: {message}; kept as “other” where the form has it"
                f" ({len(numbers)} rows: {shown})"
            )
