"""The charts of an assessment's results: the same data drawn for pages, phones and paper."""

from dataclasses import dataclass, replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from capacity.datasets.result_parts import Results
from spm_portal.common import charts
from spm_portal.common.charts import Chart, Note, Spec, Style


@dataclass(frozen=True, slots=True)
class Pictures:
    """All charts; None where there is nothing to draw."""

    heat: Chart
    radar: Chart | None
    spread: Chart | None
    change: Chart | None
    outside: Chart | None


def pictures(results: Results, style: Style, suffix: str = "") -> Pictures:
    """Draw everything in one style; `suffix` keeps ids apart where a page has two styles."""
    return Pictures(
        heat_chart(results, style, suffix),
        radar_chart(results, style, suffix),
        spread_chart(results, style, suffix),
        change_chart(results, style, suffix),
        outside_chart(results, style, suffix),
    )


def heat_chart(results: Results, style: Style, suffix: str = "") -> Chart:
    """Areas by categories."""
    spec = _spec(
        results,
        style,
        f"heat{suffix}",
        _("Where are we strong, and where are we weak?"),
        Note(
            period=_as_of(results),
            source=_scale(results),
            formula=_("mean of the agreed levels; items that do not apply are left out"),
        ),
    )
    rows = tuple(charts.HeatRow(area.label, area.cells) for area in results.areas)
    return charts.heat(spec, results.categories, rows, low=0, high=results.highest)


def radar_chart(results: Results, style: Style, suffix: str = "") -> Chart | None:
    """The areas, with those of the last assessment if it asked the same; None for fewer than three areas."""
    if len(results.areas) < 3:
        return None
    spec = _spec(
        results,
        style,
        f"radar{suffix}",
        _("How do the areas stand beside each other?"),
        Note(period=_as_of(results), formula=_("mean of the agreed levels of each area")),
    )
    series = [charts.RadarSeries(results.title, tuple(area.value for area in results.areas))]
    if results.before and not results.before.breaks:
        series.append(charts.RadarSeries(results.before.title, tuple(area.earlier for area in results.areas)))
    return charts.radar(
        spec, tuple(area.label for area in results.areas), tuple(series), maximum=results.highest
    )


def spread_chart(results: Results, style: Style, suffix: str = "") -> Chart | None:
    """What was agreed beside what each group of raters had given; None where only one group scored."""
    if len(results.groups) < 2:
        return None
    spec = _spec(
        results,
        style,
        f"spread{suffix}",
        _("Did board, staff and others see it alike?"),
        Note(
            source=", ".join(f"{group}: {count}" for group, count in results.groups),
            formula=_("mean of the raters’ own means of an area, before the session"),
        ),
    )
    names = (pgettext("level", "Agreed"), *(group for group, _count in results.groups))
    rows = tuple(charts.DotRow(area.label, (area.value, *area.groups)) for area in results.areas)
    return charts.dots(spec, names, rows, low=0, high=results.highest)


def change_chart(results: Results, style: Style, suffix: str = "") -> Chart | None:
    """Levels gained by area, over the items that can be compared; None without an assessment before."""
    before = results.before
    if before is None:
        return None
    spec = replace(
        _spec(
            results,
            style,
            f"change{suffix}",
            _("What changed since the last assessment?"),
            Note(
                period=_("since %(title)s") % {"title": before.title},
                formula=_("mean now less mean then, both over the items that can be compared"),
            ),
        ),
        format=results.write_change,
    )
    rows = tuple(
        charts.Bar(
            area.label,
            area.difference,
            detail=_("%(count)s not compared") % {"count": area.left_out} if area.left_out else "",
        )
        for area in results.areas
    )
    return charts.bars(spec, rows)


def outside_chart(results: Results, style: Style, suffix: str = "") -> Chart | None:
    """What was found from outside beside the agreed levels; None where nothing was checked."""
    checked = [area for area in results.areas if area.verified]
    if not checked:
        return None
    spec = _spec(
        results,
        style,
        f"outside{suffix}",
        _("Did somebody from outside see it alike?"),
        Note(
            source=_("%(verified)s of %(total)s levels checked")
            % {"verified": results.verified, "total": results.verified_of},
            formula=_("both means over the items that were checked"),
        ),
    )
    names = (pgettext("level", "Agreed"), pgettext("level", "Found from outside"))
    rows = tuple(charts.DotRow(area.label, (area.self_mean, area.verified_mean)) for area in checked)
    return charts.dots(spec, names, rows, low=0, high=results.highest)


def page_styles(results: Results) -> tuple[Style, Style]:
    """How charts look on a page: wide, and for phones."""
    return Style(rtl=results.rtl), Style(width=360, rtl=results.rtl)


def _spec(results: Results, style: Style, name: str, title: str, note: Note) -> Spec:
    return Spec(id=f"r-{name}", title=title, format=results.write, note=note, style=style)


def _as_of(results: Results) -> str:
    return _("as of %(day)s") % {"day": date_format(results.as_of)}


def _scale(results: Results) -> str:
    (low, least), (high, most) = results.scale[0], results.scale[-1]
    return _("levels from %(low)s, “%(least)s”, to %(high)s, “%(most)s”") % {
        "low": low,
        "least": least,
        "high": high,
        "most": most,
    }
