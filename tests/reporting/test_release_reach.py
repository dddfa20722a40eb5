"""What a published edition is put beside: editions before it, and values that readers were shown by consent."""

from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from members.models import Association, Donor, Institution
from reporting.api.releases import cells_for
from reporting.datasets.changes import kept_figures
from reporting.datasets.imprint import imprint_of
from reporting.datasets.release_table import figure_rows
from reporting.enums import Recipient
from reporting.models import Answer, Release, ReleaseCell, ReleaseMember, Round, ValueConsent
from reporting.services.rebuilding import rebuild
from reporting.services.releases import publish
from tests.factories.members import AssociationFactory, DonorFactory, MembershipFactory
from tests.factories.releases import approved_round, consent, institutions
from tests.factories.reporting import OPENED, CatalogueVersionFactory, default_catalogue

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
    assert (total(second).kept, total(second, OTHER).kept) == (False, True)
    assert OTHER in {row.code for row in figure_rows(second, [total(second, OTHER)]) if row.kept == "yes"}
    label = default_catalogue().indicator(OTHER).label
    assert label in {one.label for one in kept_figures(second, "en")}
    assert default_catalogue().indicator(CODE).label not in {
        one.label for one in kept_figures(second, "en") if one.statistic == "Total"
    }
    assert not kept_figures(first, "en")
    imprint = imprint_of(second, "en")
    assert f"{imprint.kept} figures stand as in an edition before" in imprint.kept_words
    cells = {
        (one["code"], one["statistic"]): one["figure"]
        for one in cells_for(second, [total(second, OTHER)], for_staff=False)
    }
    assert cells[OTHER, "sum"]["kept"] is True


def test_a_change_on_the_same_members_stays_with_the_figures_that_too_few_corrected(
    association: Association,
) -> None:
    members = institutions(association, 12)
    version = CatalogueVersionFactory()
    published(approved_round(association, members, year=2023, version=version))
    of_round = approved_round(association, members, year=2024, version=version)
    first = published(of_round)
    Answer.objects.filter(submission__round=of_round, code=CODE, institution__in=members[:6]).update(
        number=F("number") * Decimal("1.5")
    )
    Answer.objects.filter(submission__round=of_round, code=OTHER, institution=members[0]).update(
        number=F("number") * 3
    )
    second = published(of_round, erratum="Clients counted twice.")

    def change(release: Release, code: str) -> ReleaseCell:
        return ReleaseCell.objects.get(release=release, code=code, statistic="panel_change")

    assert change(first, CODE).published
    assert change(second, CODE).value != change(first, CODE).value
    assert change(second, OTHER).value == change(first, OTHER).value
    assert (change(second, CODE).kept, change(second, OTHER).kept) == (False, True)
    assert rebuild(second).same


def test_another_association_of_the_same_members_counts(association: Association) -> None:
    """The same figures reported to two associations, one of which has three members more."""
    members = institutions(association, 15)
    version = CatalogueVersionFactory()
    of_round = approved_round(association, members, version=version)
    other = AssociationFactory(slug="bbb", currency="KES", language="en")
    for institution in members[:12]:
        MembershipFactory(association=other, institution=institution)
        consent(other, institution)
    there = approved_round(other, members[:12], version=version)
    assert total(published(of_round)).published
    release = published(there)
    assert not total(release).published
    assert total(release).reason == "derivable"
    assert rebuild(release).same


def test_what_a_donor_was_shown_by_another_association_counts(association: Association) -> None:
    members = institutions(association, 12)
    version = CatalogueVersionFactory()
    of_round = approved_round(association, members, version=version)
    donor = DonorFactory()
    open_to(donor, members[:8], of_round)
    published(of_round)
    other = AssociationFactory(slug="bbb", currency="KES", language="en")
    for institution in members:
        MembershipFactory(association=other, institution=institution)
        consent(other, institution)
    release = published(approved_round(other, members, version=version))
    assert total(release).reason == "too_few"
