"""`visible_to` and the predicates say the same, for everybody and every object; nobody gets anything by default."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.access import NOBODY, access_of, forget
from members.enums import Role
from members.models import (
    Association,
    Consent,
    Donor,
    Institution,
    Invitation,
    Membership,
    RoleAssignment,
    SharingAgreement,
    User,
)
from members.selectors.places import places_of
from members.services.invitations import invite
from tests.cast import Cast
from tests.factories.members import give_role

PARTS = [
    name for name, kind in Cast.__annotations__.items() if kind in {User, "User"} and not name.startswith("_")
]


@pytest.mark.parametrize("part", PARTS)
def test_associations_are_visible_exactly_where_the_permission_holds(cast: Cast, part: str):
    user = getattr(cast, part)
    visible = set(Association.objects.visible_to(user))
    allowed = {one for one in (cast.amani, cast.baobab) if user.has_perm("members.view_association", one)}
    assert visible == allowed
    assert {one.pk for one in visible} == access_of(user).reaches


@pytest.mark.parametrize("part", PARTS)
def test_institutions_with_a_permission_are_visible(cast: Cast, part: str):
    user = getattr(cast, part)
    visible = set(Institution.objects.visible_to(user))
    allowed = {one for one in Institution.objects.all() if user.has_perm("members.view_institution", one)}
    assert allowed <= visible
    # the difference is former members, whom their association's staff still find in the register
    staff_of_amani = part in {"manager", "second_manager", "reviewer"}
    assert visible - allowed == ({cast.zamani} if staff_of_amani else set())


VISIBLE = {
    "manager": {"amani", "kilimo", "umoja", "zamani", "pamoja", "horizon"},
    "reviewer": {"amani", "kilimo", "umoja", "zamani", "pamoja", "horizon"},
    "signatory": {"amani", "kilimo"},
    "editor": {"amani", "kilimo"},
    "shared_signatory": {"amani", "baobab", "pamoja"},
    "ex_member": {"zamani"},
    "ex_reviewer": set(),
    "donor": {"amani", "horizon"},
    "other_manager": {"baobab", "mbuyu", "pamoja", "savanna"},
    "stranger_editor": {"baobab", "mbuyu"},
    "other_donor": {"baobab", "savanna"},
    "operator": set(),
    "nobody": set(),
}


@pytest.mark.parametrize("part", VISIBLE)
def test_each_part_sees_its_own_organisations_and_no_other(cast: Cast, part: str):
    user = getattr(cast, part)
    names = {
        name
        for name in ("amani", "baobab", "kilimo", "umoja", "zamani", "pamoja", "mbuyu", "horizon", "savanna")
        for one in [getattr(cast, name)]
        if type(one).objects.visible_to(user).filter(pk=one.pk).exists()
    }
    assert names == VISIBLE[part]


@pytest.mark.parametrize("part", ["operator", "nobody", "ex_reviewer", "donor", "other_donor"])
def test_rows_of_an_association_stay_hidden_from_those_outside_it(cast: Cast, part: str):
    Consent.objects.create(
        association=cast.amani, institution=cast.kilimo, purpose="named", given_at=timezone.now()
    )
    user = getattr(cast, part)
    assert not Consent.objects.visible_to(user).exists()
    assert not Membership.objects.visible_to(user).exists()
    others = RoleAssignment.objects.visible_to(user).exclude(user=user)
    assert not others.filter(institution__isnull=False).exists()
    if part != "operator":
        assert not others.exists()


def test_invitations_are_visible_to_who_may_know_the_people(cast: Cast):
    at = timezone.now()
    into_mfi, _ = invite(
        email="a@example.org",
        role=Role.INSTITUTION_EDITOR,
        organisation=cast.kilimo,
        by=cast.signatory,
        at=at,
    )
    into_donor, _ = invite(
        email="b@example.org", role=Role.DONOR_READER, organisation=cast.horizon, by=cast.operator, at=at
    )
    seen = {part: set(Invitation.objects.visible_to(user)) for part, user in cast.people.items()}
    assert {part for part, found in seen.items() if into_mfi in found} == {
        "manager",
        "second_manager",
        "reviewer",
        "signatory",
        "editor",
    }
    assert {part for part, found in seen.items() if into_donor in found} == {"operator"}


def test_agreements_are_visible_to_both_sides(cast: Cast):
    agreement = SharingAgreement.objects.get(donor=cast.horizon)
    seen = {
        part for part, user in cast.people.items() if agreement in SharingAgreement.objects.visible_to(user)
    }
    assert seen == {"manager", "second_manager", "reviewer", "donor"}


def test_visitors_none_and_locked_people_are_nobody(cast: Cast):
    User.objects.filter(pk=cast.manager.pk).update(is_active=False)
    locked = User.objects.get(pk=cast.manager.pk)
    for user in (AnonymousUser(), None, locked):
        assert access_of(user) is NOBODY
    assert not locked.has_perm("members.view_association", cast.amani)
    assert not Association.objects.visible_to(locked).exists()


@pytest.mark.parametrize("wrong", [None, "amani", 7])
def test_no_permission_holds_for_something_else(cast: Cast, wrong: object):
    for user in cast.people.values():
        for permission in ("view_association", "manage_register", "view_institution", "give_consent"):
            assert not user.has_perm(f"members.{permission}", wrong)
    assert not cast.manager.has_perm("members.view_register", cast.kilimo)
    assert not cast.manager.has_perm("members.no_such_permission", cast.amani)


def test_a_superuser_gets_no_association_by_that(cast: Cast):
    boss = User.objects.create_superuser("root@example.org", "correct horse battery")
    assert not boss.has_perm("members.operate")
    assert not boss.has_perm("members.view_register", cast.amani)
    assert not Association.objects.visible_to(boss).exists()


def test_roles_are_read_in_at_most_three_queries_and_places_in_two(cast: Cast):
    for role, organisation in (
        (Role.ASSOCIATION_REVIEWER, cast.baobab),
        (Role.INSTITUTION_EDITOR, cast.kilimo),
        (Role.INSTITUTION_EDITOR, cast.pamoja),
        (Role.DONOR_READER, cast.horizon),
    ):
        give_role(cast.manager, role, organisation)
    forget(cast.manager)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        access_of(cast.manager)
    assert len(queries) == 3
    with CaptureQueriesContext(connection) as queries:
        places = places_of(cast.manager)
    assert len(queries) == 2
    assert [(place.kind.value, place.key) for place in places] == [
        ("staff", "amani"),
        ("staff", "baobab"),
        ("member", "amani"),
        ("member", "amani"),
        ("member", "baobab"),
        ("donor", "horizon"),
    ]


def test_every_model_of_people_can_be_scoped():
    for model in (Association, Institution, Membership, Donor, SharingAgreement, Consent, Invitation):
        assert callable(model.objects.visible_to)
