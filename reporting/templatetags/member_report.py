"""The tags that draw a member's report into its PDF."""

from django import template

from reporting.datasets import member_drawing
from reporting.datasets.member_place import Strip
from reporting.datasets.member_report import MemberReport
from reporting.datasets.member_years import Trend
from spm_portal.common.charts import Style

register = template.Library()


@register.simple_tag
def member_radar(report: MemberReport, style: Style) -> str:
    """The dimensions; nothing where too few are answered."""
    chart = member_drawing.radar_chart(report, style)
    return chart.svg if chart is not None else ""


@register.simple_tag
def member_strip(report: MemberReport, strip: Strip, style: Style) -> str:
    """The middle half of members with the member's own figures."""
    return member_drawing.strip_chart(report, strip, style).svg


@register.simple_tag
def member_trend(report: MemberReport, trend: Trend, style: Style) -> str:
    """One figure over the years."""
    return member_drawing.trend_chart(report, trend, style).svg


@register.simple_tag
def member_levels(report: MemberReport, style: Style) -> str:
    """How far the values were checked."""
    return member_drawing.levels_chart(report, report.quality, style).svg
