"""What a list shows and what a permission allows are the same, for every person and every object."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from pytest_django import DjangoDbBlocker

from capacity.models import Assessment, FrameworkVersion, Obligation, PlanItem, SupportOffer
from members.access import access_of
from members.enums import Role
from members.models import (
    ApiKey,
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
from reporting.enums import EvidenceClass
from reporting.models import (
    Answer,
    AnswerFlag,
    Attachment,
    CatalogueVersion,
    Evidence,
    EvidenceCitation,
    Explanation,
    Extension,
    GuestLink,
    OpenPage,
    PaperEntry,
    Question,
    QuestionMessage,
    Release,
    ReleaseMember,
    Reminder,
    Reply,
    Round,
    SectionAssignment,
    SectionTime,
    Submission,
    Transition,
    ValueConsent,
    WhatChanged,
    WorkbookUpload,
)
from tests.permissions.world import World, make_world
from training.models import (
    Case,
    Certificate,
    Course,
    Expert,
    LearningGroup,
    Need,
    NeedsReply,
    Participant,
    Registration,
    TrainingSession,
    Work,
)

pytestmark = [pytest.mark.integration]

Predicate = Callable[[User, Any], bool]


def staff(user: User, association_id: Any) -> bool:
    return association_id in access_of(user).staff_of


def own(user: User, institution_id: Any) -> bool:
    return institution_id in access_of(user).works_for


def of_a_return(user: User, row: Any) -> bool:
    return user.has_perm("reporting.view_return", row.submission)


def ever_member_of(user: User, institution: Institution) -> bool:
    """The register shows staff past members too, to whom nothing else is open."""
    return any(staff(user, membership.association_id) for membership in institution.memberships.all())


def invited_to(user: User, of_round: Round) -> bool:
    return any(own(user, one.institution_id) for one in of_round.submissions.all())


def may_know_people_of(user: User, row: RoleAssignment | Invitation) -> bool:
    if row.association_id is not None and staff(user, row.association_id):
        return True
    if row.institution is not None and user.has_perm("members.view_institution_people", row.institution):
        return True
    platform = {Role.PLATFORM_OPERATOR, Role.DONOR_READER, Role.ASSOCIATION_MANAGER}
    return access_of(user).operator and row.role in platform


def may_read(user: User, row: Evidence) -> bool:
    """Staff read a document that a return to them cites, unless the MFI keeps it to itself."""
    cited = any(staff(user, one.association_id) for one in row.citations.all())
    return own(user, row.institution_id) or (cited and row.confidentiality != EvidenceClass.MFI)


def reached(user: User, row: Work) -> bool:
    """Staff see works that are put away too; anybody may read the page of a public one, which no list shows."""
    return staff(user, row.association_id) or (
        row.association_id in access_of(user).reaches and row.retired_at is None
    )


def of_a_member(user: User, row: Any) -> bool:
    """People, certificates, needs and cases of an MFI that is a member today."""
    member = row.association_id in access_of(user).member_in
    return staff(user, row.association_id) or (member and own(user, row.institution_id))


# Each predicate is written apart from the queryset that it checks: by the permission where there is one.
PREDICATES: dict[type[models.Model], Predicate] = {
    Association: lambda user, row: user.has_perm("members.view_association", row),
    Institution: lambda user, row: (
        user.has_perm("members.view_institution", row) or own(user, row.pk) or ever_member_of(user, row)
    ),
    Membership: lambda user, row: own(user, row.institution_id) or staff(user, row.association_id),
    Consent: lambda user, row: own(user, row.institution_id) or staff(user, row.association_id),
    ValueConsent: lambda user, row: own(user, row.institution_id) or staff(user, row.association_id),
    Donor: lambda user, row: (
        user.has_perm("members.view_donor", row)
        or any(staff(user, one.association_id) for one in row.sharing_agreements.all())
    ),
    SharingAgreement: lambda user, row: (
        staff(user, row.association_id) or user.has_perm("members.view_donor", row.donor)
    ),
    RoleAssignment: lambda user, row: row.user_id == user.pk or may_know_people_of(user, row),
    Invitation: may_know_people_of,
    CatalogueVersion: lambda user, row: (
        user.is_authenticated
        and (row.association is None or user.has_perm("reporting.view_catalogue", row.association))
    ),
    Round: lambda user, row: staff(user, row.association_id) or invited_to(user, row),
    Submission: lambda user, row: user.has_perm("reporting.view_return", row),
    Transition: of_a_return,
    Attachment: of_a_return,
    Answer: of_a_return,
    Explanation: of_a_return,
    **dict.fromkeys(
        (
            AnswerFlag,
            EvidenceCitation,
            Extension,
            GuestLink,
            OpenPage,
            PaperEntry,
            Question,
            QuestionMessage,
            Reminder,
            Reply,
            SectionAssignment,
            SectionTime,
            WorkbookUpload,
        ),
        of_a_return,
    ),
    Evidence: may_read,
    ApiKey: lambda user, row: row.user_id == user.pk,
    Release: lambda user, row: user.has_perm("reporting.view_release", row),
    WhatChanged: lambda user, row: user.has_perm("reporting.view_release", row.after),
    ReleaseMember: lambda user, row: own(user, row.institution_id) or staff(user, row.release.association_id),
    FrameworkVersion: lambda user, row: bool(access_of(user).staff_of or access_of(user).donor_in),
    Assessment: lambda user, row: user.has_perm("capacity.view_assessment", row),
    PlanItem: lambda user, row: user.has_perm("capacity.view_plan_item", row),
    SupportOffer: lambda user, row: user.has_perm("capacity.view_offer", row),
    Obligation: lambda user, row: user.has_perm("capacity.view_offer", row),
    Work: reached,
    Course: lambda user, row: user.has_perm("training.view_course", row),
    Expert: lambda user, row: user.has_perm("training.view_expert", row),
    TrainingSession: lambda user, row: user.has_perm("training.view_session", row),
    LearningGroup: lambda user, row: user.has_perm("training.view_group", row),
    **dict.fromkeys((Case, Certificate, Need, NeedsReply, Participant, Registration), of_a_member),
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all tests of this file; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def everybody(world: World) -> dict[str, Any]:
    return {**world.cast.people, "support": world.support, "visitor": AnonymousUser()}


@pytest.mark.django_db
def test_every_model_that_can_be_asked_is_compared() -> None:
    asked = {model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")}
    assert asked == PREDICATES.keys()


@pytest.mark.parametrize("model", PREDICATES, ids=lambda model: model.__name__)
def test_the_list_and_the_permission_agree(model: type[models.Model], world: World) -> None:
    rows = list(model._default_manager.all()[:400])
    differences, seen, hidden = [], 0, 0
    for name, user in everybody(world).items():
        visible = set(model._default_manager.visible_to(user).values_list("pk", flat=True))  # type: ignore[attr-defined]
        for row in rows:
            listed, allowed = row.pk in visible, bool(PREDICATES[model](user, row))
            seen, hidden = seen + listed, hidden + (not listed)
            if listed != allowed:
                differences.append(f"{name}: {row} is {'listed' if listed else 'hidden'}")
    assert not differences, "\n".join(differences[:20])
    # somebody sees something and somebody does not: otherwise nothing was compared
    assert seen
    assert hidden


def test_a_visitor_is_shown_nothing_at_all(world: World) -> None:
    for model in PREDICATES:
        assert not model._default_manager.visible_to(AnonymousUser()).exists(), model.__name__  # type: ignore[attr-defined]


@pytest.mark.parametrize("part", ["manager", "reviewer", "signatory", "editor", "donor", "operator"])
def test_whoever_may_not_sign_in_is_shown_nothing(part: str, world: World) -> None:
    with transaction.atomic():
        User.objects.filter(pk=getattr(world.cast, part).pk).update(is_active=False)
        user = User.objects.get(pk=getattr(world.cast, part).pk)
        for model in PREDICATES.keys() - {CatalogueVersion, RoleAssignment}:
            assert not model._default_manager.visible_to(user).exists(), model.__name__  # type: ignore[attr-defined]
        transaction.set_rollback(True)
