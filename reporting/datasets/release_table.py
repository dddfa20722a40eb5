"""The figures of releases as one flat table, a row for each figure, for files and programs."""

from collections.abc import Iterable
from typing import NamedTuple

from reporting.datasets.verification_words import verification_words
from reporting.models import Release, ReleaseCell
from reporting.selectors.catalogues import catalogue_of


class FigureRow(NamedTuple):
    """One figure, or the fact that it is not published: then `published` is "no" and there is no number.

    `currency` stands beside amounts alone. `relation` says how the true figure stands to the value: equal, at_most or
    at_least. `contributors` is a band such as 5-9, `verification` how far their values were checked, in words. `kept`
    is "yes" for a figure of an edition before, which too few members changed to tell it anew.
    """

    association: str
    round: str
    period_end: str
    edition: int
    published_on: str
    edition_sha256: str
    group: str
    code: str
    label: str
    unit: str
    currency: str
    statistic: str
    category: str
    published: str
    value: float | None
    relation: str
    contributors: str
    verification: str
    kept: str


COLUMNS = FigureRow._fields


def figure_rows(release: Release, cells: Iterable[ReleaseCell]) -> list[FigureRow]:
    """The figures of one edition in their order; labels in the language that is active."""
    catalogue = catalogue_of(release.catalogue)
    currency = str(release.method.get("currency") or "")
    rows = []
    for cell in cells:
        part = catalogue.find(cell.code)
        unit = (part.unit if part else None) or ""
        rows.append(
            FigureRow(
                association=release.association.slug,
                round=release.round.code,
                period_end=release.round.period_end.isoformat(),
                edition=release.number,
                published_on=release.published_at.date().isoformat(),
                edition_sha256=release.edition_sha256,
                group=cell.group,
                code=cell.code,
                label=part.label if part else cell.code,
                unit=unit,
                currency=currency if unit == "currency" else "",
                statistic=cell.statistic,
                category=cell.category,
                published="yes" if cell.published else "no",
                value=cell.value,
                relation=cell.relation if cell.published else "",
                contributors=cell.n_band,
                verification=verification_words(cell.verification) if cell.published else "",
                kept="yes" if cell.kept else "",
            )
        )
    return rows
