"""`load_demo [--if-empty] [--mix FILE]`: makes the fictional association, or associations of real public figures."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from members.models import Association, Donor
from reporting.adapters.mix import MixFile, read_mix
from reporting.demo.build import SLUG, build_demo
from reporting.demo.cast import PASSWORD, SIGN_INS
from reporting.demo.countries import DONOR, KNOWN, build_country, country_of, make_donor
from reporting.services.imports import ImportRefused


class Command(BaseCommand):
    """Loads the demonstration."""

    help = (
        "Make a fictional association: 24 MFIs, three rounds, people of every role and two donors. With --mix: make "
        "associations of real figures instead, with published editions, peer groups, consents and a donor."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where there is any association"
        )
        parser.add_argument(
            "--mix", type=Path, metavar="FILE", help="CSV of MIX Market rows, as import_mix reads it"
        )
        parser.add_argument(
            "--country",
            action="append",
            metavar="NAME",
            help=f"with --mix: as the file writes it, once for each; without it {', '.join(KNOWN)}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["country"] and not options["mix"]:
            raise CommandError("--country goes with --mix: the fictional association has one country.")
        if options["if_empty"] and Association.objects.exists():
            return
        if options["mix"]:
            self._load_countries(options["mix"], list(dict.fromkeys(options["country"] or KNOWN)))
            return
        if Association.objects.filter(slug=SLUG).exists():
            raise CommandError(f"There is an association with the address “{SLUG}” already.")
        with transaction.atomic():
            demo = build_demo(at=timezone.now())
        self.stdout.write(f"Loaded {demo.association.name}: {len(demo.rounds)} rounds.")
        self._tell_sign_ins(SIGN_INS)

    def _load_countries(self, path: Path, countries: list[str]) -> None:
        """All of them or none; every fault of the file is named."""
        files = {name: self._read(path, name) for name in countries}
        addresses = [country_of(name).slug for name in countries]
        taken = Association.objects.filter(slug__in=addresses).values_list("slug", flat=True)
        if taken:
            raise CommandError(
                f"There are associations already with the addresses {', '.join(sorted(taken))}."
            )
        if Donor.objects.filter(slug=DONOR[1]).exists():
            raise CommandError(f"There is a donor already with the address “{DONOR[1]}”.")
        at = timezone.now()
        sign_ins: list[tuple[str, str]] = []
        try:
            with transaction.atomic():
                donor, reader = make_donor(at)
                for name, file in files.items():
                    built = build_country(name, file, donor, at=at, tell=self.stdout.write)
                    if built.left_out:
                        years = ", ".join(str(one.year) for one in built.left_out)
                        self.stdout.write(f"  not published, too few contributors: {years}")
                    sign_ins += built.sign_ins
        except ImportRefused as refusal:
            raise self._refused(path, refusal) from refusal
        self._tell_sign_ins([*sign_ins, ("donor reader", reader.email)])

    def _read(self, path: Path, country: str) -> MixFile:
        try:
            with path.open(newline="", encoding="utf-8-sig") as lines:
                file = read_mix(lines, country=country)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        if file.problems:
            raise self._refused(path, ImportRefused(file.problems))
        return file

    def _refused(self, path: Path, refusal: ImportRefused) -> CommandError:
        for problem in refusal.problems:
            self.stderr.write(str(problem))
        return CommandError(f"{path}: {len(refusal.problems)} problems; nothing was loaded.")

    def _tell_sign_ins(self, sign_ins: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> None:
        self.stdout.write(f"Sign in with the password {PASSWORD} as:")
        for role, email in sign_ins:
            self.stdout.write(f"  {email:34} {role.replace('_', ' ')}")
