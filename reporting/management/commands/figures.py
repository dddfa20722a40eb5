"""`figures --association SLUG --round YEAR`: a CSV of member, code, value for given and derived values."""

import csv
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reporting.management.rounds import add_round_arguments, find_round
from reporting.selectors.returns import ReturnSheet, load_sheets

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class Command(BaseCommand):
    """Prints the figures of a round, for the association's own calculations."""

    help = "Print a CSV of member, code, value: the given values, then the derived ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_round_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        round_ = find_round(options["association"], options["round"])
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(["member", "code", "value"])
        for sheet in sorted(load_sheets(round_), key=lambda each: each.submission.institution.name):
            member = _safe(sheet.submission.institution.name)
            for code, value in _figures(sheet):
                writer.writerow([member, code, value])


def _figures(sheet: ReturnSheet) -> list[tuple[str, str]]:
    """Code and value, in the order of the form; what is empty is left out."""
    given = sheet.computed.values
    derived = sheet.computed.derived
    rows = [(code, given.get(code)) for code in sheet.catalogue.codes if code in given]
    rows += [(item.code, derived.get(item.code)) for item in sheet.catalogue.derived]
    return [(code, _written(value)) for code, value in rows if value is not None]


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, tuple):
        return "|".join(value)
    return _safe(str(value)) if isinstance(value, str) else str(value)


def _safe(text: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
