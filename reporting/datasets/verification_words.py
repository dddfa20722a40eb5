"""How far the values behind a published figure were checked, in words that give no single member away.

`ReleaseCell.verification` holds what `reporting/services/release_verification.py` let through: `most`, the highest
level that half or more of the contributors reach, and from ten contributors on `at_least`, the share of contributors
at a level or better in steps of five per cent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from reporting.enums import VerificationLevel
from spm_portal.common.numbers import format_percent

RANK = {level: place for place, level in enumerate(VerificationLevel.values)}
SELF = VerificationLevel.SELF_REPORTED
MOSTLY: dict[str, str | Promise] = {
    VerificationLevel.SELF_REPORTED: gettext_lazy("mostly self-reported"),
    VerificationLevel.STAFF_CHECKED: gettext_lazy("half or more checked by staff"),
    VerificationLevel.EVIDENCE_SEEN: gettext_lazy("half or more with evidence"),
    VerificationLevel.AUDITED: gettext_lazy("half or more audited"),
}
SHORT: dict[str, str | Promise] = {
    VerificationLevel.SELF_REPORTED: gettext_lazy("self-reported"),
    VerificationLevel.STAFF_CHECKED: gettext_lazy("by staff"),
    VerificationLevel.EVIDENCE_SEEN: gettext_lazy("with evidence"),
    VerificationLevel.AUDITED: gettext_lazy("audited"),
}


@dataclass(frozen=True, slots=True)
class Levels:
    """How far the contributors of a figure were checked, as far as it may be told."""

    most: str = SELF
    at_least: tuple[tuple[str, int], ...] = ()

    @property
    def words(self) -> str:
        """Such as "80 % checked by staff or better, 40 % with evidence", or "mostly self-reported"."""
        if not self.at_least:
            return str(MOSTLY[self.most])
        return ", ".join(_share_words(level, share) for level, share in self.at_least)

    @property
    def short(self) -> str:
        """What half or more reach, for a column headed "Checked"."""
        return str(SHORT[self.most])

    def reach(self, level: str) -> bool:
        """Whether half or more of the contributors are at this level or better: what a filter asks."""
        return RANK[self.most] >= RANK[level]


def levels_of_cell(verification: Mapping[str, Any]) -> Levels | None:
    """What a cell says of its levels; None where it says nothing: not published, or of an edition before levels."""
    most = verification.get("most")
    if most not in RANK:
        return None
    shares = verification.get("at_least") or {}
    return Levels(most, tuple((level, int(shares[level])) for level in RANK if level in shares))


def verification_words(verification: Mapping[str, Any]) -> str:
    """How far the values of a cell were checked, in the active language; empty where the cell says nothing."""
    levels = levels_of_cell(verification)
    return levels.words if levels is not None else ""


def words_of_many(found: Iterable[Levels | None]) -> str:
    """The line under a chart or table of several figures: their common words, or the least and the most checked.

    Shares differ from row to row, so that several rows are told by what half or more of the contributors reach.
    """
    kept = {levels for levels in found if levels is not None}
    if len(kept) == 1:
        return kept.pop().words
    ranked = sorted({levels.most for levels in kept}, key=lambda level: RANK[level])
    if not ranked:
        return ""
    if len(ranked) == 1:
        return str(MOSTLY[ranked[0]])
    return _("%(first)s to %(last)s") % {"first": MOSTLY[ranked[0]], "last": MOSTLY[ranked[-1]]}


def _share_words(level: str, share: int) -> str:
    words = {"share": format_percent(Decimal(share), language=get_language() or "en", decimals=None)}
    if level == VerificationLevel.AUDITED:
        return _("%(share)s audited") % words
    if level == VerificationLevel.EVIDENCE_SEEN:
        return _("%(share)s with evidence or better") % words
    return _("%(share)s checked by staff or better") % words
