"""`report --association SLUG --round YEAR --language en --output FILE.pdf`: the association report of a round."""

from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reporting.management.rounds import add_round_arguments, find_round
from reporting.models import Release, Round
from reporting.selectors.releases import latest_of
from reporting.services.releases import PublishRefused, publish
from reporting.services.reports import render_report


class Command(BaseCommand):
    """Writes the report of a round's latest release; publishes the round first where it has none."""

    help = "Write the association report of a round as PDF; a round without a release is published first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_round_arguments(parser)
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", default="en", choices=languages)
        parser.add_argument("--output", required=True, type=Path, metavar="FILE.pdf")

    def handle(self, *args: Any, **options: Any) -> None:
        round_ = find_round(options["association"], options["round"])
        output: Path = options["output"]
        if not output.parent.is_dir():
            raise CommandError(f"There is no folder {output.parent}. Make it, or write to another place.")
        release = latest_of(round_)
        if release is None:
            self._publish_year_before(round_)
            try:
                release = self._publish(round_)
            except PublishRefused as refusal:
                raise CommandError(str(refusal)) from refusal
        content, _name = render_report(release, options["language"])
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{output}: {release}, {len(content) // 1024} kB.")

    def _publish(self, round_: Round) -> Release:
        release = publish(round_id=round_.pk, by=None, at=timezone.now())
        self.stdout.write(f"Published {release}.")
        return release

    def _publish_year_before(self, round_: Round) -> None:
        """Publish the imported round before this one, so that the report can show progress on the same members."""
        before = round_.association.rounds.filter(year__lt=round_.year).order_by("-year", "-code").first()
        if round_.imported and before is not None and before.imported and latest_of(before) is None:
            with suppress(PublishRefused):  # then there is nothing to compare with
                self._publish(before)
