"""An assessment as tables for a workbook: its figures, all items with what was said of them, evidence, and changes."""

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from capacity.datasets.result_parts import ItemLine, Results
from capacity.datasets.result_words import messages_of
from spm_portal.common.table_files import Cell, Sheet

Row = tuple[Cell, ...]


def sheets(results: Results) -> tuple[Sheet, ...]:
    """What it is, the figures of areas, the items, and the evidence; numbers as numbers."""
    with translation.override(results.language):
        found = [_about(results), _areas(results), _items(results), _evidence(results)]
        if results.before and results.before.breaks:
            found.append(_breaks(results))
    return tuple(found)


def _about(results: Results) -> Sheet:
    rows: list[Row] = [
        (_("Association"), results.association),
        (_("Assessment"), results.title),
        (_("As of"), results.as_of.isoformat()),
        (
            pgettext("assessment", "Agreed on"),
            results.agreed_at.date().isoformat() if results.agreed_at else _("not yet"),
        ),
        (_("Framework"), results.framework),
        (_("Source"), f"{results.publisher}. {results.source_note}"),
        *((_("Level %(level)s") % {"level": level}, label) for level, label in results.scale),
        *((_("Raters: %(group)s") % {"group": group}, count) for group, count in results.groups),
        (_("Overall"), _rounded(results.overall)),
        *(
            (_("What to see first") if not place else "", words)
            for place, words in enumerate(messages_of(results))
        ),
        (_("Minute of the session"), results.minute),
    ]
    if results.before:
        day = date_format(results.before.as_of)
        rows.append((_("Compared with"), f"{results.before.title} ({day})"))
    return Sheet(_("Assessment"), (_("What"), _("Content")), tuple(rows))


def _areas(results: Results) -> Sheet:
    headers = (
        _("Number"), _("Area"), _("Mean"), *results.categories, _("Items scored"), _("Not applicable"),
        _("Items disputed"), *(_("Raters: %(group)s") % {"group": group} for group, _count in results.groups),
        _("Change"), _("Items compared"), _("Items not compared"), _("Items checked from outside"),
        _("Agreed, of these"), _("Found from outside"), _("Found lower"), _("Found higher"),
    )  # fmt: skip
    rows: list[Row] = [
        (
            area.number, area.title, _rounded(area.value), *map(_rounded, area.cells), area.scored,
            area.not_applicable, area.disputed, *map(_rounded, area.groups), _rounded(area.difference),
            area.compared if results.before else None, area.left_out if results.before else None, area.verified,
            _rounded(area.self_mean), _rounded(area.verified_mean), area.overstated, area.understated,
        )
        for area in results.areas
    ]  # fmt: skip
    return Sheet(_("Areas"), headers, tuple(rows))


def _items(results: Results) -> Sheet:
    headers = (
        _("Code"), _("Area"), _("Category"), _("Capacity"), _("Level"), _("In words"),
        _("Why it does not apply"), _("Minute"), _("What must be seen at this level"), _("Raters"), _("Disputed"),
        _("Level before"), _("Change"), _("Why not compared"), _("Level found from outside"), _("Checked by"),
        _("Checked on"), _("What was found"), _("Pieces of evidence"),
    )  # fmt: skip
    rows = tuple(_item(results, item) for item in results.items)
    return Sheet(_("Items"), headers, rows)


def _item(results: Results, item: ItemLine) -> Row:
    outside = item.outside
    return (
        item.code,
        results.area_of(item).title,
        item.category,
        item.text,
        item.level,
        item.label,
        item.reason,
        item.minute,
        item.proof,
        item.raters,
        pgettext("items of raters", "yes") if item.is_disputed else "",
        item.before,
        item.difference,
        item.broken,
        outside.level if outside else None,
        outside.verifier if outside else "",
        outside.day.isoformat() if outside else "",
        outside.note if outside else "",
        len(item.evidence),
    )


def _evidence(results: Results) -> Sheet:
    headers = (
        _("Code"),
        _("Capacity"),
        _("Kind"),
        _("Title"),
        _("File, address or record"),
        _("Shown on"),
        "SHA-256",
    )
    rows: list[Row] = [
        (item.code, item.text, one.kind_words, one.title, one.detail, one.day.isoformat(), one.row.sha256)
        for item in results.items
        for one in item.evidence
    ]
    return Sheet(_("Evidence"), headers, tuple(rows))


def _breaks(results: Results) -> Sheet:
    assert results.before is not None
    rows: list[Row] = [(one.code, one.text, one.reason) for one in results.before.breaks]
    return Sheet(_("Not compared"), (_("Code"), _("Capacity"), _("Why")), tuple(rows))


def _rounded(value: float | None) -> float | None:
    """As pages show it is too coarse for a workbook; two decimals are enough."""
    return None if value is None else round(value, 2)
