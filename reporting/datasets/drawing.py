"""Figures as charts: the same data drawn for pages, phones and the PDF."""

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _

from reporting.datasets.parts import Figure, ReportData, Row, Shape, Shown, Withheld
from spm_portal.common import charts
from spm_portal.common.charts import Chart, NotPublished, Spec, Style, Value
from spm_portal.common.charts.paper import paper_style

TONES = ("yes", "partly", "no", "unanswered")
SCORE = (0, 100)


def pdf_style(report: ReportData) -> Style:
    """How charts look in the PDF."""
    return paper_style(report.accent)


def picture_style(report: ReportData) -> Style:
    """How charts look as pictures in Word and Excel: as in the PDF, except that the painter joins Arabic by itself."""
    return replace(pdf_style(report), shape=str, alt_in_title=False)


def page_styles(*, rtl: bool) -> tuple[Style, Style]:
    """How charts look on a page: wide, and for phones."""
    return Style(rtl=rtl), Style(width=360, rtl=rtl)


def draw(figure: Figure, style: Style, suffix: str = "") -> Chart:
    """The chart of a figure; `suffix` keeps ids apart where one figure is drawn twice on a page."""
    spec = Spec(
        id=f"f-{figure.id}{suffix}",
        title=figure.title,
        format=figure.write,
        note=charts.Note(
            n=figure.n,
            checked=figure.checked,
            period=figure.period,
            source=figure.source,
            formula=figure.formula,
        ),
        style=style,
    )
    return _DRAW[figure.shape](figure, spec)


def _withheld() -> NotPublished:
    return NotPublished(_("to protect members"))


def _value(value: Shown) -> Value:
    return _withheld() if isinstance(value, Withheld) else value


def _values(row: Row) -> tuple[Value, ...]:
    return tuple(_value(value) for value in row.values)


def _radar(figure: Figure, spec: Spec) -> Chart:
    series = tuple(
        charts.RadarSeries(name, tuple(_value(row.values[place]) for row in figure.rows))
        for place, name in enumerate(figure.series)
    )
    return charts.radar(spec, tuple(row.label for row in figure.rows), series)


def _dots(figure: Figure, spec: Spec) -> Chart:
    rows = tuple(charts.DotRow(row.label, _values(row)) for row in figure.rows)
    return charts.dots(spec, figure.series, rows, low=0, high=figure.maximum or 100)


def _stacked(figure: Figure, spec: Spec) -> Chart:
    # the last part exists only where something is told together
    used = len(figure.series) if any(_value_at(row, -1) for row in figure.rows) else len(figure.series) - 1
    parts = tuple(charts.StackPart(name, tone) for name, tone in zip(figure.series, TONES, strict=True))[
        :used
    ]
    rows = tuple(
        charts.StackRow(
            row.label, _withheld() if row.withheld else _values(row)[:used], row.n.replace("-", "–")
        )
        for row in figure.rows
    )
    return charts.stacked(spec, parts, rows, as_given=True)


def _value_at(row: Row, place: int) -> float:
    value = row.values[place]
    return value if isinstance(value, int | float) else 0.0


def _strip(figure: Figure, spec: Spec) -> Chart:
    rows = tuple(
        charts.StripRow(row.label, lower, median, upper, domain=row.domain, format=row.write or figure.write)
        for row in figure.rows
        for lower, median, upper in [_values(row)]
    )
    return charts.strip(spec, rows)


def _bars(figure: Figure, spec: Spec) -> Chart:
    rows = tuple(charts.Bar(row.label, _value(row.values[0])) for row in figure.rows)
    return charts.bars(spec, rows, maximum=figure.maximum)


_DRAW: dict[Shape, Callable[[Figure, Spec], Chart]] = {
    Shape.RADAR: _radar,
    Shape.DOTS: _dots,
    Shape.STACKED: _stacked,
    Shape.STRIP: _strip,
    Shape.BARS: _bars,
}
