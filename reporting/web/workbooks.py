"""The dry run of a workbook as its page shows it: problems by severity with their addresses, and what may be done."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

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
class DryRun:
    """What would change (conflicts apart), what is wrong, and whether it may be confirmed."""

    changes: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]
    groups: list[ProblemGroup]
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
    blocked = is_blocked(found)
    return DryRun(
        changes=[line for line in found.changes if not line["conflict"]],
        conflicts=conflicts,
        groups=groups,
        blocked=blocked,
        confirmable=found.state == UploadState.READY and not blocked and bool(found.changes),
    )


def _with_url(found: WorkbookUpload, slug: str, line: dict[str, Any]) -> dict[str, Any]:
    if not line["section"]:
        return line | {"url": ""}
    address = reverse("return_section", args=[slug, found.submission_id, line["section"]])
    return line | {"url": f"{address}#f-{line['code']}"}
