"""Dull rows of the members app: people, associations, MFIs, donors, memberships and roles."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from members.enums import Role
from members.models import Association, Donor, Institution, Membership, RoleAssignment, User

LONG_AGO = datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC"))
PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    """A person without any role."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(kwargs.pop("email"), kwargs.pop("password", None), **kwargs)

    @classmethod
    def _build(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("password", None)
        user = model_class(**kwargs)
        user.set_password(password)
        return user


class AssociationFactory(DjangoModelFactory):
    """An association."""

    class Meta:
        model = Association

    name = factory.Sequence(lambda n: f"Association {n}")
    slug = factory.Sequence(lambda n: f"association-{n}")
    countries = ["KE"]
    currency = "KES"
    created_at = LONG_AGO


class InstitutionFactory(DjangoModelFactory):
    """An MFI that belongs to no association yet."""

    class Meta:
        model = Institution

    name = factory.Sequence(lambda n: f"MFI {n}")
    country = "KE"
    created_at = LONG_AGO


class MembershipFactory(DjangoModelFactory):
    """That an MFI has belonged to an association for long."""

    class Meta:
        model = Membership

    association = factory.SubFactory(AssociationFactory)
    institution = factory.SubFactory(InstitutionFactory)
    joined_on = date(2020, 1, 1)


class DonorFactory(DjangoModelFactory):
    """A donor with whom nobody shares yet."""

    class Meta:
        model = Donor

    name = factory.Sequence(lambda n: f"Donor {n}")
    slug = factory.Sequence(lambda n: f"donor-{n}")
    created_at = LONG_AGO


def person(role: Role, organisation: Association | Institution | Donor | None = None, **fields: Any) -> User:
    """A person with one role, in an association, MFI, donor, or on the platform (None)."""
    user: User = UserFactory(**fields)
    give_role(user, role, organisation)
    return user


def give_role(
    user: User, role: Role, organisation: Association | Institution | Donor | None = None
) -> RoleAssignment:
    """One more role for somebody."""
    given = role_of(user, role, organisation)
    given.save()
    return given


def role_of(
    user: User, role: Role, organisation: Association | Institution | Donor | None = None
) -> RoleAssignment:
    """A role that is not written yet."""
    return RoleAssignment(
        user=user,
        role=role,
        association=organisation if isinstance(organisation, Association) else None,
        institution=organisation if isinstance(organisation, Institution) else None,
        donor=organisation if isinstance(organisation, Donor) else None,
        granted_at=LONG_AGO,
    )
