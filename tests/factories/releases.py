"""Rounds of many different members with approved returns, ready to be published."""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone
from psycopg2.extras import execute_values

from members.enums import ConsentPurpose
from members.models import Association, Consent, Institution, Membership, User
from reporting.enums import ReturnState
from reporting.models import Answer, CatalogueVersion, Release, ReplyWindow, Round, Submission
from reporting.services.releases import publish
from reporting.values import from_engine
from tests.factories.members import LONG_AGO, InstitutionFactory, MembershipFactory
from tests.factories.reporting import (
    OPENED,
    CatalogueVersionFactory,
    RoundFactory,
    default_catalogue,
    sample,
)
from tests.plugins.emptying import may_empty

PRACTICE = (1, 1, 0.5, 0.5, 0)
FLAGS = (
    "regulated", "takes_deposits", "mission_approved", "sp_disclosure_public", "board_sp_committee", "discloses_apr",
    "green_products", "nonfinancial_offered", "complaints_mechanism", "enterprises_tracked", "poverty_measured",
)  # fmt: skip
PICKED = {
    "legal_form": ("ngo", "nbfi", "cooperative", "bank"),
    "target_poverty_level": ("poor", "very_poor", "low_income"),
    "interest_method": ("declining", "flat"),
    "credit_bureau_use": ("always", "sometimes", "never"),
    "cp_certification": ("bronze", "none", "silver"),
    "poverty_tool": ("ppi", "other"),
    "spm_officer": ("part_time", "full_time", "none"),
}
MONEY_OR_PEOPLE = frozenset({"integer", "money", "decimal"})
UNSCALED = frozenset(
    {"sp_assessment_year", "spi_score", "board_members", "board_members_female", "board_trained_spm"}
)


def plausible(seed: int, year: int = 2024) -> dict[str, Any]:
    """The answers of one member: the sample's proportions at another size, with practices of its own.

    The same seed gives the same member; later years are a little larger and a little better.
    """
    return dict(_plausible(seed, year))


@cache
def _plausible(seed: int, year: int) -> dict[str, Any]:
    rng = random.Random(seed)
    size = rng.lognormvariate(0, 0.7) * 1.06 ** (year - 2024)
    values: dict[str, Any] = {}
    catalogue = default_catalogue()
    for code, given in sample()["values"].items():
        indicator = catalogue.indicator(code)
        kind = indicator.type.value
        if kind in {"file", "text"}:
            continue
        wobble = rng.uniform(0.9, 1.1)
        if kind == "boolean":
            values[code] = rng.random() < 0.6 if code in FLAGS else given
        elif indicator.choices_ref == "yes_partly_no":
            values[code] = min(1, rng.choice(PRACTICE) + (0.5 if rng.random() < 0.08 * (year - 2022) else 0))
        elif kind == "single_choice":
            known = {choice.value for choice in indicator.choices}
            offered = [choice for choice in PICKED.get(code, ()) if choice in known]
            values[code] = rng.choice(offered) if offered else given
        elif kind == "multiple_choice":
            open_choices = [c.value for c in indicator.choices if not c.exclusive and c.value != "other"]
            values[code] = [choice for choice in open_choices if rng.random() < 0.5] or open_choices[:1]
        elif kind == "percentage":
            values[code] = round(min(given * wobble, 99), 1)
        elif code in UNSCALED:
            values[code] = given
        elif kind in MONEY_OR_PEOPLE:
            values[code] = max(1, round(given * size * wobble))
    return values


def answer(submission: Submission, values: dict[str, Any]) -> None:
    """Write answers without the rules of the form."""
    write_answers([(submission, values)])


def write_answers(answers: Iterable[tuple[Submission, dict[str, Any]]]) -> None:
    """Write all answers of several returns in one statement, made by the driver, and without their history.

    Every edition of a test begins with two thousand answers. Django takes four times as long to put the same together,
    and the database twice as long where it writes an event for each and looks up what it belongs to.
    """
    catalogue = default_catalogue()
    blank = {field.attname: getattr(Answer(), field.attname) for field in Answer._meta.concrete_fields}
    rows = [
        (
            blank
            | {
                "id": uuid4(),
                "association_id": submission.association_id,
                "institution_id": submission.institution_id,
                "submission_id": submission.pk,
                "code": code,
                "changed_at": OPENED,
            }
            | from_engine(catalogue.indicator(code), value)
        ).values()
        for submission, values in answers
        for code, value in values.items()
    ]
    columns = ", ".join(str(field.column) for field in Answer._meta.concrete_fields)
    with transaction.atomic(), connection.cursor() as cursor:
        if may_empty():
            cursor.execute("SET LOCAL session_replication_role = replica")  # leaves triggers out
        execute_values(
            cursor,
            f"INSERT INTO {Answer._meta.db_table} ({columns}) VALUES %s",
            [tuple(row) for row in rows],
            page_size=len(rows) or 1,
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def consent(association: Association, institution: Institution, *purposes: ConsentPurpose) -> None:
    """Let the association use the institution's figures."""
    Consent.objects.bulk_create(
        Consent(association=association, institution=institution, purpose=purpose, given_at=LONG_AGO)
        for purpose in purposes or (ConsentPurpose.BENCHMARK, ConsentPurpose.NAMED)
    )


def institutions(association: Association, count: int) -> list[Institution]:
    """Current members that agreed to count and to be named."""
    found = [InstitutionFactory.build(name=f"Member {number + 1:02}") for number in range(count)]
    Institution.objects.bulk_create(found)
    Membership.objects.bulk_create(
        MembershipFactory.build(association=association, institution=one) for one in found
    )
    Consent.objects.bulk_create(
        Consent(association=association, institution=one, purpose=purpose, given_at=LONG_AGO)
        for one in found
        for purpose in (ConsentPurpose.BENCHMARK, ConsentPurpose.NAMED)
    )
    return found


def approved_round(
    association: Association,
    members: list[Institution],
    *,
    year: int = 2024,
    version: CatalogueVersion | None = None,
    currency: str = "KES",
    sections: tuple[str, ...] | None = None,
) -> Round:
    """A closed round in which every member's return is approved; `sections` None asks all of them."""
    of_round: Round = RoundFactory(
        association=association,
        year=year,
        catalogue=version or CatalogueVersionFactory(),
        **({"sections": list(sections)} if sections else {}),
        closed_at=datetime.combine(
            date(year + 1, 5, 31), datetime.min.time(), timezone.get_current_timezone()
        ),
    )
    submissions = [
        Submission(
            round=of_round,
            association=association,
            institution=institution,
            state=ReturnState.APPROVED,
            state_since=OPENED,
            currency=currency,
        )
        for institution in members
    ]
    Submission.objects.bulk_create(submissions)
    asked = {one.code for one in default_catalogue().indicators if not sections or one.section in sections}
    write_answers(
        (submission, {code: value for code, value in plausible(number, year).items() if code in asked})
        for number, submission in enumerate(submissions)
    )
    return of_round


def heard(of_round: Round, by: User) -> ReplyWindow:
    """The named members had their time to reply, and it is over."""
    window: ReplyWindow = ReplyWindow.objects.create(
        association=of_round.association,
        round=of_round,
        opened_at=OPENED,
        opened_by=by,
        closes_at=OPENED + timedelta(days=14),
        ended_at=OPENED,
        ended_reason="Everybody agreed in the meeting.",
    )
    return window


def released(
    association: Association, count: int = 12, *, year: int = 2024, sections: tuple[str, ...] | None = None
) -> Release:
    """A published release of so many members."""
    of_round = approved_round(association, institutions(association, count), year=year, sections=sections)
    return publish(round_id=of_round.pk, by=None, at=OPENED)
