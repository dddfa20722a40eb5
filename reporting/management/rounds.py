"""Finding the association and round that a command names."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from members.models import Association
from reporting.models import Round


def add_round_arguments(parser: ArgumentParser) -> None:
    """Add `--association SLUG --round YEAR`."""
    parser.add_argument("--association", required=True, metavar="SLUG", help="address of the association")
    parser.add_argument("--round", required=True, metavar="YEAR", help="address of the round, such as 2014")


def find_round(association: str, code: str) -> Round:
    """The round; a CommandError names those that there are."""
    found = Association.objects.filter(slug=association).first()
    if found is None:
        known = ", ".join(Association.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no association “{association}”. There are: {known}.")
    round_ = Round.objects.select_related("association").filter(association=found, code=code).first()
    if round_ is None:
        rounds = found.rounds.order_by("code").values_list("code", flat=True)
        raise CommandError(f"{found} has no round “{code}”. It has: {', '.join(rounds) or 'none yet'}.")
    return round_
