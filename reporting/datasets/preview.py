"""The figures of one return as they go into the figures of all members: given and derived values by section."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.datasets.wording import value_text
from reporting.selectors.returns import ReturnSheet


@dataclass(frozen=True, slots=True)
class Section:
    """A section's title, and the label and value of everything that has one."""

    title: str
    rows: tuple[tuple[str, str], ...]


def figures_of(sheet: ReturnSheet) -> tuple[Section, ...]:
    """What a return says, in words, section by section and the derived values last; sections without values are left
    out."""
    currency = sheet.submission.currency
    found = []
    for section in sheet.catalogue.sections:
        rows = [
            (one.label, value_text(one, sheet.computed.values.get(one.code), currency))
            for one in section.indicators
        ]
        found.append(Section(section.title, tuple(row for row in rows if row[1])))
    derived = [
        (one.label, value_text(one, sheet.computed.derived.get(one.code), currency))
        for one in sheet.catalogue.derived
    ]
    found.append(Section(_("Ratios and indexes"), tuple(row for row in derived if row[1])))
    return tuple(one for one in found if one.rows)
