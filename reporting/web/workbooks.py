"""The dry run of a workbook as its page shows it: problems by severity with their addresses, and what may be done."""

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from reporting.enums import UploadState
from reporting.models.workbook import WorkbookUpload
from reporting.services.workbooks import is_blocked
from reporting.workbooks.compare import SEVERITIES
from reporting.workbooks.remarks import severity_words

TONES = {"unreadable": "error", "conflict": "error", "error": "error", "warning": "warning"}
FOLDED = {"unanswered", "information"}


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """The problems of one severity; folded ones are one click away."""

    title: str
    tone: str
    folded: bool
    lines: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """What would change on one sheet of the workbook."""

    sheet: str
    lines: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would change (conflicts apart), what is wrong, and whether it may be confirmed.

    `blocking` are the cells that cannot be read, `groups` all other problems, `counts` what there is of everything.
    """

    changes: list[SheetChanges]
    conflicts: list[dict[str, Any]]
    blocking: list[ProblemGroup]
    groups: list[ProblemGroup]
    counts: list[tuple[int, str]]
    blocked: bool
    confirmable: bool


def dry_run_of(found: WorkbookUpload, slug: str) -> DryRun:
    """The dry run of an upload that was read."""
    words = severity_words()
    groups = []
    for severity in SEVERITIES:
        lines = [_with_url(found, slug, line) for line in found.problems if line["severity"] == severity]
        if lines and severity != "conflict":
            groups.append(
                ProblemGroup(words[severity], TONES.get(severity, "note"), severity in FOLDED, lines)
            )
    conflicts = [line for line in found.changes if line["conflict"]]
    changes = [line for line in found.changes if not line["conflict"]]
    blocked = is_blocked(found)
    counts = [(len(changes), ngettext("answer changes", "answers change", len(changes)))]
    if conflicts:
        counts.append((len(conflicts), ngettext("answer to choose", "answers to choose", len(conflicts))))
    for severity in SEVERITIES:
        number = sum(line["severity"] == severity for line in found.problems)
        if number and severity != "conflict":
            counts.append((number, _counted(severity, number)))
    return DryRun(
        changes=[SheetChanges(sheet, list(lines)) for sheet, lines in groupby(changes, itemgetter("sheet"))],
        conflicts=conflicts,
        blocking=groups[:1] if blocked else [],
        groups=groups[1:] if blocked else groups,
        counts=counts,
        blocked=blocked,
        confirmable=found.state == UploadState.READY and not blocked and bool(found.changes),
    )


def _counted(severity: str, number: int) -> str:
    """What stands after a number of problems."""
    words = {
        "unreadable": ngettext("cell cannot be read", "cells cannot be read", number),
        "error": ngettext("error", "errors", number),
        "warning": ngettext("warning", "warnings", number),
        "information": ngettext("remark", "remarks", number),
        "unanswered": ngettext("not answered yet", "not answered yet", number),
    }
    return words[severity]


def _with_url(found: WorkbookUpload, slug: str, line: dict[str, Any]) -> dict[str, Any]:
    if not line["section"]:
        return line | {"url": ""}
    address = reverse("return_section", args=[slug, found.submission_id, line["section"]])
    return line | {"url": f"{address}#f-{line['code']}"}
