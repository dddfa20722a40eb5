"""One made-up example of every chart, for the gallery and the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from spm_portal.common import charts
from spm_portal.common.charts import NARROW, WIDE, Chart, Note, NotPublished, Spec, Style, Value

DIMENSIONS = (
    "Social strategy",
    "Committed leadership",
    "Client-centred products and services",
    "Client protection",
    "Responsible human resource development",
    "Responsible growth and returns",
    "Environmental performance management",
)
SMALL_GROUP = NotPublished("fewer than five members")
NOTE = Note(n="20+", period="2025", source="Members' returns, approved")


def _percent(value: charts.model.Number) -> str:
    return f"{float(value):.0f} %"


def _spec(name: str, title: str, style: Style, note: Note = NOTE) -> Spec:
    return Spec(
        id=f"{name}-{'n' if style.narrow else 'w'}", title=title, format=_percent, note=note, style=style
    )


def _radar(style: Style) -> Chart:
    spec = _spec("radar", "How far are social practices in place?", style)
    return charts.radar(
        spec,
        DIMENSIONS,
        (
            charts.RadarSeries("Your institution", (72, 65, 58, 81, None, 49, 30)),
            charts.RadarSeries("Median of members", (61, 58, 55, 70, 52, 60, 22)),
        ),
    )


def _radar_withheld(style: Style) -> Chart:
    spec = _spec("radar-gap", "Where do the members stand together?", style)
    values = (61, 58, 55, 70, 52, 60, SMALL_GROUP)
    return charts.radar(spec, DIMENSIONS, (charts.RadarSeries("Members", values),))


def _dots(style: Style) -> Chart:
    own: tuple[Value, ...] = (72, 65, 58, 81, None, 49, 30)
    members: tuple[Value, ...] = (61, 58, 55, 70, 52, 60, SMALL_GROUP)
    rows = tuple(charts.DotRow(label, (a, b)) for label, a, b in zip(DIMENSIONS, own, members, strict=True))
    spec = _spec("dots", "How far are social practices in place, dimension by dimension?", style)
    return charts.dots(spec, ("Your institution", "Median of members"), rows)


def _bars(style: Style) -> Chart:
    spec = _spec("bars", "Which clients do the members reach?", style)
    data = (
        charts.Bar("Women", 64, "of borrowers"),
        charts.Bar("Living in rural areas", 52, "of borrowers"),
        charts.Bar("Younger than 25", 11, "of borrowers"),
        charts.Bar("New clients below the poverty line", SMALL_GROUP),
        charts.Bar("With a savings account", None),
    )
    return charts.bars(spec, data, maximum=100)


def _stacked(style: Style) -> Chart:
    parts = (
        charts.StackPart("Yes", "yes"),
        charts.StackPart("Partly", "partly"),
        charts.StackPart("No", "no"),
        charts.StackPart("No answer", "unanswered"),
    )
    rows = (
        charts.StackRow("The board reviews social goals every year", (14, 4, 2, 1), "20+"),
        charts.StackRow("Social goals are part of the manager's appraisal", (8, 6, 7, 0), "20+"),
        charts.StackRow("Complaints are analysed and reported", (19, 1, 1, 0), "20+"),
        charts.StackRow("Staff who mistreat clients are sanctioned", SMALL_GROUP),
    )
    return charts.stacked(_spec("stacked", "Which practices are in place?", style), parts, rows)


def _line(style: Style) -> Chart:
    spec = _spec(
        "line",
        "Do members reach more women?",
        style,
        Note(period="2020 to 2025", source="Published releases"),
    )
    points = [(58, "10–19"), (59.5, "10–19"), (None, ""), (61, "10–19"), (62, "20+"), (64, "20+")]
    series = charts.LineSeries(
        "Women", tuple(charts.LinePoint(value, n) for value, n in points), breaks=frozenset({4})
    )
    return charts.line(spec, ("2020", "2021", "2022", "2023", "2024", "2025"), (series,))


def _lines(style: Style) -> Chart:
    spec = _spec(
        "lines", "Do social and financial results move together?", style, Note(period="2021 to 2025")
    )
    rows: dict[str, tuple[Value, ...]] = {
        "Practice index": (48, 50, 55, 57, 62),
        "Clients retained": (71, 69, SMALL_GROUP, 70, 72),
        "Portfolio at risk, 30 days": (12, 9, 8, 6, 7),
    }
    series = tuple(
        charts.LineSeries(label, tuple(charts.LinePoint(value) for value in values))
        for label, values in rows.items()
    )
    return charts.line(spec, ("2021", "2022", "2023", "2024", "2025"), series)


def _strip(style: Style) -> Chart:
    rows = (
        charts.StripRow("Women borrowers", 52, 64, 71, 78, (0, 100)),
        charts.StripRow(
            "Borrowers for each loan officer", 210, 268, 340, 190, format=lambda v: f"{float(v):.0f}"
        ),
        charts.StripRow("Staff turnover in the year", 9, 14, 22, 31),
        charts.StripRow("Annual percentage rate of the main loan", SMALL_GROUP, SMALL_GROUP, SMALL_GROUP, 44),
    )
    return charts.strip(_spec("strip", "Where do you stand among the members?", style), rows, own_label="You")


def _scatter(style: Style) -> Chart:
    pairs = [
        (34, 11),
        (41, 9),
        (45, 14),
        (52, 6),
        (55, 8),
        (58, 4),
        (61, 7),
        (66, 3),
        (70, 5),
        (74, 2),
        (49, 12),
    ]
    points = tuple(charts.ScatterPoint(f"Member {index}", x, y) for index, (x, y) in enumerate(pairs, 1))
    points += (charts.ScatterPoint("Your institution", 62, 5.5, highlight=True),)
    spec = _spec("scatter", "Do better practices go with a healthier portfolio?", style)
    return charts.scatter(
        spec, "Practice index", "Portfolio at risk, 30 days", points, x_middle=58, y_middle=7
    )


def _heat(style: Style) -> Chart:
    columns = ("Savings groups", "Cooperatives", "Companies", "Banks")
    values: tuple[tuple[Value, ...], ...] = (
        (61, 66, 72, 80),
        (44, 58, 63, 77),
        (55, 52, 49, SMALL_GROUP),
        (70, 74, 81, 86),
        (38, None, 57, 69),
        (60, 55, 48, 41),
        (22, 18, 30, SMALL_GROUP),
    )
    rows = tuple(charts.HeatRow(label, row) for label, row in zip(DIMENSIONS, values, strict=True))
    return charts.heat(
        _spec("heat", "Which kind of member is strong in what?", style), columns, rows, low=0, high=100
    )


def _spans(style: Style) -> Chart:
    rows = (
        charts.SpanRow("Collect the figures by one form", date(2025, 2, 1), date(2024, 10, 1), 5, "Done"),
        charts.SpanRow("Train two reviewers", date(2025, 8, 31), date(2025, 3, 1), 0, "Under way"),
        charts.SpanRow("Publish a yearly report", date(2025, 11, 30), None, 2, "Planned"),
    )
    return charts.spans(_spec("spans", "What is done when?", style), rows, today=date(2025, 5, 20))


_ALL: tuple[tuple[str, Callable[[Style], Chart]], ...] = (
    ("radar", _radar),
    ("radar with a dimension that is not published", _radar_withheld),
    ("dot strip", _dots),
    ("bars", _bars),
    ("stacked answers", _stacked),
    ("line with a gap and a break", _line),
    ("three lines", _lines),
    ("place among the middle half", _strip),
    ("scatter", _scatter),
    ("heat map", _heat),
    ("timeline by quarter", _spans),
)


def all_charts() -> Iterator[tuple[str, Chart, Chart]]:
    """Every example as name, wide drawing and narrow drawing."""
    for name, draw in _ALL:
        yield name, draw(WIDE), draw(NARROW)
