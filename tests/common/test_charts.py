"""Charts are valid, escaped, accessible SVG that no content policy objects to."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_portal.common import charts
from spm_portal.common.chart_examples import all_charts
from spm_portal.common.charts import NARROW, WIDE, Chart, Note, NotPublished, Spec, Style
from spm_portal.common.charts.labels import ellipsize, spread, text_width, wrap
from spm_portal.common.charts.scale import ticks

pytestmark = pytest.mark.unit

SVG = "{http://www.w3.org/2000/svg}"
EXAMPLES = [chart for _, wide, narrow in all_charts() for chart in (wide, narrow)]
WITHHELD = NotPublished("fewer than five members")


def tree(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(chart.svg)


def words(chart: Chart) -> str:
    return " ".join("".join(text.itertext()) for text in tree(chart).iter(f"{SVG}text"))


def spec(**changes: object) -> Spec:
    return replace(Spec(id="chart-1", title="How many?"), **changes)  # type: ignore[arg-type]


def every_kind(label: str, value: charts.Value, style: Style = WIDE) -> list[Chart]:
    """Each kind of chart with one awkward label and one awkward value in it."""
    given_spec = spec(style=style)
    part = charts.StackPart(label, "yes")
    return [
        charts.radar(given_spec, (label, "b", "c"), (charts.RadarSeries(label, (value, 2, 3)),)),
        charts.bars(given_spec, (charts.Bar(label, value, detail=label), charts.Bar("b", 3)), axis=True),
        charts.stacked(
            given_spec, (part, charts.StackPart("No", "no")), (charts.StackRow(label, (value, 1)),)
        ),
        charts.line(
            given_spec,
            (label, "b"),
            (charts.LineSeries(label, (charts.LinePoint(value), charts.LinePoint(2))),),
        ),
        charts.dots(given_spec, (label, "b"), (charts.DotRow(label, (value, 4)),)),
        charts.strip(given_spec, (charts.StripRow(label, value, value, value, own=3),), own_label=label),
        charts.scatter(given_spec, label, label, (charts.ScatterPoint(label, value, 2, highlight=True),)),
        charts.heat(given_spec, (label, "b"), (charts.HeatRow(label, (value, 2)),)),
        charts.spans(
            given_spec,
            (charts.SpanRow(label, date(2025, 3, 1), None, 1, label), charts.SpanRow("b", date(2027, 1, 1))),
            today=date(2025, 5, 5),
        ),
    ]


@pytest.mark.parametrize("chart", EXAMPLES, ids=lambda chart: chart.id)
class TestEveryExample:
    def test_is_an_image_with_a_name_and_a_description(self, chart):
        root = tree(chart)
        assert root.get("role") == "img"
        named = root.get("aria-labelledby").split()
        assert [root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")] == named
        assert root.find(f"{SVG}title").text == chart.title
        assert len(root.find(f"{SVG}desc").text) > 20

    def test_needs_no_script_and_no_style(self, chart):
        for element in tree(chart).iter():
            assert element.tag.removeprefix(SVG) not in {"script", "style", "foreignObject", "image", "a"}
            assert not {name for name in element.attrib if name == "style" or name.startswith("on")}

    def test_has_ids_of_its_own(self, chart):
        ids = re.findall(r'\bid="([^"]+)"', chart.svg)
        assert len(ids) == len(set(ids))
        assert all(each.startswith(f"{chart.id}-") for each in ids)

    def test_refers_only_to_ids_it_has(self, chart):
        assert set(re.findall(r"url\(#([^)]+)\)", chart.svg)) <= set(re.findall(r'\bid="([^"]+)"', chart.svg))

    def test_shows_every_row_of_its_table_in_a_rectangle(self, chart):
        assert chart.table.rows
        assert {len(row) for row in chart.table.rows} == {len(chart.table.headers)}

    def test_keeps_its_words_inside_the_picture(self, chart):
        width = float(tree(chart).get("width"))
        for text in tree(chart).iter(f"{SVG}text"):
            length = text_width("".join(text.itertext()), float(text.get("font-size", "13")))
            x, anchor = float(text.get("x")), text.get("text-anchor", "start")
            start = {"start": x, "middle": x - length / 2, "end": x - length}[anchor]
            # estimated widths are a little generous
            assert start > -0.06 * length - 2, "".join(text.itertext())
            assert start + length < width + 0.12 * length + 2, "".join(text.itertext())


def test_ids_of_a_page_of_charts_are_unique():
    ids = re.findall(r'\bid="([^"]+)"', "".join(chart.svg for chart in EXAMPLES))
    assert len(ids) == len(set(ids))


def test_the_same_data_give_the_same_picture():
    again = [chart for _, wide, narrow in all_charts() for chart in (wide, narrow)]
    assert again == EXAMPLES


@pytest.mark.parametrize("style", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize(
    "value", [None, WITHHELD, NotPublished(), 0, -5, Decimal("3.5"), 1e12, float("nan")], ids=repr
)
def test_any_value_can_be_drawn(value, style):
    for chart in every_kind("a", value, style):
        assert tree(chart).tag == f"{SVG}svg"
        assert "nan" not in re.sub(r">[^<]*<", "><", chart.svg)


@given(st.text())
def test_any_text_can_be_a_label(text):
    for chart in every_kind(text, 1):
        tree(chart)


def test_markup_in_labels_stays_text():
    bad = "<script>alert('x')</script> & \"quotes\""
    for chart in every_kind(bad, 1):
        assert "<script" not in chart.svg
        assert bad in chart.table.headers or any(bad in row for row in chart.table.rows)
    chart = charts.bars(spec(title=bad), (charts.Bar("a", 1),))
    assert tree(chart).find(f"{SVG}title").text == bad


def test_a_bad_id_is_refused():
    with pytest.raises(ValueError, match="id must be letters"):
        charts.bars(spec(id='x" onload="alert(1)'), (charts.Bar("a", 1),))


class TestNotPublished:
    """A withheld figure is hatching and words, never a number, a zero or a blank."""

    @pytest.mark.parametrize("style", [WIDE, NARROW], ids=["wide", "narrow"])
    def test_is_hatched_in_every_kind_but_scatter(self, style):
        for chart in every_kind("a", WITHHELD, style):
            if "Scatter" in str(chart.table.headers) or chart.table.headers == ("", "a", "a"):
                continue  # a scatter holds members that agreed; it leaves the others out
            if "Until" in chart.table.headers:
                continue  # days of one's own plan are nobody's secret
            if any("No" in header for header in chart.table.headers):
                continue  # stacked answers are withheld by the row, below
            assert "-hatch)" in chart.svg
            assert "not published (fewer than five members)" in str(chart.table.rows)

    def test_row_of_stacked_answers_is_hatched(self):
        chart = charts.stacked(spec(), (charts.StackPart("Yes", "yes"),), (charts.StackRow("a", WITHHELD),))
        assert "-hatch)" in chart.svg
        assert "not published (fewer than five members)" in words(chart)

    def test_no_number_takes_its_place(self):
        chart = charts.bars(spec(), (charts.Bar("a", WITHHELD),))
        assert chart.table.rows == (("a", "not published (fewer than five members)"),)
        assert not re.search(r"\d", words(chart))


class TestGaps:
    def test_line_is_not_drawn_across_a_gap_or_a_break(self):
        points = tuple(charts.LinePoint(value) for value in (1, 2, None, 3, 4))
        chart = charts.line(spec(), tuple("abcde"), (charts.LineSeries("s", points, frozenset({4})),))
        path = next(p.get("d") for p in tree(chart).iter(f"{SVG}path") if p.get("class") == "c-l1")
        assert re.sub(r"[^ML]", "", path) == "MLMM"

    def test_radar_is_open_where_an_axis_has_no_answer(self):
        def outline(value: charts.Value) -> str:
            chart = charts.radar(spec(), tuple("abcd"), (charts.RadarSeries("s", (1, value, 3, 4)),))
            return next(p.get("d") for p in tree(chart).iter(f"{SVG}path") if p.get("class") == "c-l1")

        assert outline(2).endswith("Z")
        assert re.sub(r"[^MLZ]", "", outline(None)) == "MLL"

    def test_zero_is_a_bar_and_none_is_words(self):
        chart = charts.bars(spec(), (charts.Bar("a", 0), charts.Bar("b", None)))
        assert chart.table.rows == (("a", "0"), ("b", "no answer"))
        assert len([r for r in tree(chart).iter(f"{SVG}rect") if r.get("class") == "c-s1"]) == 1


class TestStacked:
    def test_parts_fill_the_bar_whatever_they_add_up_to(self):
        parts = (charts.StackPart("Yes", "yes"), charts.StackPart("No", "no"))
        chart = charts.stacked(spec(), parts, (charts.StackRow("a", (3, 1)),))
        assert chart.table.rows == (("a", "75", "25"),)

    def test_number_of_values_must_match(self):
        with pytest.raises(ValueError, match="one value per part"):
            charts.stacked(spec(), (charts.StackPart("Yes", "yes"),), (charts.StackRow("a", (3, 1)),))


def test_negative_bars_grow_to_the_other_side():
    chart = charts.bars(spec(), (charts.Bar("a", -5), charts.Bar("b", 5)))
    left, right = (r for r in tree(chart).iter(f"{SVG}rect") if r.get("class") == "c-s1")
    assert float(left.get("x")) + float(left.get("width")) == pytest.approx(float(right.get("x")), abs=0.2)


def test_numbers_are_written_by_the_given_formatter():
    chart = charts.bars(spec(format=lambda value: f"«{value}»"), (charts.Bar("a", Decimal("1234.5")),))
    assert "«1234.5»" in words(chart)
    assert chart.table.rows == (("a", "«1234.5»"),)


def test_labels_are_shaped_in_the_picture_but_not_in_the_table():
    chart = charts.bars(spec(style=Style(shape=str.upper)), (charts.Bar("abc", 1),))
    assert "ABC" in words(chart)
    assert chart.table.rows[0][0] == "abc"


def test_pdf_style_puts_the_summary_into_the_title():
    chart = charts.bars(spec(style=Style(alt_in_title=True)), (charts.Bar("Women", 64),))
    assert tree(chart).find(f"{SVG}title").text == "How many? Women: 64."


def test_right_to_left_pages_turn_the_anchors_of_their_words_and_keep_numbers_in_order():
    def found(label: str, style: Style) -> tuple[str | None, str | None]:
        chart = charts.bars(spec(style=style), (charts.Bar(label, 1),))
        text = next(t for t in tree(chart).iter(f"{SVG}text") if t.text == label)
        return text.get("text-anchor"), text.get("direction")

    arabic = "\u0646\u0633\u0627\u0621"
    assert (found(arabic, WIDE), found(arabic, Style(rtl=True))) == (("end", None), (None, None))
    assert (found("10–19", WIDE), found("10–19", Style(rtl=True))) == (("end", None), ("end", "ltr"))


def test_note_travels_with_the_chart():
    note = Note(n="5–9", period="2025", source="returns", formula="a / b")
    assert charts.bars(spec(note=note), (charts.Bar("a", 1),)).note == note


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: charts.radar(spec(), ("a", "b"), (charts.RadarSeries("s", (1, 2)),)), "three axes"),
        (
            lambda: charts.radar(spec(), tuple("abc"), (charts.RadarSeries("s", (1, 2)),)),
            "one value per axis",
        ),
        (lambda: charts.line(spec(), ("a",), (charts.LineSeries("s", ()),)), "one point per period"),
        (lambda: charts.dots(spec(), ("a", "b"), (charts.DotRow("r", (1,)),)), "one value per series"),
        (lambda: charts.heat(spec(), ("a", "b"), (charts.HeatRow("r", (1,)),)), "one value per column"),
    ],
)
def test_data_of_the_wrong_shape_are_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


class TestSparkBar:
    @pytest.mark.parametrize(("value", "width"), [(50, "48"), (200, "96"), (100, "96")])
    def test_length_is_the_share(self, value, width):
        bar = ElementTree.fromstring(charts.spark_bar(value)).findall(f"{SVG}rect")[1]
        assert bar.get("width") == width

    @pytest.mark.parametrize("value", [0, None, WITHHELD, -3])
    def test_nothing_is_drawn_for_nothing(self, value):
        assert len(ElementTree.fromstring(charts.spark_bar(value)).findall(f"{SVG}rect")) == 1

    def test_is_hidden_from_readers_unless_it_has_a_name(self):
        assert ElementTree.fromstring(charts.spark_bar(1)).get("aria-hidden") == "true"
        named = ElementTree.fromstring(charts.spark_bar(1, label='a & "b"'))
        assert named.get("aria-label") == 'a & "b"'


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_ticks_are_even_and_cover_the_range(low, high):
    found = ticks(low, high)
    low, high = min(low, high), max(low, high)
    # ticks of numbers that cannot be told apart are those of zero to one
    slack = max(max(abs(low), abs(high), 1e-9) * 1e-6, 1e-12)
    assert found[0] <= low + slack
    assert found[-1] >= high - slack
    assert 2 <= len(found) <= 13
    assert found == sorted(set(found))


@given(st.text(max_size=80), st.floats(20, 400))
def test_shortened_text_fits(text, room):
    assert text_width(ellipsize(text, room), 13) <= room
    assert all(text_width(line, 13) <= room for line in wrap(text, room, most=3))


def test_text_wraps_at_words_and_behind_hyphens():
    assert wrap("Client-centred products", 70, most=3) == ["Client-", "centred", "products"]
    assert wrap("Client-centred products", 400) == ["Client-centred products"]


@given(st.lists(st.floats(0, 100), max_size=6))
def test_spread_labels_keep_their_distance_and_their_order(places):
    moved = spread(places, 10, 0, 100)
    in_order = [y for _, y in sorted(zip(places, moved, strict=True), key=lambda pair: pair[0])]
    assert all(b - a > 9.99 for a, b in zip(sorted(moved), sorted(moved)[1:], strict=False))
    assert all(-0.001 <= y <= 100.001 for y in moved)
    if len(set(places)) == len(places):
        assert in_order == sorted(moved)


def test_bands_of_many_periods_take_turns_instead_of_touching():
    points = tuple(charts.LinePoint(value, "10–19") for value in range(12))
    chart = charts.line(
        spec(style=NARROW), tuple(map(str, range(2008, 2020))), (charts.LineSeries("", points),)
    )
    bands = [text for text in tree(chart).iter(f"{SVG}text") if text.text == "10–19"]
    assert len(bands) == 12
    rows: dict[str, list[float]] = {}
    for text in bands:
        rows.setdefault(text.get("y"), []).append(float(text.get("x")))
    assert len(rows) > 1
    for places in rows.values():
        assert all(after - before > 34 for before, after in pairwise(sorted(places)))


def test_a_line_that_ends_early_says_when_and_a_falling_one_has_its_words_below():
    ends = charts.line(
        spec(),
        ("2012", "2013", "2014"),
        (
            charts.LineSeries("a", (charts.LinePoint(5), charts.LinePoint(4), charts.LinePoint(None))),
            charts.LineSeries("b", (charts.LinePoint(1), charts.LinePoint(2), charts.LinePoint(3))),
        ),
    )
    words = {text.text for text in tree(ends).iter(f"{SVG}text")}
    assert any("(2013)" in (one or "") for one in words)
    assert not any("(2014)" in (one or "") for one in words)

    def height(first: int) -> float:
        chart = charts.line(
            spec(),
            ("2012", "2013", "2014", "2015"),
            (charts.LineSeries("", tuple(map(charts.LinePoint, (9, first, 5, None)))),),
        )
        return next(
            float(text.get("y"))
            for text in tree(chart).iter(f"{SVG}text")
            if text.get("font-weight") and text.get("text-anchor") == "middle"
        )

    assert height(first=8) > height(first=2)


def test_a_long_median_beside_the_rails_stays_inside_the_picture():
    row = charts.StripRow(
        "Gross loan portfolio", 7, 54, 255, format=lambda value: f"USD {value} millones y más"
    )
    chart = charts.strip(spec(), (row, charts.StripRow("Active borrowers", 1, 2, 3)))
    texts = [text for text in tree(chart).iter(f"{SVG}text") if "median" in "".join(text.itertext())]
    beside = [text for text in texts if float(text.get("x")) > 200]
    assert len(beside) == 2
    assert len({text.get("x") for text in beside}) == 1
    for text in beside:
        assert float(text.get("x")) + text_width("".join(text.itertext()), 11.5) <= WIDE.width


def test_a_long_own_name_has_a_line_of_its_own_in_the_key_of_a_strip():
    name = "Cooperativa de Ahorro y Crédito Norandino"
    row = charts.StripRow("Active borrowers", 1, 2, 3, 2)
    for label, width in ((name, NARROW.width), ("We", NARROW.width), (name * 3, NARROW.width)):
        chart = charts.strip(spec(style=NARROW), (row,), own_label=label)
        for text in tree(chart).iter(f"{SVG}text"):
            end = float(text.get("x")) + text_width(
                "".join(text.itertext()), float(text.get("font-size", "13"))
            )
            assert text.get("text-anchor") or end <= width + 1
    assert name in words(charts.strip(spec(style=NARROW), (row,), own_label=name))


class TestTimeline:
    ROW = charts.SpanRow("Train two reviewers", date(2025, 8, 31), date(2025, 3, 1), 0, "Under way")

    def test_names_quarters_and_marks_today_where_it_is_near(self):
        near = charts.spans(spec(), (self.ROW,), today=date(2025, 10, 2))
        assert {"2025", "Q1", "Q4", "today"} <= set(words(near).split())
        far = charts.spans(spec(), (self.ROW,), today=date(2031, 1, 1))
        assert "today" not in words(far)
        assert "Q4" not in words(far)
        assert near.table.rows == (("Train two reviewers", "03/01/2025", "08/31/2025", "Under way"),)

    def test_needs_a_row(self):
        with pytest.raises(ValueError, match="needs a row"):
            charts.spans(spec(), (), today=date(2025, 1, 1))
