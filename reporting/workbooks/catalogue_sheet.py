"""The hidden sheet that says what a workbook asks: one row per question, for programs and for curious people."""

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from reporting.workbooks.layout import SheetPlan

HEAD = ("indicator", "sheet", "type", "unit", "required", "min", "max", "decimals", "relevance", "choices")


def write_catalogue(ws: Worksheet, plans: Sequence[SheetPlan]) -> None:
    """One row per question: code, sheet, type, unit, limits, condition and choices as value=label."""
    for column, text in enumerate(HEAD):
        ws.write_string(0, column, text)
    row = 0
    for plan in plans:
        for line in plan.lines:
            if line.choice is not None:
                continue
            row += 1
            indicator = line.indicator
            relevance = indicator.relevance.source if indicator.relevance is not None else ""
            texts = (
                indicator.code,
                plan.name,
                str(indicator.type.value),
                indicator.unit or "",
                "yes" if indicator.required else "no",
                _figure(indicator.min),
                _figure(indicator.max),
                _figure(indicator.decimals),
                relevance,
                "; ".join(f"{choice.value}={choice.label}" for choice in indicator.choices),
            )
            for column, text in enumerate(texts):
                ws.write_string(row, column, text)
    ws.protect()
    ws.very_hidden()


def _figure(value: float | None) -> str:
    return "" if value is None else str(value)
