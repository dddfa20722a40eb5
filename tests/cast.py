"""The cast: two associations with people of every role, for tests about who may see and do what.

Amani has the members Kilimo and Umoja and the former member Zamani; Baobab has Mbuyu. Pamoja belongs to both. Horizon
is a donor with whom Amani shares, Savanna one with whom Baobab shares.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import pytest
from django.db.models import Model

from members.enums import Role
from members.models import (
    Association,
    Donor,
    Institution,
    Membership,
    RoleAssignment,
    SharingAgreement,
    User,
)
from tests.factories.members import (
    LONG_AGO,
    PASSWORD,
    AssociationFactory,
    DonorFactory,
    InstitutionFactory,
    MembershipFactory,
    UserFactory,
    role_of,
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


class _Rows:
    """Rows to be written, many in one statement: most tests have a cast, and row by row it outlasts them."""

    # a row stands on those of the models before its own
    ORDER = (Association, Institution, Donor, User, Membership, SharingAgreement, RoleAssignment)

    def __init__(self) -> None:
        self.found: dict[type[Model], list[Any]] = {model: [] for model in self.ORDER}

    def add(self, *rows: Model) -> None:
        for row in rows:
            self.found[type(row)].append(row)

    def write(self) -> None:
        for model, rows in self.found.items():
            model._default_manager.bulk_create(rows)


def make_cast() -> Cast:
    """Write the cast into the database."""
    rows = _Rows()
    amani: Association = AssociationFactory.build(
        name="Amani Microfinance Network", short_name="Amani", slug="amani"
    )
    baobab: Association = AssociationFactory.build(
        name="Baobab Association", short_name="Baobab", slug="baobab"
    )
    rows.add(amani, baobab)

    def institution(name: str, *associations: Association, left_on: date | None = None) -> Institution:
        made: Institution = InstitutionFactory.build(name=name)
        rows.add(made)
        for association in associations:
            rows.add(MembershipFactory.build(association=association, institution=made, left_on=left_on))
        return made

    kilimo = institution("Kilimo Savings", amani)
    umoja = institution("Umoja Credit", amani)
    zamani = institution("Zamani Finance", amani, left_on=date(2024, 6, 30))
    pamoja = institution("Pamoja Bank", amani, baobab)
    mbuyu = institution("Mbuyu Microcredit", baobab)
    horizon: Donor = DonorFactory.build(name="Horizon Fund", slug="horizon")
    savanna: Donor = DonorFactory.build(name="Savanna Trust", slug="savanna")
    rows.add(horizon, savanna)
    for association, partner in ((amani, horizon), (baobab, savanna)):
        rows.add(SharingAgreement(association=association, donor=partner, since=date(2020, 1, 1)))

    def somebody(
        part: str,
        role: Role | None = None,
        organisation: Association | Institution | Donor | None = None,
        *,
        until: datetime | None = None,
    ) -> User:
        name = part.replace("_", " ").capitalize()
        made: User = UserFactory.build(email=f"{part}@example.org", name=name, password=PASSWORD)
        rows.add(made)
        if role is not None:
            given = role_of(made, role, organisation)
            given.ended_at = until
            rows.add(given)
        return made

    made = Cast(
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
        ex_reviewer=somebody("ex_reviewer", Role.ASSOCIATION_REVIEWER, amani, until=LONG_AGO),
        donor=somebody("donor", Role.DONOR_READER, horizon),
        other_manager=somebody("other_manager", Role.ASSOCIATION_MANAGER, baobab),
        other_reviewer=somebody("other_reviewer", Role.ASSOCIATION_REVIEWER, baobab),
        stranger_signatory=somebody("stranger_signatory", Role.INSTITUTION_SIGNATORY, mbuyu),
        stranger_editor=somebody("stranger_editor", Role.INSTITUTION_EDITOR, mbuyu),
        other_donor=somebody("other_donor", Role.DONOR_READER, savanna),
        operator=somebody("operator", Role.PLATFORM_OPERATOR),
        nobody=somebody("nobody"),
    )
    rows.write()
    return made


@pytest.fixture
def cast(db: None) -> Cast:
    """Two associations with people of every role."""
    return make_cast()
