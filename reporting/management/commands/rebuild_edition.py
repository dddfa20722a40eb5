"""`rebuild_edition ASSOCIATION YEAR [--edition N]`: makes an edition again from itself and compares every figure."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reporting.management.rounds import find_round
from reporting.models import Release
from reporting.services.rebuilding import rebuild

SHOWN = 50


class Command(BaseCommand):
    """Prints what comes out otherwise; ends with an error where anything does."""

    help = "Work out the figures of an edition again from what it froze, and compare them one by one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("association", metavar="ASSOCIATION", help="address of the association")
        parser.add_argument("year", metavar="YEAR", help="address of the round, such as 2014")
        parser.add_argument(
            "--edition", type=int, metavar="N", help="number of the edition; without it the newest"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        of_round = find_round(options["association"], options["year"])
        release = self._release(Release.objects.filter(round=of_round).order_by("number"), options["edition"])
        found = rebuild(release)
        for one in found.differences[:SHOWN]:
            self.stdout.write(f"{one.name}: published {one.stored}; comes out as {one.rebuilt}.")
        if len(found.differences) > SHOWN:
            self.stdout.write(f"… and {len(found.differences) - SHOWN} more.")
        if found.content_holds is None:
            self.stdout.write("The edition is older than the hashes; only its figures were compared.")
        if not found.same:
            reasons = [f"{len(found.differences)} of {found.figures} figures come out otherwise."]
            if found.content_holds is False:
                reasons.append(
                    f"Its stored content does not have its hash {release.edition_sha256}: "
                    "it was changed after publication."
                )
            if found.parameters_changed:
                reasons.append("The secret parameters of the gate are not those of the edition.")
            raise CommandError(" ".join([f"{release}:", *reasons]))
        self.stdout.write(
            f"{release}: {found.figures} figures come out the same. {release.edition_sha256}".rstrip()
        )

    def _release(self, editions: Any, number: int | None) -> Release:
        found: Release | None = editions.filter(number=number).first() if number else editions.last()
        if found is None:
            known = ", ".join(str(one.number) for one in editions) or "none yet"
            raise CommandError(f"There is no such edition. There are: {known}.")
        return found
