"""Who could ever read a member's values of a round, by group of questions: frozen with the member for the gate."""

from collections import defaultdict
from uuid import UUID

from reporting.consenting import Audience, Grant, open_sections
from reporting.enums import Recipient
from reporting.models import Round, ValueConsent
from reporting.selectors.catalogues import catalogue_of

READERS = "readers"
"""The name among a frozen member's facts."""

PUBLIC_READERS = "public"


def readers_by_member(of_round: Round) -> dict[UUID, dict[str, list[str]]]:
    """For each MFI that ever opened values of this round: the groups of questions by reader.

    Withdrawn consents count: what could once be read may have been kept. The association's staff is no reader, for
    it reads every return. One query.
    """
    rows = ValueConsent.objects.filter(association=of_round.association_id).values_list(
        "institution_id", "recipient", "donor_id", "section", "round_id"
    )
    grants: dict[UUID, list[Grant]] = defaultdict(list)
    for institution, recipient, donor, section, round_id in rows:
        grants[institution].append(Grant(institution, Recipient(recipient), donor, section, round_id))
    donors = sorted({one.donor for given in grants.values() for one in given if one.donor}, key=str)
    audiences = {
        PUBLIC_READERS: Audience(Recipient.PUBLIC),
        "network": Audience(Recipient.NETWORK),
        **{f"donor {donor}": Audience(Recipient.DONOR, donor) for donor in donors},
    }
    catalogue = catalogue_of(of_round.catalogue)
    found: dict[UUID, dict[str, list[str]]] = {}
    for institution, given in grants.items():
        opened = {
            name: sorted(open_sections(given, audience, of_round.pk, catalogue))
            for name, audience in audiences.items()
        }
        found[institution] = {name: sections for name, sections in opened.items() if sections}
    return found
