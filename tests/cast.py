"""The cast: two associations with people of every role, for tests about who may see and do what.

Amani has the members Kilimo and Umoja and the former member Zamani; Baobab has Mbuyu. Pamoja belongs to both. Horizon
is a donor with whom Amani shares, Savanna one with whom Baobab shares.
"""

from dataclasses import dataclass, fields
from datetime import date

import pytest

from members.enums import Role
from members.models import Association, Donor, Institution, SharingAgreement, User
from tests.factories.members import (
    LONG_AGO,
    PASSWORD,
    AssociationFactory,
    DonorFactory,
    InstitutionFactory,
    MembershipFactory,
    UserFactory,
    give_role,
    person,
)


@dataclass(frozen=True)
class Cast:
    """Organisations and people by what they are; everybody signs in with `PASSWORD`."""

    amani: Association
    baobab: Association
    kilimo: Institution
    umoja: Institution
    zamani: Institution
    pamoja: Institution
    mbuyu: Institution
    horizon: Donor
    savanna: Donor

    manager: User
    second_manager: User
    reviewer: User
    signatory: User
    editor: User
    other_signatory: User
    shared_signatory: User
    ex_member: User
    ex_reviewer: User
    donor: User
    other_manager: User
    other_reviewer: User
    stranger_signatory: User
    stranger_editor: User
    other_donor: User
    operator: User
    nobody: User

    @property
    def people(self) -> dict[str, User]:
        """Everybody by the name of the part."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: one for name, one in found.items() if isinstance(one, User)}


def make_cast() -> Cast:
    """Write the cast into the database."""
    amani: Association = AssociationFactory(
        name="Amani Microfinance Network", short_name="Amani", slug="amani"
    )
    baobab: Association = AssociationFactory(name="Baobab Association", short_name="Baobab", slug="baobab")

    def institution(name: str, *associations: Association, left_on: date | None = None) -> Institution:
        made: Institution = InstitutionFactory(name=name)
        for association in associations:
            MembershipFactory(association=association, institution=made, left_on=left_on)
        return made

    kilimo = institution("Kilimo Savings", amani)
    umoja = institution("Umoja Credit", amani)
    zamani = institution("Zamani Finance", amani, left_on=date(2024, 6, 30))
    pamoja = institution("Pamoja Bank", amani, baobab)
    mbuyu = institution("Mbuyu Microcredit", baobab)
    horizon: Donor = DonorFactory(name="Horizon Fund", slug="horizon")
    savanna: Donor = DonorFactory(name="Savanna Trust", slug="savanna")
    for association, partner in ((amani, horizon), (baobab, savanna)):
        SharingAgreement.objects.create(association=association, donor=partner, since=date(2020, 1, 1))

    def somebody(
        part: str, role: Role, organisation: Association | Institution | Donor | None = None
    ) -> User:
        name = part.replace("_", " ").capitalize()
        return person(role, organisation, email=f"{part}@example.org", name=name, password=PASSWORD)

    ex_reviewer: User = UserFactory(email="ex_reviewer@example.org", name="Ex reviewer", password=PASSWORD)
    ended = give_role(ex_reviewer, Role.ASSOCIATION_REVIEWER, amani)
    ended.ended_at = LONG_AGO
    ended.save()
    return Cast(
        amani=amani,
        baobab=baobab,
        kilimo=kilimo,
        umoja=umoja,
        zamani=zamani,
        pamoja=pamoja,
        mbuyu=mbuyu,
        horizon=horizon,
        savanna=savanna,
        manager=somebody("manager", Role.ASSOCIATION_MANAGER, amani),
        second_manager=somebody("second_manager", Role.ASSOCIATION_MANAGER, amani),
        reviewer=somebody("reviewer", Role.ASSOCIATION_REVIEWER, amani),
        signatory=somebody("signatory", Role.INSTITUTION_SIGNATORY, kilimo),
        editor=somebody("editor", Role.INSTITUTION_EDITOR, kilimo),
        other_signatory=somebody("other_signatory", Role.INSTITUTION_SIGNATORY, umoja),
        shared_signatory=somebody("shared_signatory", Role.INSTITUTION_SIGNATORY, pamoja),
        ex_member=somebody("ex_member", Role.INSTITUTION_SIGNATORY, zamani),
        ex_reviewer=ex_reviewer,
        donor=somebody("donor", Role.DONOR_READER, horizon),
        other_manager=somebody("other_manager", Role.ASSOCIATION_MANAGER, baobab),
        other_reviewer=somebody("other_reviewer", Role.ASSOCIATION_REVIEWER, baobab),
        stranger_signatory=somebody("stranger_signatory", Role.INSTITUTION_SIGNATORY, mbuyu),
        stranger_editor=somebody("stranger_editor", Role.INSTITUTION_EDITOR, mbuyu),
        other_donor=somebody("other_donor", Role.DONOR_READER, savanna),
        operator=somebody("operator", Role.PLATFORM_OPERATOR),
        nobody=UserFactory(email="nobody@example.org", name="Nobody", password=PASSWORD),
    )


@pytest.fixture
def cast(db: None) -> Cast:
    """Two associations with people of every role."""
    return make_cast()
