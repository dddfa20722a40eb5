"""What a donor's dashboard shows, as tables for files: one row for each figure of each association."""

from django.utils import translation
from django.utils.translation import gettext as _

from reporting.datasets.figure_values import USD
from reporting.datasets.portfolio import Entry, Line, Portfolio
from spm_portal.common.table_files import Cell, Sheet


def sheets(shown: Portfolio) -> tuple[Sheet, Sheet]:
    """The figures, and the associations with their editions; numbers as they are published."""
    with translation.override(shown.language):
        return _figures(shown), _associations(shown)


def _figures(shown: Portfolio) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for line in shown.lines:
        rows += [_row(line, entry) for entry in line.entries]
        if line.together is not None:
            one = line.together
            parts = _("%(count)s of %(total)s associations") % {"count": one.parts, "total": one.of}
            unit = next((entry.value.unit for entry in line.entries if entry.value.unit), "")
            rows.append(
                (
                    _("All together"),
                    parts,
                    "",
                    None,
                    "",
                    line.code,
                    line.label,
                    one.number,
                    one.words,
                    "",
                    unit,
                    None,
                    "",
                    "",
                    one.n,
                    "",
                    "",
                    line.formula,
                    "",
                )
            )
    headers = (
        _("Association"), _("Round"), _("Period end"), _("Edition"), _("Published on"), _("Code"), _("Figure"),
        _("Value"), _("In words"), _("Relation"), _("Unit"), _("In US dollars"), _("Rate"), _("Statistic"),
        _("Members"), _("Checked"), _("Change on the same members"), _("Formula"), _("Do not compare"),
    )  # fmt: skip
    return Sheet(_("Figures"), headers, tuple(rows))


def _row(line: Line, entry: Entry) -> tuple[Cell, ...]:
    edition, value = entry.column.edition, entry.value
    assert edition is not None
    release = edition.release
    return (
        entry.column.association.name,
        release.round.code,
        release.method["period_end"],
        release.number,
        release.published_at.date().isoformat(),
        line.code,
        line.label,
        value.number,
        value.words,
        value.relation,
        value.unit,
        value.number if value.unit == USD else entry.dollars,
        entry.column.rate if edition.is_amount(line.code) else "",
        value.statistic,
        value.n,
        value.checked,
        entry.trend.words if entry.trend else "",
        line.formula,
        entry.mark,
    )


def _associations(shown: Portfolio) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for column in shown.columns:
        release = column.release
        if release is None:
            rows.append((column.association.name, _("nothing published"), *[None] * 9))
            continue
        rows.append(
            (
                column.association.name,
                release.round.name,
                release.method["period_end"],
                release.number,
                release.published_at.date().isoformat(),
                release.contributor_count,
                release.invited_count,
                column.edition.currency if column.edition else "",
                column.edition.rate if column.edition else None,
                column.checked,
                release.edition_sha256,
            )
        )
    headers = (
        _("Association"), _("Round"), _("Period end"), _("Edition"), _("Published on"), _("Members in the figures"),
        _("Invited"), _("Currency"), _("Units per US dollar"), _("Checked"), _("Hash of the edition"),
    )  # fmt: skip
    return Sheet(_("Associations"), headers, tuple(rows))
