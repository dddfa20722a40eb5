"""What the page of figures over time shows, as tables for files: every figure of every edition, and their quality."""

from django.utils import translation
from django.utils.translation import gettext as _

from reporting.datasets.over_time import OverTime
from spm_portal.common.table_files import Sheet


def sheets(shown: OverTime) -> tuple[Sheet, Sheet]:
    """The figures, and the response and data quality of each round; numbers as they are published."""
    with translation.override(shown.language):
        return _figures(shown), _quality(shown)


def _figures(shown: OverTime) -> Sheet:
    rows = []
    for group in shown.groups:
        for series in group.series:
            for point in series.points:
                release, value = point.edition.release, point.value
                rows.append(
                    (
                        group.title,
                        series.code,
                        series.label,
                        point.label,
                        release.method["period_end"],
                        release.number,
                        release.published_at.date().isoformat(),
                        value.number,
                        value.words,
                        value.relation,
                        value.unit,
                        value.statistic,
                        value.n,
                        value.checked,
                        point.cut,
                        series.formula,
                        release.edition_sha256,
                    )
                )
    headers = (
        _("Group"), _("Code"), _("Figure"), _("Period"), _("Period end"), _("Edition"), _("Published on"),
        _("Value"), _("In words"), _("Relation"), _("Unit"), _("Statistic"), _("Members"), _("Checked"),
        _("Cannot be compared with the period before"), _("Formula"), _("Hash of the edition"),
    )  # fmt: skip
    return Sheet(_("Figures"), headers, tuple(rows))


def _quality(shown: OverTime) -> Sheet:
    rows = tuple(
        (
            one.label,
            one.round_name,
            one.period_end,
            one.edition,
            one.published_on,
            one.currency,
            one.invited,
            one.approved,
            one.contributors,
            one.published,
            one.withheld,
            one.checked,
        )
        for one in shown.quality
    )
    headers = (
        _("Period"), _("Round"), _("Period end"), _("Edition"), _("Published on"), _("Currency"), _("Invited"),
        _("Approved"), _("Members in the figures"), _("Published figures"), _("Not published"), _("Checked"),
    )  # fmt: skip
    return Sheet(_("Response and data quality"), headers, rows)
