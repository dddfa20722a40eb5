"""The remarks that go back with a workbook: marks on cells and the rows of its sheet of problems."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from reporting.workbooks.marks import COLOURS
from reporting.workbooks.styles import INPUT


def severity_words() -> dict[str, str]:
    """How each severity is called."""
    return {
        "unreadable": _("Cannot be read"),
        "conflict": _("Changed meanwhile"),
        "error": _("Error"),
        "warning": _("Warning"),
        "information": _("Information"),
        "unanswered": _("Not answered yet"),
    }


def remarks_of(
    problems: Iterable[Mapping[str, Any]], link: Callable[[Mapping[str, Any]], str]
) -> dict[str, Any]:
    """What `annotate` needs; `link` gives the full address of a problem's question."""
    words = severity_words()
    marks, rows = [], []
    for problem in problems:
        severity, text = problem["severity"], problem["text"]
        if problem["cell"] and severity in COLOURS:
            said = f"{words[severity]}: {text}\n{problem['how']}"
            marks.append(
                {"sheet": problem["sheet"], "cell": problem["cell"], "severity": severity, "text": said}
            )
        what = f"{words[severity]}: {text}"
        rows.append(
            [
                severity,
                problem["sheet"],
                problem["cell"],
                problem["label"],
                what,
                problem["how"],
                link(problem),
            ]
        )
    return {
        "input": INPUT.removeprefix("#").upper(),
        "marks": marks,
        "problems": {
            "name": _("Problems")[:31],
            "title": _("Problems"),
            "lede": _(
                "Correct the coloured cells in this same file and upload it again: what is right by then is gone from"
                " this list."
            ),
            "open": _("Open"),
            "empty": _("No problems were found."),
            "head": [
                _("Sheet"),
                _("Cell"),
                _("Question"),
                _("What is wrong"),
                _("How to fix it"),
                _("On the portal"),
            ],
            "rows": rows,
            "rtl": get_language_bidi(),
        },
    }
