"""Who may hand out and take away which role: the whole table of grants, last managers, history."""

from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from members.access import access_of, forget
from members.enums import Role
from members.models import RoleAssignment, User
from members.rules import may_grant
from members.services.roles import end_role, grant_role
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.cast import Cast, make_cast
from tests.factories.members import UserFactory, give_role

MANAGER, REVIEWER = Role.ASSOCIATION_MANAGER, Role.ASSOCIATION_REVIEWER
SIGNATORY, EDITOR = Role.INSTITUTION_SIGNATORY, Role.INSTITUTION_EDITOR
DONOR, OPERATOR = Role.DONOR_READER, Role.PLATFORM_OPERATOR

# part -> the grants it may make, as (role, organisation); every other pair must be refused
ALLOWED = {
    "manager": {
        (MANAGER, "amani"),
        (REVIEWER, "amani"),
        *((role, mfi) for role in (SIGNATORY, EDITOR) for mfi in ("kilimo", "umoja", "pamoja")),
    },
    "reviewer": set(),
    "signatory": {(SIGNATORY, "kilimo"), (EDITOR, "kilimo")},
    "shared_signatory": {(SIGNATORY, "pamoja"), (EDITOR, "pamoja")},
    "editor": set(),
    "ex_member": {(SIGNATORY, "zamani"), (EDITOR, "zamani")},
    "ex_reviewer": set(),
    "donor": set(),
    "other_manager": {
        (MANAGER, "baobab"),
        (REVIEWER, "baobab"),
        *((role, mfi) for role in (SIGNATORY, EDITOR) for mfi in ("mbuyu", "pamoja")),
    },
    "operator": {
        (MANAGER, "amani"),
        (MANAGER, "baobab"),
        (DONOR, "horizon"),
        (DONOR, "savanna"),
        (OPERATOR, None),
    },
    "nobody": set(),
}
ORGANISATIONS = {
    "amani": (MANAGER, REVIEWER),
    "baobab": (MANAGER, REVIEWER),
    "kilimo": (SIGNATORY, EDITOR),
    "umoja": (SIGNATORY, EDITOR),
    "zamani": (SIGNATORY, EDITOR),
    "pamoja": (SIGNATORY, EDITOR),
    "mbuyu": (SIGNATORY, EDITOR),
    "horizon": (DONOR,),
    "savanna": (DONOR,),
    None: (OPERATOR,),
}


@pytest.mark.parametrize("part", ALLOWED)
def test_nobody_grants_more_than_they_have_a_say_in(cast: Cast, part: str):
    user = getattr(cast, part)
    may = {
        (role, name)
        for name in ORGANISATIONS
        for role in Role
        if may_grant(user, role, getattr(cast, name) if name else None)
    }
    assert may == ALLOWED[part]


@pytest.mark.parametrize("part", ["manager", "reviewer", "signatory", "operator", "nobody"])
def test_the_service_holds_the_table(cast: Cast, part: str):
    for name, roles in ORGANISATIONS.items():
        for role in roles:
            newcomer = UserFactory()
            organisation = getattr(cast, name) if name else None
            call = {
                "user": newcomer,
                "role": role,
                "organisation": organisation,
                "by": getattr(cast, part),
                "at": timezone.now(),
            }
            if (role, name) in ALLOWED[part]:
                assert grant_role(**call).role == role
            else:
                with pytest.raises(PermissionDenied):
                    grant_role(**call)
                assert not newcomer.role_assignments.exists()


def test_nobody_gives_a_role_to_themselves(cast: Cast):
    with pytest.raises(PermissionDenied):
        grant_role(
            user=cast.manager, role=SIGNATORY, organisation=cast.kilimo, by=cast.manager, at=timezone.now()
        )


def test_a_role_that_the_organisation_does_not_have_is_an_error(cast: Cast):
    with pytest.raises(ValueError, match="Nobody can be"):
        grant_role(user=cast.nobody, role=EDITOR, organisation=cast.amani, at=timezone.now())


def test_granting_twice_gives_one_role_and_one_audit_row(cast: Cast):
    call = {"user": cast.nobody, "role": EDITOR, "organisation": cast.kilimo, "by": cast.signatory}
    first = grant_role(**call, at=timezone.now())
    second = grant_role(**call, at=timezone.now())
    assert first == second
    assert AuditEvent.objects.about(first).values_list("verb", "actor", "data__role").get() == (
        "role.grant",
        cast.signatory.pk,
        "institution_editor",
    )


def test_a_granted_role_counts_at_once_and_an_ended_one_no_more(cast: Cast):
    assert not cast.nobody.has_perm("members.view_register", cast.amani)
    given = grant_role(
        user=cast.nobody, role=REVIEWER, organisation=cast.amani, by=cast.manager, at=timezone.now()
    )
    assert cast.nobody.has_perm("members.view_register", cast.amani)
    end_role(assignment_id=given.pk, by=cast.manager, at=timezone.now(), reason="left")
    forget(cast.nobody)
    assert not cast.nobody.has_perm("members.view_register", cast.amani)
    assert AuditEvent.objects.about(given).get(verb="role.end").reason == "left"


def test_history_knows_who_granted_and_why_it_ended(cast: Cast):
    given = grant_role(
        user=cast.nobody, role=REVIEWER, organisation=cast.amani, by=cast.manager, at=timezone.now()
    )
    end_role(assignment_id=given.pk, by=cast.second_manager, at=timezone.now(), reason="moved on")
    rows = list(given.events.order_by("pgh_id").values_list("pgh_label", "pgh_context__metadata"))
    assert [label for label, _ in rows] == ["insert", "update"]
    assert rows[0][1]["user"] == str(cast.manager.pk)
    assert rows[1][1]["user"] == str(cast.second_manager.pk)
    assert rows[1][1]["reason"] == "moved on"


def test_the_last_manager_stays(cast: Cast):
    first = cast.manager.role_assignments.get()
    second = cast.second_manager.role_assignments.get()
    end_role(assignment_id=first.pk, by=cast.second_manager, at=timezone.now())
    with pytest.raises(Refused, match="last manager"):
        end_role(assignment_id=second.pk, by=cast.second_manager, at=timezone.now())
    second.refresh_from_db()
    assert second.ended_at is None


def test_a_manager_who_may_not_sign_in_does_not_count(cast: Cast):
    User.objects.filter(pk=cast.second_manager.pk).update(is_active=False)
    with pytest.raises(Refused, match="last manager"):
        end_role(assignment_id=cast.manager.role_assignments.get().pk, by=cast.manager, at=timezone.now())


def test_the_last_operator_stays(cast: Cast):
    with pytest.raises(Refused, match="last operator"):
        end_role(assignment_id=cast.operator.role_assignments.get().pk, by=cast.operator, at=timezone.now())


def test_anybody_may_give_up_their_own_role_and_nobody_that_of_a_stranger(cast: Cast):
    own = cast.editor.role_assignments.get()
    with pytest.raises(PermissionDenied):
        end_role(assignment_id=own.pk, by=cast.other_signatory, at=timezone.now())
    assert end_role(assignment_id=own.pk, by=cast.editor, at=timezone.now()).ended_at is not None


def test_ending_twice_changes_nothing(cast: Cast):
    own = cast.editor.role_assignments.get()
    first = end_role(assignment_id=own.pk, by=cast.signatory, at=timezone.now())
    second = end_role(assignment_id=own.pk, by=cast.signatory, at=timezone.now())
    assert second.ended_at == first.ended_at
    assert AuditEvent.objects.about(own).filter(verb="role.end").count() == 1


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
def test_two_managers_who_end_each_other_at_once_leave_one():
    cast = make_cast()
    pairs = [(cast.manager, cast.second_manager), (cast.second_manager, cast.manager)]
    start, outcomes = Barrier(2), []

    def end(by: User, whom: User) -> None:
        try:
            access_of(by)
            start.wait()
            end_role(
                assignment_id=RoleAssignment.objects.get(user=whom).pk,
                by=by,
                at=timezone.now(),
                reason="race",
            )
            outcomes.append("ended")
        except (Refused, PermissionDenied):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=end, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ended", "refused"]
    assert RoleAssignment.objects.live().filter(association=cast.amani, role=MANAGER).count() == 1


def test_a_second_role_elsewhere_leaves_the_first_alone(cast: Cast):
    give_role(cast.manager, EDITOR, cast.mbuyu)
    forget(cast.manager)
    access = access_of(cast.manager)
    assert access.manages == {cast.amani.pk}
    assert access.member_in == {cast.baobab.pk}
    assert not cast.manager.has_perm("members.view_register", cast.baobab)
