"""What a workbook would change and what is wrong with it, line by line, ready to keep and to show."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reporting.catalogue import Catalogue, Indicator, IndicatorType
from reporting.models import Answer
from reporting.selectors.returns import ReturnSheet
from reporting.validation import REQUIRED, Finding
from reporting.values import Value, fields_of, to_engine
from reporting.workbooks.reader import ReadAnswer, Reading, number_text
from reporting.workbooks.words import reason_words, shown
from spm_portal.common.numbers import format_number

Line = dict[str, Any]
# Worst first; the first kind alone keeps a workbook from being taken in.
SEVERITIES = ("unreadable", "conflict", "error", "warning", "information", "unanswered")


def change_lines(
    before: ReturnSheet,
    read: Iterable[ReadAnswer],
    saved: Iterable[str],
    conflicts: Mapping[str, Answer | None],
    versions: Mapping[str, int],
) -> list[Line]:
    """One line per question that would change, in the order of the form; conflicts carry the other's value too."""
    written = set(saved)
    lines = []
    for one in read:
        if one.code not in written and one.code not in conflicts:
            continue
        indicator = before.catalogue.indicator(one.code)
        current = before.answers.get(one.code)
        lines.append(
            {
                "code": one.code,
                "sheet": one.sheet,
                "cell": one.cell,
                "label": indicator.label,
                "old": _said(indicator, before.values.get(one.code), current.missing if current else ""),
                "new": _said(indicator, _engine(indicator, one.value), one.missing),
                "note": one.note,
                "note_changed": (one.note or "") != (current.note if current else "")
                if one.note is not None
                else False,
                "value": _kept(one.value),
                "missing": one.missing,
                "version": versions.get(one.code, 0),
                "conflict": one.code in conflicts,
                "now": current.version if current else 0,
                "by": str(current.changed_by)
                if one.code in conflicts and current and current.changed_by
                else "",
            }
        )
    return lines


def value_of(indicator: Indicator, line: Mapping[str, Any]) -> Any:
    """The value of a kept line, as `save_answers` takes it."""
    value = line["value"]
    if value is not None and indicator.type.is_number:
        return Decimal(value)
    return tuple(value) if isinstance(value, list) else value


def problem_lines(
    after: ReturnSheet, reading: Reading, refused: Mapping[str, str], changes: Iterable[Line]
) -> list[Line]:
    """Every problem, worst first: cells that cannot be read, conflicts, and what the rules say to the result."""
    catalogue = after.catalogue
    lines = [
        _line(
            "unreadable",
            one.code,
            one.sheet,
            one.cell,
            catalogue,
            one.text,
            _("Correct the cell and upload again."),
        )
        for one in reading.faults
    ]
    for code, text in refused.items():
        lines.append(
            _line(
                "unreadable",
                code,
                *_place(reading, code),
                catalogue,
                text,
                _("Correct the cell and upload again."),
            )
        )
    for change in changes:
        if change["conflict"]:
            text = _(
                "Somebody changed this answer on the portal after the workbook was made: it is “%(value)s” now."
            )
            lines.append(
                _line(
                    "conflict", change["code"], change["sheet"], change["cell"], catalogue,
                    text % {"value": change["old"]}, _("Choose on the portal which of the two values is right."),
                )
            )  # fmt: skip
    unreadable = {one.code for one in reading.faults} | set(refused)
    lines.extend(_found(after, reading, found) for found in after.findings if not _hidden(found, unreadable))
    for code in reading.absent:
        text = _("The row of this question is not in the file: its answer stays as it is.")
        lines.append(_line("information", code, "", "", catalogue, text, ""))
    order = {severity: place for place, severity in enumerate(SEVERITIES)}
    return sorted(lines, key=lambda line: (order[line["severity"]], catalogue.position.get(line["code"], 0)))


def _hidden(found: Finding, unreadable: set[str]) -> bool:
    """Whether a finding only repeats that a cell could not be read."""
    return found.rule == REQUIRED and found.indicators[0] in unreadable


def _found(after: ReturnSheet, reading: Reading, found: Finding) -> Line:
    language = get_language() or "en"
    code = found.indicators[0] if found.indicators else ""
    text = found.text.render(_, lambda figure: format_number(figure, language=language))
    if found.rule == REQUIRED:
        severity, how = "unanswered", _("Answer it, or choose a reason beside the empty cell.")
    elif found.blocks:
        severity, how = "error", _("Correct it before the return is submitted.")
    elif found.is_note:
        severity, how = "information", _("Nothing has to be done.")
        text = _("On trial: %(text)s") % {"text": text} if found.on_trial else text
    elif found.rule in after.explanations:
        severity, how = "information", _("You gave a reason: nothing is left to do.")
    elif found.is_note:
        severity, how = "information", _("Nothing has to be done.")
    else:
        severity, how = "warning", _("Correct it, or write on the portal why it is right.")
    line = _line(severity, code, *_place(reading, code), after.catalogue, text, how)
    line["section"] = found.section
    return line


def _place(reading: Reading, code: str) -> tuple[str, str]:
    return reading.places.get(code, ("", ""))


def _line(severity: str, code: str, sheet: str, cell: str, catalogue: Catalogue, text: str, how: str) -> Line:
    part = catalogue.find(code)
    return {
        "severity": severity,
        "code": code,
        "section": part.section if isinstance(part, Indicator) else "",
        "sheet": sheet,
        "cell": cell,
        "label": catalogue.labels.get(code, code),
        "text": text,
        "how": how,
    }


def _engine(indicator: Indicator, value: Any) -> Value:
    """A value that was read, as the engine would have it."""
    if indicator.type is IndicatorType.FILE:
        return None
    fields = fields_of(indicator, value)
    return to_engine(indicator, _Plain(fields))


class _Plain:
    """Typed fields without a file behind them."""

    file = None

    def __init__(self, fields: Any) -> None:
        self.number, self.text, self.choices = fields.number, fields.text, fields.choices
        self.flag, self.file_id = fields.flag, fields.file_id


def _said(indicator: Indicator, value: Value, missing: str) -> str:
    if missing:
        return reason_words().get(missing, missing)
    return shown(indicator, value, get_language() or "en")


def _kept(value: Any) -> Any:
    """A value as JSON."""
    if isinstance(value, Decimal):
        return number_text(value)
    return list(value) if isinstance(value, tuple) else value
