"""What a printed edition says of itself: its hash, where to check it, what an erratum changed, what members say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.datasets.changes import ChangedFigure, changes_between, kept_figures
from reporting.models import Release
from reporting.selectors.editions import edition_before
from spm_portal.common.origin import address_of

SHOWN = 60
"""Changed figures that are printed; the page of the edition lists all."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """The facts of one edition beside its figures."""

    digest: str
    address: str
    code_version: str
    erratum: str
    before: int
    changes: Sequence[ChangedFigure]
    more: int
    unlisted: int
    replies: Sequence[dict[str, Any]]
    kept: int = 0

    @property
    def kept_words(self) -> str:
        """How many figures stand as in an edition before."""
        words = ngettext(
            "%(counter)s figure stands as in an edition before: too few MFIs changed it to tell it anew without "
            "showing what they changed. The page of the edition in the portal names it.",
            "%(counter)s figures stand as in an edition before: too few MFIs changed them to tell them anew without "
            "showing what they changed. The page of the edition in the portal names them.",
            self.kept,
        )
        return words % {"counter": self.kept}

    @property
    def digest_lines(self) -> tuple[str, ...]:
        """The hash in groups that can be compared by eye."""
        return tuple(self.digest[start : start + 8] for start in range(0, len(self.digest), 8))

    def headers(self, edition: int) -> tuple[str, ...]:
        """The heads of the table of changed figures; `edition` is the number of this one."""
        numbered = _("Edition %(number)s")
        old, new = (numbered % {"number": number} for number in (self.before, edition))
        return (_("Figure"), _("Statistic"), old, new)

    @property
    def more_words(self) -> str:
        """How many changed figures are not listed; empty where all are."""
        if self.unlisted:
            words = ngettext(
                "%(counter)s figure changed; the page of the edition in the portal lists it.",
                "%(counter)s figures changed; the page of the edition in the portal lists them.",
                self.unlisted,
            )
            return words % {"counter": self.unlisted}
        if not self.more:
            return ""
        words = ngettext(
            "%(counter)s more figure changed; the page of the edition in the portal lists all.",
            "%(counter)s more figures changed; the page of the edition in the portal lists all.",
            self.more,
        )
        return words % {"counter": self.more}

    @property
    def replies_words(self) -> str:
        """What the comments of members are."""
        return _(
            "Named members saw their figures and the text about them before publication. These comments are published "
            "with them."
        )


def imprint_of(release: Release, language: str) -> Imprint:
    """The imprint of an edition; one from before hashes were kept has no hash and no address."""
    older = edition_before(release) if release.number > 1 else None
    changes = changes_between(older, release, language) if older else ()
    # a report for everybody does not print the figures of an edition that was not opened to everybody
    is_kept_inside = older is not None and release.is_public and not older.is_public
    listed = () if is_kept_inside else changes
    return Imprint(
        digest=release.edition_sha256,
        address=address_of("verify_edition", release.edition_sha256) if release.edition_sha256 else "",
        code_version=release.code_version,
        erratum=release.erratum,
        before=older.number if older else 0,
        changes=listed[:SHOWN],
        more=max(0, len(listed) - SHOWN),
        unlisted=len(changes) - len(listed),
        replies=release.replies,
        kept=len(kept_figures(release, language)),
    )
