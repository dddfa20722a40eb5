"""The charts of a member's report: its radar, its place on strips, its years, and how far its data were checked."""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.datasets.member_place import PlaceRow, Strip
from reporting.datasets.member_quality import Quality
from reporting.datasets.member_report import MemberReport
from reporting.datasets.member_years import Trend
from reporting.datasets.parts import Writer
from reporting.statistics import Place
from spm_portal.common import charts
from spm_portal.common.charts import Chart, Note, NotPublished, Spec, Style, Table
from spm_portal.common.charts.paper import paper_style


def place_words(where: Place | None) -> str:
    """Where a member stands, in one word; never a rank."""
    if where is None:
        return _("not published")
    return {
        Place.BELOW: pgettext("place among members", "below"),
        Place.WITHIN: pgettext("place among members", "within"),
        Place.ABOVE: pgettext("place among members", "above"),
    }[where]


def pdf_styles(report: MemberReport) -> tuple[Style, Style, Style]:
    """How charts look in the PDF: over the whole page, over half of it, and the radar."""
    whole = paper_style(report.accent, width=680)
    return whole, replace(whole, width=340), replace(whole, width=420)


def radar_chart(report: MemberReport, style: Style, suffix: str = "") -> Chart | None:
    """The dimensions; None where too few are answered."""
    found = report.radar
    if found is None:
        return None
    spec = Spec(
        id=f"radar{suffix}",
        title=_("How far are our practices in place?"),
        format=Writer(report.language),
        note=Note(
            period=report.period,
            source=_("own answers; yes counts 100, partly 50, no 0"),
        ),
        style=style,
    )
    series = [charts.RadarSeries(found.series[0], found.now)]
    if found.before:
        series.append(charts.RadarSeries(found.series[1], found.before))
    return charts.radar(spec, found.labels, tuple(series))


def strip_chart(report: MemberReport, strip: Strip, style: Style, suffix: str = "") -> Chart:
    """The middle half of members with the member's own figures, and its place in the table behind."""
    spec = Spec(
        id=f"strip-{strip.id}{suffix}",
        title=strip.title,
        note=Note(n=strip.n, period=report.period, source=report.compared_with),
        style=style,
    )
    rows = tuple(
        charts.StripRow(
            row.label,
            row.lower,
            row.median,
            row.upper,
            row.own,
            row.domain,
            own_writer(row),
            note=place_words(row.place),
        )
        for row in strip.rows
    )
    chart = charts.strip(spec, rows, own_label=report.mfi_label)
    table = Table(
        (*chart.table.headers, _("Place"), pgettext("chart", "Members")),
        tuple(
            (*cells, place_words(row.place), row.n_band.replace("-", "–") or "–")
            for cells, row in zip(chart.table.rows, strip.rows, strict=True)
        ),
    )
    return replace(chart, table=table)


def own_writer(row: PlaceRow) -> charts.Formatter:
    """Writes the own figure as it stands elsewhere, and published ones as they were published."""

    def write(value: charts.model.Number) -> str:
        return row.own_words if value == row.own else row.write(value)

    return write


def trend_chart(report: MemberReport, trend: Trend, style: Style, suffix: str = "") -> Chart:
    """One figure over the years."""
    spec = Spec(
        id=f"{trend.id}{suffix}",
        title=trend.title,
        format=trend.write,
        note=Note(source=" ".join(trend.reasons)),
        style=style,
    )
    points = tuple(charts.LinePoint(_rounded(value)) for value in trend.values)
    series = charts.LineSeries(report.mfi_label, points, trend.breaks)
    return charts.line(spec, trend.periods, (series,), floor=0 if _from_zero(trend) else None)


def _from_zero(trend: Trend) -> bool:
    return trend.is_score or min(value for value in trend.values if value is not None) >= 0


def _rounded(value: float | None) -> float | None:
    """Three digits are enough beside a line."""
    if value is None:
        return None
    return float(f"{value:.3g}") if abs(value) < 1000 else float(f"{value:.4g}")


def levels_chart(report: MemberReport, quality: Quality, style: Style, suffix: str = "") -> Chart:
    """How far the values were checked."""
    spec = Spec(
        id=f"levels{suffix}",
        title=_("How far were our values checked?"),
        format=Writer(report.language, "%"),
        note=Note(period=report.period, source=_("share of the values given")),
        style=style,
    )
    rows = tuple(charts.Bar(level.label, level.share, detail=f"({level.count})") for level in quality.levels)
    return charts.bars(spec, rows, maximum=100)


__all__ = [
    "NotPublished",
    "levels_chart",
    "pdf_styles",
    "place_words",
    "radar_chart",
    "strip_chart",
    "trend_chart",
]
