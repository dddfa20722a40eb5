"""The two sides of an offer: the association's pages and the donor's, and what each may do next."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from capacity.enums import DutyState, OfferState
from capacity.models import Instalment, Obligation, SupportOffer
from capacity.selectors.support import Between
from members.models import Association, Donor


@dataclass(frozen=True, slots=True)
class Crumb:
    """A page above this one."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Side:
    """Whose pages these are."""

    association: Association | None = None
    donor: Donor | None = None

    @property
    def is_donor(self) -> bool:
        """Whether a donor looks."""
        return self.donor is not None

    @property
    def between(self) -> Between:
        """Whose offers are shown."""
        return Between(association=self.association, donor=self.donor)

    @property
    def slug(self) -> str:
        """The part of the address that names the side."""
        organisation = self.donor or self.association
        assert organisation is not None
        return organisation.slug

    @property
    def name(self) -> str:
        """The side by name."""
        organisation = self.donor or self.association
        assert organisation is not None
        return organisation.name

    def route(self, page: str) -> str:
        """The name of this side's page."""
        return f"donor_{page}" if self.is_donor else page

    def url(self, page: str, *parts: object) -> str:
        """The address of this side's page."""
        return reverse(self.route(page), args=[self.slug, *parts])

    def crumbs(self, *pages: tuple[str, str]) -> list[Crumb]:
        """The way to a page: the area, then (words, address) of the pages between."""
        top = (
            Crumb(_("Associations’ plans"), reverse("donor_room", args=[self.slug]))
            if self.is_donor
            else Crumb(_("Capacity"), reverse("capacity", args=[self.slug]))
        )
        return [top, *(Crumb(words, url) for words, url in pages)]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the person does next at an offer or report."""

    title: str
    text: str
    url: str
    action: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """An instalment with what the person can note about it."""

    part: Instalment
    is_late: bool
    may_pay: bool
    may_receive: bool


def part_rows(
    offer: SupportOffer, parts: list[Instalment], *, pays: bool, receives: bool, today: date
) -> list[PartRow]:
    """The instalments of an offer as a page shows them."""
    is_open = offer.state == OfferState.ACCEPTED
    return [
        PartRow(
            part=one,
            is_late=is_open and one.paid_on is None and one.received_on is None and one.due_on < today,
            may_pay=pays and is_open,
            may_receive=receives and is_open,
        )
        for one in parts
    ]


def next_step(
    side: Side,
    offer: SupportOffer,
    parts: list[Instalment],
    duties: list[Obligation],
    *,
    may_follow: bool,
    today: date,
) -> NextStep | None:
    """The one thing to do now at this offer; None where the other side is at it."""
    if not may_follow or offer.state != OfferState.ACCEPTED:
        return None
    here = side.url("offer", offer.pk)
    if not parts:
        return NextStep(
            _("Agree when the money comes"),
            _("Write the instalments: together they make up the whole amount."),
            side.url("offer_instalments", offer.pk),
            _("Plan the instalments"),
        )
    if side.is_donor:
        due = next(
            (one for one in parts if not one.paid_on and not one.received_on and one.due_on <= today), None
        )
        if due is not None:
            return NextStep(
                _("Instalment %(number)d is due") % {"number": due.number},
                _("Pay it and note the day, so that the association can look for it."),
                f"{here}#instalments",
                _("To the instalments"),
            )
        report = next((one for one in duties if one.state == DutyState.SUBMITTED), None)
        if report is not None:
            return NextStep(
                _("“%(title)s” waits for you") % {"title": report.title},
                _("Read it, accept it or ask."),
                side.url("obligation", report.pk),
                _("Read it"),
            )
        return None
    came = next((one for one in parts if one.paid_on and not one.received_on), None)
    if came is not None:
        return NextStep(
            _("Has instalment %(number)d come?") % {"number": came.number},
            _("The donor says that it paid. Note the day on which the money was there."),
            f"{here}#instalments",
            _("To the instalments"),
        )
    owed = next(
        (one for one in duties if one.state in (DutyState.DUE, DutyState.DRAFT, DutyState.QUESTIONS)), None
    )
    if owed is not None:
        return NextStep(
            _("Next: “%(title)s”") % {"title": owed.title},
            _("Write it and hand it in."),
            side.url("obligation", owed.pk),
            _("Write it"),
        )
    if not offer.outcome:
        return NextStep(
            _("Say what came of it"),
            _("Everything owed is settled. Tell the donor what changed."),
            f"{here}#outcome",
            _("Write it"),
        )
    return None
