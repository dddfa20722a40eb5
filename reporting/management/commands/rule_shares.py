"""`rule_shares FILE [--write DOCUMENT]`: how often rules fire on real returns, and which put-in faults they find."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reporting.catalogue import DEFAULT_CATALOGUE, Catalogue, load_catalogue
from reporting.management.real_data import faults_found, mix_cases
from reporting.validation.shares import Shares, shares_of

BEGIN, END = "<!-- begin: written by manage.py rule_shares -->", "<!-- end -->"


class Command(BaseCommand):
    """Measures the default catalogue's rules on a file of MIX data, without the database."""

    help = "Print as Markdown how often each rule fires on the MFI-years of a MIX file."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The data, and the document to write the tables into."""
        parser.add_argument("file", type=Path, help="CSV with one row per MFI and fiscal year")
        parser.add_argument(
            "--write", type=Path, metavar="DOCUMENT", help="replace the tables in this document"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, then print or write."""
        catalogue = load_catalogue(json.loads(DEFAULT_CATALOGUE.read_text(encoding="utf-8")))
        cases = mix_cases(options["file"], catalogue)
        shares = shares_of(catalogue, cases)
        lines = [
            *_summary(shares),
            "",
            *_table(catalogue, shares),
            "",
            *_faults(faults_found(catalogue, cases)),
        ]
        document: Path | None = options["write"]
        if document is None:
            self.stdout.write("\n".join(lines))
            return
        _replace(document, lines)
        self.stdout.write(f"{document}: the tables are written, {shares.returns} MFI-years.")


def _replace(document: Path, lines: list[str]) -> None:
    try:
        text = document.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{document} cannot be read: {error}") from error
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise CommandError(f"{document} has no place for the tables: put {BEGIN} and {END} into it.")
    document.write_text("\n".join([f"{before}{BEGIN}", "", *lines, "", f"{END}{after}"]), encoding="utf-8")


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _summary(shares: Shares) -> Iterator[str]:
    yield "| of all MFI-years | number | share |"
    yield "|---|---:|---:|"
    yield f"| measured | {shares.returns:,} | 100 % |"
    for words, count in (
        ("with an error", shares.with_error),
        ("with a warning", shares.with_warning),
        ("with information", shares.with_note),
    ):
        yield f"| {words} | {count:,} | {_percent(count, shares.returns)} |"
    yield ""
    mean = shares.warnings / shares.returns if shares.returns else 0
    yield f"On average a return has {mean:.2f} warnings."


def _table(catalogue: Catalogue, shares: Shares) -> Iterator[str]:
    yield "| rule | severity | fired on | of | share | what it says |"
    yield "|---|---|---:|---:|---:|---|"
    words = {rule.id: rule.message for rule in catalogue.rules}
    words |= {check.id: f"{check.kind}: {catalogue.labels[check.code]}" for check in catalogue.trend_checks}
    for one in shares.rules:
        if one.looked:
            said = words.get(one.rule, "amounts in the wrong unit")
            share = _percent(one.fired, one.looked)
            yield f"| {one.rule} | {one.severity} | {one.fired:,} | {one.looked:,} | {share} | {said} |"
    silent = [one.rule for one in shares.rules if not one.looked]
    yield ""
    yield f"Without any data to look at here: {', '.join(silent) or 'none'}."


def _faults(found: Sequence[tuple[str, int, int]]) -> Iterator[str]:
    yield "| fault put into returns that had no error and no warning | returns | found | share |"
    yield "|---|---:|---:|---:|"
    for name, tried, told in found:
        yield f"| {name} | {tried:,} | {told:,} | {_percent(told, tried)} |"
