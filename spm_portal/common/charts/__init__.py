"""Server-rendered SVG charts for pages and PDF: typed values in, one ``Chart`` with picture, table and note out."""

from spm_portal.common.charts.bars import Bar, StackPart, StackRow, bars, spark_bar, stacked
from spm_portal.common.charts.heat import HeatRow, heat
from spm_portal.common.charts.lines import LinePoint, LineSeries, line
from spm_portal.common.charts.model import (
    NARROW,
    WIDE,
    Chart,
    Formatter,
    Note,
    NotPublished,
    Palette,
    Spec,
    Style,
    Table,
    Value,
)
from spm_portal.common.charts.radar import RadarSeries, radar
from spm_portal.common.charts.scatter import ScatterPoint, scatter
from spm_portal.common.charts.spans import SpanRow, spans
from spm_portal.common.charts.strips import DotRow, StripRow, dots, strip

__all__ = [
    "NARROW",
    "WIDE",
    "Bar",
    "Chart",
    "DotRow",
    "Formatter",
    "HeatRow",
    "LinePoint",
    "LineSeries",
    "NotPublished",
    "Note",
    "Palette",
    "RadarSeries",
    "ScatterPoint",
    "SpanRow",
    "Spec",
    "StackPart",
    "StackRow",
    "StripRow",
    "Style",
    "Table",
    "Value",
    "bars",
    "dots",
    "heat",
    "line",
    "radar",
    "scatter",
    "spans",
    "spark_bar",
    "stacked",
    "strip",
]
