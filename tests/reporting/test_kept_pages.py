"""Pages that are kept as written: nobody is shown what was, and what is asked for once more is not made once more."""

from datetime import date

import pytest
from django.utils import translation

from members.enums import Role
from members.models import Donor, SharingAgreement
from reporting.web import kept_pages
from reporting.web.kept_pages import kept_parts
from tests.browsers import signed_in
from tests.factories.members import AssociationFactory, DonorFactory, person
from tests.factories.releases import released

PARTS = {"said": "components/notice.html"}


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    kept_pages.forget()


def said(key: object, text: str) -> str:
    return kept_parts(PARTS, key, lambda: {"kind": "info", "text": text})["said"]


def test_a_page_is_written_once_for_each_key_and_language() -> None:
    assert "first" in said(1, "first")
    assert "first" in said(1, "second")
    assert "other" in said(2, "other")
    with translation.override("fr"):
        assert "third" in said(1, "third")


def test_what_people_wrote_stays_escaped() -> None:
    assert "<b>" not in said(1, "<b>loud</b>")


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pages._kept, "most", len(said(0, "x" * 100)) * 2)
    for key in range(5):
        said(key, "x" * 100)
    assert len(kept_pages._kept) == 2
    assert "new" in said(0, "new")


@pytest.mark.django_db
def test_a_donor_sees_at_once_who_shares_who_published_and_who_no_longer_shares() -> None:
    donor: Donor = DonorFactory(slug="ours", name="Fund")
    client = signed_in(person(Role.DONOR_READER, donor))

    def seen() -> str:
        return client.get("/d/ours/").content.decode()

    assert "No association shares with you yet" in seen()
    association = AssociationFactory(name="First")
    agreement = SharingAgreement.objects.create(association=association, donor=donor, since=date(2020, 1, 1))
    assert "Nothing is published yet" in seen()
    released(association, 6, sections=("PRO", "OUT"))
    assert "Newest figures of each association" in seen()
    type(association).objects.filter(pk=association.pk).update(name="Renamed", short_name="")
    assert "Renamed" in seen()
    SharingAgreement.objects.filter(pk=agreement.pk).update(until=date(2021, 1, 1))
    assert "Renamed" not in seen()


@pytest.mark.django_db
def test_an_association_sees_its_new_edition_at_once() -> None:
    association = AssociationFactory(slug="aaa")
    client = signed_in(person(Role.ASSOCIATION_MANAGER, association))
    assert "Nothing published yet" in client.get("/a/aaa/figures/time/").content.decode()
    released(association, 6, sections=("PRO", "OUT"))
    assert "Nothing published yet" not in client.get("/a/aaa/figures/time/").content.decode()
