"""What a published edition is put beside: editions before it, and values that readers were shown by consent."""

from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from members.models import Association, Donor, Institution
from reporting.enums import Recipient
from reporting.models import Answer, Release, ReleaseCell, ReleaseMember, Round, ValueConsent
from reporting.services.rebuilding import rebuild
from reporting.services.releases import publish
from tests.factories.members import AssociationFactory, DonorFactory
from tests.factories.releases import approved_round, institutions
from tests.factories.reporting import OPENED, default_catalogue

pytestmark = pytest.mark.django_db

CODE, OTHER = "active_clients", "staff_total"


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(slug="aaa", currency="KES", language="en")
    return found


def open_to(donor: Donor, members: list[Institution], of_round: Round) -> None:
    section = default_catalogue().indicator(CODE).section
    for institution in members:
        ValueConsent.objects.create(
            association=of_round.association,
            institution=institution,
            recipient=Recipient.DONOR,
            donor=donor,
            section=section,
            given_at=OPENED,
        )


def total(release: Release, code: str = CODE) -> ReleaseCell:
    return ReleaseCell.objects.get(release=release, code=code, statistic="sum", group="")


def published(of_round: Round, erratum: str = "") -> Release:
    return publish(round_id=of_round.pk, by=None, at=timezone.now(), erratum=erratum)


@pytest.mark.parametrize(("shown", "reason"), [(0, ""), (7, ""), (8, "too_few"), (12, "")])
def test_a_total_needs_five_that_no_donor_knows_or_none(
    association: Association, shown: int, reason: str
) -> None:
    members = institutions(association, 12)
    of_round = approved_round(association, members)
    open_to(DonorFactory(), members[:shown], of_round)
    assert total(published(of_round)).reason == reason


def test_what_readers_knew_is_frozen_so_that_the_edition_can_be_rebuilt(association: Association) -> None:
    members = institutions(association, 12)
    of_round = approved_round(association, members)
    donor = DonorFactory()
    open_to(donor, members[:8], of_round)
    release = published(of_round)
    frozen = ReleaseMember.objects.get(release=release, institution=members[0]).facts["readers"]
    assert frozen == {f"donor {donor.pk}": [default_catalogue().indicator(CODE).section]}
    ValueConsent.objects.all().delete()
    assert rebuild(release).same


def test_a_figure_that_too_few_corrected_stays_as_the_edition_before_said(association: Association) -> None:
    members = institutions(association, 12)
    of_round = approved_round(association, members)
    first = published(of_round)
    Answer.objects.filter(code=CODE, institution__in=members[:6]).update(number=F("number") * Decimal("1.5"))
    Answer.objects.filter(code=OTHER, institution=members[0]).update(number=F("number") * 3)
    second = published(of_round, erratum="Clients counted twice.")
    assert second.number == 2
    assert total(second).value != total(first).value
    assert total(second, OTHER).published
    assert total(second, OTHER).value == total(first, OTHER).value
    assert rebuild(second).same
