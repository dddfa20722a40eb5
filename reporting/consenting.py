"""Which answers the consents of an MFI open to whom: plain sets, no database."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from reporting.catalogue import Catalogue, Indicator, IndicatorType, Visibility
from reporting.enums import Recipient


@dataclass(frozen=True, slots=True)
class Audience:
    """Who would read. A donor without an id stands for all donors together."""

    recipient: Recipient
    donor: UUID | None = None


NETWORK = Audience(Recipient.NETWORK)
PUBLIC = Audience(Recipient.PUBLIC)
ANY_DONOR = Audience(Recipient.DONOR)


@dataclass(frozen=True, slots=True)
class Grant:
    """One consent: `section` empty means every group of questions, `round` None every round."""

    institution: UUID
    recipient: Recipient
    donor: UUID | None
    section: str
    round: UUID | None

    def reaches(self, audience: Audience) -> bool:
        """Whether the audience is meant; what everybody may read, each of them may."""
        if self.recipient == Recipient.PUBLIC:
            return True
        if self.recipient != audience.recipient:
            return False
        return audience.donor is None or self.donor == audience.donor

    def holds_in(self, of_round: UUID | None) -> bool:
        """Whether the round is meant; None asks for consents that hold in every round."""
        return self.round is None or self.round == of_round


def is_mandatory_only(indicator: Indicator) -> bool:
    """Reported to the association and shown to nobody else whatever is agreed: confidential questions, and files.

    Documents have a class of their own, which the MFI chooses for each of them.
    """
    return indicator.visibility_default is Visibility.CONFIDENTIAL or indicator.type is IndicatorType.FILE


def open_sections(
    grants: Iterable[Grant], audience: Audience, of_round: UUID | None, catalogue: Catalogue
) -> frozenset[str]:
    """The groups of questions that one MFI's consents open to an audience in a round."""
    sections = {one.section for one in grants if one.reaches(audience) and one.holds_in(of_round)}
    known = frozenset(section.code for section in catalogue.sections)
    return known if "" in sections else known & sections


def open_codes(catalogue: Catalogue, sections: AbstractSet[str]) -> frozenset[str]:
    """The indicators of these groups that may be shown, and each derived value of which every part may be."""
    shown = {
        indicator.code
        for indicator in catalogue.indicators
        if indicator.section in sections and not is_mandatory_only(indicator)
    }
    derived = {
        one.code
        for one in catalogue.derived
        if (behind := catalogue.inputs_of(one.code)) and shown.issuperset(behind)
    }
    return frozenset(shown | derived)
