"""Where a member's figures stand beside the published middle half of the others."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.datasets.member_figures import Own, is_index
from reporting.datasets.parts import Writer
from reporting.statistics import Place, place
from spm_portal.common.charts import NotPublished, Value

CLIENTS = (
    "active_borrowers", "gross_loan_portfolio", "avg_loan_balance", "pct_female_borrowers", "pct_rural_borrowers",
    "retention_rate", "nominal_rate", "transparency_index", "complaint_resolution_rate",
)  # fmt: skip
RESULTS = (
    "par30_ratio", "write_off_ratio", "oss", "operating_expense_ratio", "borrowers_per_officer", "staff_turnover",
    "pct_women_staff", "pct_women_managers", "pct_women_board",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One figure of the member beside the middle half of the others. `place` None: nothing is published to compare."""

    code: str
    label: str
    own: float
    own_words: str
    lower: Value
    median: Value
    upper: Value
    place: Place | None
    n_band: str
    write: Writer
    domain: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows of one theme under the question that they answer."""

    id: str
    title: str
    rows: tuple[PlaceRow, ...]

    @property
    def n(self) -> str:
        """The bands of contributors that occur."""
        bands = sorted({row.n_band for row in self.rows if row.n_band}, key=_band_order)
        return ", ".join(band.replace("-", "–") for band in bands)


def strips_of(own: Own) -> tuple[Strip, ...]:
    """Strips where at least one figure of the theme is published; none at all without a release."""
    if own.source.peers.release is None:
        return ()
    indexes = (
        "practice_index",
        *(f"practice_index_{one.code.lower()}" for one in own.catalogue.dimensions),
        "cp_index",
    )
    themes = (
        ("practices", _("Where do our practices stand?"), indexes),
        ("clients", _("Where do our clients, loans and prices stand?"), CLIENTS),
        ("results", _("Where do our results and our staff stand?"), RESULTS),
    )
    found = []
    for ident, title, codes in themes:
        rows = tuple(row for code in codes if (row := _row(own, code)) is not None)
        if any(row.place is not None for row in rows):
            found.append(Strip(ident, title, rows))
    return tuple(found)


def _row(own: Own, code: str) -> PlaceRow | None:
    value, part = own.value(code), own.part(code)
    if value is None or part is None:
        return None
    peers = own.peers(code)
    withheld = NotPublished(_("to protect members"))
    return PlaceRow(
        code=code,
        label=own.label(code),
        own=value,
        own_words=own.words(code),
        lower=peers.lower if peers else withheld,
        median=peers.median if peers else withheld,
        upper=peers.upper if peers else withheld,
        place=place(value, peers.lower, peers.upper) if peers else None,
        n_band=peers.n_band if peers else "",
        write=own.writer(code),
        domain=(0, 100) if is_index(code) else None,
    )


def _band_order(band: str) -> int:
    order = ("5-9", "10-19", "20+")
    return order.index(band) if band in order else len(order)
