"""`findings --association SLUG --round YEAR`: one JSON line per problem in the round's returns."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reporting.management.rounds import add_round_arguments, find_round
from reporting.selectors.returns import load_sheets


class Command(BaseCommand):
    """Prints what the rules and trend checks find."""

    help = "Print a JSON line per problem: member, rule, severity, indicators, message."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_round_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        round_ = find_round(options["association"], options["round"])
        for sheet in sorted(load_sheets(round_), key=lambda each: each.submission.institution.name):
            for finding in sheet.findings:
                line = {
                    "member": sheet.submission.institution.name,
                    "rule": finding.rule,
                    "severity": str(finding.severity),
                    "on_trial": finding.on_trial,
                    "indicators": list(finding.indicators),
                    "message": finding.message,
                }
                self.stdout.write(json.dumps(line, ensure_ascii=False))
