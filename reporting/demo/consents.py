"""What members of the demonstration let others read: donors, each other, everybody; and one consent withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from members.models import Association, Donor, Institution, User
from reporting.enums import Recipient
from reporting.models import Round
from reporting.services.sharing import EVERY_GROUP, give, withdraw
from reporting.services.value_reads import ON_PAGE, Asked, as_donor, read_values

REVIEW = "Yearly review of the portfolio"


@dataclass(frozen=True, slots=True)
class Given:
    """One consent of a member; `donor` is the donor's place in the list of donors."""

    member: str
    recipient: Recipient
    sections: tuple[str, ...]
    purpose: str
    donor: int | None = None
    days: int | None = None


GIVEN = (
    Given("Upendo", Recipient.DONOR, ("OUT", "CLP", "HRM"), REVIEW, donor=0, days=365),
    Given("Upendo", Recipient.PUBLIC, ("ENV",), "Our green loans, as in our yearly report"),
    Given("Tumaini", Recipient.DONOR, EVERY_GROUP, REVIEW, donor=0),
    Given("Umoja", Recipient.DONOR, ("OUT", "FIN"), REVIEW, donor=0, days=700),
    Given("Daraja", Recipient.NETWORK, ("CLP",), "Learning from each other in the working group"),
    Given("Wanawake", Recipient.DONOR, ("POV",), "Study of poverty outreach", donor=1),
)
WITHDRAWN = Given("Upendo", Recipient.DONOR, ("FIN",), "Loan negotiation", donor=1)


def give_consents(
    association: Association,
    institutions: Mapping[str, Institution],
    donors: Sequence[Donor],
    people: Mapping[str, User],
    *,
    at: datetime,
) -> None:
    """Give them as the signatories did, and withdraw one a month later."""
    for each in GIVEN:
        _give(each, association, institutions, donors, people, at)
    held = _give(WITHDRAWN, association, institutions, donors, people, at)
    withdraw(
        association=association,
        institution=institutions[WITHDRAWN.member],
        consents=held,
        by=people[WITHDRAWN.member],
        at=at + timedelta(days=30),
    )


def read_as_donor(donor: Donor, reader: User, of_round: Round, member: Institution, *, at: datetime) -> None:
    """Open a member's values once and ask for a group that is not open, so that the log has both."""
    for asked in (Asked(institution=member.pk), Asked(institution=member.pk, section="FIN")):
        read_values(reader=as_donor(donor), of_round=of_round, asked=asked, by=reader, at=at, source=ON_PAGE)


def _give(
    each: Given,
    association: Association,
    institutions: Mapping[str, Institution],
    donors: Sequence[Donor],
    people: Mapping[str, User],
    at: datetime,
) -> list[UUID]:
    made = give(
        association=association,
        institution=institutions[each.member],
        recipient=each.recipient,
        donor=None if each.donor is None else donors[each.donor],
        sections=each.sections,
        purpose=each.purpose,
        until=None if each.days is None else (at + timedelta(days=each.days)).date(),
        by=people[each.member],
        at=at,
    )
    return [one.pk for one in made]
