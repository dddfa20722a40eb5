"""A training year as pictures, as words and as tables of a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from spm_portal.common import charts
from spm_portal.common.charts import Chart, Note, Spec, Style
from spm_portal.common.charts.model import Number
from spm_portal.common.numbers import format_number
from spm_portal.common.table_files import Cell, Sheet
from spm_portal.common.templatetags.ui import country
from training.enums import Sex, Topic
from training.headcounts import Headcount
from training.selectors.year import TrainingYear


@dataclass(frozen=True, slots=True)
class YearPictures:
    """The charts of a year for one width; None where there is nothing to draw."""

    topics: Chart | None
    countries: Chart | None
    sexes: Chart | None


def pictures(year: TrainingYear, style: Style, suffix: str = "") -> YearPictures:
    """The charts of a year in the active language."""
    topics = [(str(Topic(code).label), people) for code, people in year.by_topic.items() if people]
    return YearPictures(
        topics=_bars("topics", _("What were people trained in?"), topics, style, suffix, _places()),
        countries=_bars(
            "countries", _("Where do they work?"), told(year.by_country, None), style, suffix, _people()
        ),
        sexes=_bars("sexes", _("Who are they?"), told(year.by_sex, _sexes()), style, suffix, _people()),
    )


def page_styles() -> tuple[Style, Style]:
    """For a page and for a telephone."""
    rtl = get_language_bidi()
    return Style(rtl=rtl), Style(width=360, rtl=rtl)


def told(counts: Sequence[Headcount], names: Mapping[str, str] | None) -> list[tuple[str, int]]:
    """Groups in words with their people; `names` of the groups, None for countries."""
    return [
        (", ".join(sorted(country(key) if names is None else names[key] for key in one.keys)), one.people)
        for one in counts
    ]


def year_sheets(year: TrainingYear) -> list[Sheet]:
    """The year in numbers, its sessions, and who was trained."""
    return [_numbers(year), _sessions(year), _groups(year)]


def _people() -> str:
    return _("people who were there, each once; groups of fewer than five stand together")


def _places() -> str:
    return _("people who were there; somebody in two sessions counts twice")


def _bars(
    name: str, title: str, rows: Sequence[tuple[str, int]], style: Style, suffix: str, formula: str
) -> Chart | None:
    if not rows:
        return None
    spec = Spec(id=f"y-{name}{suffix}", title=title, format=_whole, note=Note(formula=formula), style=style)
    bars = tuple(charts.Bar(label, people) for label, people in rows)
    return charts.bars(spec, bars, maximum=max(people for _label, people in rows))


def _whole(value: Number) -> str:
    return format_number(float(value), language=get_language() or "en", decimals=0)


def _sexes() -> dict[str, str]:
    return {code: str(label) for code, label in Sex.choices}


def _numbers(year: TrainingYear) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (_("Year"), year.year, ""),
        (_("Sessions held"), len(year.lines), ""),
        (_("People trained, each once"), year.people, ""),
        (_("Places taken"), year.places, ""),
        (_("Members that sent people"), year.members, ""),
        (_("Hours of training times people"), float(year.hours), ""),
        (_("Change from test to test (points)"), _number(year.improvement), ""),
        (_("Evaluation (1–5)"), _number(year.rating), ""),
        (_("Certificates issued"), year.certificates, ""),
        (_("Cases of technical assistance begun"), year.assistance.begun, ""),
        (_("Cases ended"), year.assistance.ended, ""),
        (_("Hours of technical assistance"), float(year.assistance.hours), ""),
        (_("Rating of cases by members (1–5)"), _number(year.assistance.rating), ""),
    ]
    for one in year.sums:
        rows += [
            (_("Cost of sessions"), float(one.cost), one.currency),
            (_("Cost per person and session"), _number(one.cost_per_head), one.currency),
            (_("Paid by members"), float(one.fees), one.currency),
            (_("Paid by scholarships"), float(one.scholarships), one.currency),
            (_("Grants and other income"), float(one.income), one.currency),
            (_("Cost of technical assistance"), float(one.cases), one.currency),
            (_("of it paid by the association"), float(one.cases_association), one.currency),
        ]
    return Sheet(_("Year"), (_("Figure"), _("Value"), _("Currency")), tuple(rows))


def _sessions(year: TrainingYear) -> Sheet:
    headers = (
        *(_("Session"), _("Topic"), _("From"), _("Until"), _("Place"), _("Hours"), _("People")),
        *(_("Test before (%)"), _("Test after (%)"), _("Evaluation (1–5)")),
        *(_("Currency"), _("Cost"), _("Cost per person"), _("Paid by members"), _("Paid by scholarships")),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            line.session.title,
            str(Topic(line.session.course.topic).label),
            line.session.starts_at.date().isoformat(),
            line.session.ends_at.date().isoformat(),
            _("Online") if line.session.is_online else line.session.place,
            float(line.session.course.hours),
            line.people,
            _number(line.results.tests.pre),
            _number(line.results.tests.post),
            _number(line.results.after.overall),
            line.totals.currency,
            float(line.totals.real_cost),
            _number(line.cost_per_head),
            float(line.totals.net_fees),
            float(line.totals.awards),
        )
        for line in year.lines
    ]
    return Sheet(_("Sessions"), headers, tuple(rows))


def _groups(year: TrainingYear) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        *((_("Sex"), label, people) for label, people in told(year.by_sex, _sexes())),
        *((_("Country"), label, people) for label, people in told(year.by_country, None)),
        *((_("Topic"), str(Topic(code).label), people) for code, people in year.by_topic.items()),
    ]
    return Sheet(_("People"), (_("By"), _("Group"), _("People")), tuple(rows))


def _number(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 2)
