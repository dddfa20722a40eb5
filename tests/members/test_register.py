"""Institutions and dated memberships: who may enter whom, dates in order, one audit row each."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from members.enums import MembershipKind
from members.models import Institution, Membership
from members.selectors import register as selectors
from members.services.register import (
    add_member,
    change_institution,
    create_institution,
    end_membership,
    register_member,
)
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.cast import Cast
from tests.factories.members import InstitutionFactory, MembershipFactory

TODAY = date(2025, 3, 1)


def entered(cast: Cast, **fields) -> Membership:
    values = {
        "name": "Jipya",
        "short_name": "",
        "country": "ke",
        "owner_group": "",
        "joined_on": TODAY,
        "kind": MembershipKind.FULL,
        "member_number": "7",
    }
    return register_member(association=cast.amani, by=cast.manager, at=timezone.now(), **{**values, **fields})


def test_a_manager_enters_a_new_mfi(cast: Cast):
    membership = entered(cast)
    assert membership.institution.country == "KE"
    assert list(AuditEvent.objects.about(membership).values_list("verb", "actor")) == [
        ("membership.start", cast.manager.pk)
    ]
    assert AuditEvent.objects.about(membership.institution).get().verb == "institution.create"


@pytest.mark.parametrize("part", ["reviewer", "signatory", "other_manager", "donor", "nobody"])
def test_others_do_not(cast: Cast, part: str):
    with pytest.raises(PermissionDenied):
        register_member(
            association=cast.amani,
            name="Jipya",
            short_name="",
            country="KE",
            owner_group="",
            joined_on=TODAY,
            kind=MembershipKind.FULL,
            member_number="",
            by=getattr(cast, part),
            at=timezone.now(),
        )
    assert not Institution.objects.filter(name="Jipya").exists()


def test_a_bad_entry_leaves_nothing(cast: Cast):
    with pytest.raises(ValidationError):
        entered(cast, kind="friend")
    assert not Institution.objects.filter(name="Jipya").exists()


def test_a_manager_cannot_take_in_another_associations_member(cast: Cast):
    """Membership would let the manager invite people of that MFI, and so read its other returns."""
    call = {"association": cast.amani, "institution": cast.mbuyu, "joined_on": TODAY, "at": timezone.now()}
    with pytest.raises(PermissionDenied):
        add_member(by=cast.manager, **call)
    assert add_member(by=cast.operator, **call).institution == cast.mbuyu


def test_a_former_member_with_people_needs_the_operator(cast: Cast):
    call = {"association": cast.amani, "institution": cast.zamani, "joined_on": TODAY, "at": timezone.now()}
    with pytest.raises(PermissionDenied):
        add_member(by=cast.manager, **call)
    cast.ex_member.role_assignments.update(ended_at=timezone.now())
    assert add_member(by=cast.manager, **call).left_on is None


def test_membership_never_overlaps(cast: Cast):
    former = InstitutionFactory()
    MembershipFactory(association=cast.amani, institution=former, left_on=date(2024, 6, 30))
    for joined_on in (date(2024, 6, 30), date(2021, 1, 1)):
        with pytest.raises(Refused, match="member on that day"):
            add_member(association=cast.amani, institution=former, joined_on=joined_on, at=timezone.now())
    add_member(association=cast.amani, institution=former, joined_on=date(2024, 7, 1), at=timezone.now())
    with pytest.raises(Refused):
        add_member(association=cast.amani, institution=former, joined_on=TODAY, at=timezone.now())


def test_the_last_day_is_still_a_day_of_membership(cast: Cast):
    membership = cast.kilimo.memberships.get()
    end_membership(
        membership_id=membership.pk, left_on=timezone.now().date(), by=cast.manager, at=timezone.now()
    )
    assert Membership.objects.current().filter(pk=membership.pk).exists()
    Membership.objects.filter(pk=membership.pk).update(left_on=timezone.now().date() - timedelta(days=1))
    assert not Membership.objects.current().filter(pk=membership.pk).exists()


def test_ending_is_refused_twice_before_the_start_and_by_strangers(cast: Cast):
    membership = cast.kilimo.memberships.get()
    call = {"membership_id": membership.pk, "at": timezone.now()}
    with pytest.raises(PermissionDenied):
        end_membership(left_on=TODAY, by=cast.other_manager, **call)
    with pytest.raises(Refused, match="must not be before"):
        end_membership(left_on=date(2019, 12, 31), by=cast.manager, **call)
    end_membership(left_on=TODAY, by=cast.manager, **call)
    with pytest.raises(Refused, match="ended already"):
        end_membership(left_on=TODAY, by=cast.manager, **call)


def test_correcting_touches_present_members_only(cast: Cast):
    call = {
        "association": cast.amani,
        "name": "Kilimo SACCO",
        "short_name": "Kilimo",
        "country": "TZ",
        "owner_group": "",
        "website": "",
        "at": timezone.now(),
        "by": cast.manager,
    }
    assert change_institution(institution_id=cast.kilimo.pk, **call).name == "Kilimo SACCO"
    assert AuditEvent.objects.about(cast.kilimo).get().data == {"changed": ["country", "name", "short_name"]}
    for stranger in (cast.mbuyu, cast.zamani):
        with pytest.raises(Institution.DoesNotExist):
            change_institution(institution_id=stranger.pk, **call)


def test_saving_without_a_change_writes_no_audit_row(cast: Cast):
    change_institution(
        institution_id=cast.kilimo.pk,
        association=cast.amani,
        name=cast.kilimo.name,
        short_name="",
        country="KE",
        owner_group="",
        website="",
        at=timezone.now(),
        by=cast.manager,
    )
    assert not AuditEvent.objects.about(cast.kilimo).exists()


def test_reading_an_institution_twice_from_a_source_is_refused(cast: Cast):
    call = {"name": "X", "country": "KE", "at": timezone.now(), "source": "mix", "source_key": "100"}
    create_institution(**call)
    with pytest.raises(ValidationError):
        create_institution(**call)


@pytest.mark.parametrize(
    "sort", ["name", "-name", "country", "kind", "joined", "-left", "-people", "nonsense"]
)
def test_the_register_sorts_by_every_column(cast: Cast, sort: str):
    rows = list(selectors.memberships(cast.amani, sort=sort))
    assert {row.institution.name for row in rows} == {"Kilimo Savings", "Umoja Credit", "Pamoja Bank"}
    if sort == "-name":
        assert rows[0].institution.name == "Umoja Credit"
    if sort == "-people":
        assert (rows[0].institution.name, rows[0].people) == ("Kilimo Savings", 2)


def test_the_register_separates_former_members_and_searches(cast: Cast):
    assert [row.institution for row in selectors.memberships(cast.amani, former=True)] == [cast.zamani]
    assert [row.institution for row in selectors.memberships(cast.amani, search="umo")] == [cast.umoja]
    found = selectors.counts(cast.amani)
    assert (found.present, found.former) == (3, 1)
