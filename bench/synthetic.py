"""Databases with one and with many associations, twelve years each: synthetic, built once, loaded with COPY.

What is real: one association is made by the portal's own services, from plausible returns of its members in every
year, each edition published through the gate. Its rows, every answer of every return among them, are copied for all
others under other keys and names: all associations have the same figures. What is made up besides: every edition has
six peer groups whose cells repeat those of all members, so that pages must find their way past them. What there is not:
the history of single values, mail, documents, moves of returns.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader

from members.enums import ConsentPurpose, Role
from members.models import (
    Association,
    Consent,
    Donor,
    Institution,
    Membership,
    RoleAssignment,
    SharingAgreement,
    User,
)
from members.services import associations, consents, donors, register, roles
from reporting.catalogue import Catalogue
from reporting.demo.cast import DemoInstitution
from reporting.demo.figures import returns_of
from reporting.enums import Recipient, ReturnState
from reporting.models import (
    Answer,
    Release,
    ReleaseCell,
    ReleaseMember,
    Round,
    Submission,
    ValueConsent,
)
from reporting.selectors.catalogues import catalogue_of
from reporting.services.catalogues import default_version
from reporting.services.releases import publish
from reporting.services.rounds import RoundSpec, close_round, open_round
from reporting.values import fields_of

ASSOCIATIONS, MEMBERS, YEARS = 70, 50, 12
LAST = 2025
BEGUN = datetime(LAST - YEARS, 11, 1, tzinfo=UTC)
GROUPS = ("small:1", "medium:1", "large:1", "rural:1", "urban:1", "young:1")
OPEN_TO_DONOR = 15
"""Members of each association that let the donor of all associations read their values."""

SLUG = "bench-0000"
DONOR_OF_ALL, DONOR_OF_ONE = "bench-donor-of-all", "bench-donor-of-one"
MANAGER, READER_OF_ALL, READER_OF_ONE = (f"{who}@bench.example" for who in ("manager.0000", "all", "one"))

PLACE = "@@@@"
"""Stands for the number of an association in the text of its rows."""

KEY = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
NAMED = re.compile(r"(bench-|[nN]etwork |\.(?=0000@bench))0000(?=\t|@bench|$)", re.MULTILINE)
COPIED: tuple[type[models.Model], ...] = (
    Association, Institution, Membership, Consent, SharingAgreement, User, RoleAssignment, Round, Submission, Answer,
    Release, ReleaseMember, ReleaseCell, ValueConsent,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Databases:
    """The names of both databases: the first association alone, and with all the others."""

    one: str
    many: str


def prepare_scale() -> Databases:
    """Both databases, built where they are missing or made by other code or other migrations."""
    base = connection.settings_dict["NAME"]
    found = Databases(f"{base}_one_association", f"{base}_all_associations")
    state = _state()
    if _comment(found.one) != state:
        _create(found.one)
        with connected_to(found.one):
            call_command("migrate", verbosity=0)
            _build_one()
        _say(found.one, state)
    if _comment(found.many) != state:
        _create(found.many, template=found.one)
        with connected_to(found.many):
            _copy_to_others()
        _say(found.many, state)
    return found


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Everything of this thread reads and writes that database, without a limit of time for a statement."""
    before = connection.settings_dict
    connection.close()
    options = before["OPTIONS"] | {"options": "-c statement_timeout=0"}
    connection.settings_dict = before | {"NAME": name, "OPTIONS": options, "CONN_MAX_AGE": None}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before


# --- databases ------------------------------------------------------------------------------------------------


def _state() -> str:
    """What a database depends on: this module, the figures, the catalogue, and the migrations there are."""
    content = hashlib.sha256()
    made_by = (Path(__file__), *sorted(Path(settings.BASE_DIR, "reporting", "demo").glob("figures.py")))
    for file in made_by:
        content.update(file.read_bytes())
    content.update(repr(sorted(MigrationLoader(None).disk_migrations)).encode())
    return content.hexdigest()


def _comment(name: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _create(name: str, template: str = "template0") -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"DROP DATABASE IF EXISTS {quote(name)} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(template)} STRATEGY file_copy")
        cursor.execute("RESET statement_timeout")


def _say(name: str, state: str) -> None:
    """Written last: a database that was not finished has no mark and is built again."""
    with connected_to(name), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(f"COMMENT ON DATABASE {connection.ops.quote_name(name)} IS '{state}'")


# --- one association -------------------------------------------------------------------------------------------


def _build_one() -> None:
    """One association with its members, consents, rounds, approved returns and editions, all through the services."""
    association = associations.create_association(
        name="Network 0000", slug=SLUG, at=BEGUN, countries=["KE"], currency="KES", time_zone="Africa/Nairobi"
    )
    cast = [_cast(number) for number in range(MEMBERS)]
    members = [_member(association, each) for each in cast]
    figures = [returns_of(each, range(LAST - YEARS + 1, LAST + 1)) for each in cast]
    version = default_version(BEGUN)
    catalogue = catalogue_of(version)
    for year in range(LAST - YEARS + 1, LAST + 1):
        at = datetime(year + 1, 1, 20, tzinfo=UTC)
        spec = RoundSpec(
            code=str(year),
            name=f"Social performance report {year}",
            year=year,
            period_end=date(year, 12, 31),
            catalogue=version,
            due_at=datetime.combine(date(year + 1, 3, 31), time(20, 59), tzinfo=UTC),
            exchange_rate_usd=Decimal(100 + year % 10),
            gni_per_capita=Decimal(250_000),
        )
        opened = open_round(association=association, spec=spec, institutions=members, by=None, at=at)
        returned = {one.institution_id: one for one in opened.submissions.all()}
        for institution, by_year in zip(members, figures, strict=True):
            _answer(returned[institution.pk], catalogue, by_year[year], at)
        done = at + timedelta(days=70)
        opened.submissions.update(state=ReturnState.APPROVED, state_since=done, submitted_at=done)
        close_round(round_id=opened.pk, by=None, at=done)
        publish(round_id=opened.pk, by=None, at=done)
    _repeat_cells_in_groups()
    _people(association, members)


def _cast(number: int) -> DemoInstitution:
    draw = Random(f"bench:{number}")
    return DemoInstitution(
        name=f"Member {number:02} of network 0000",
        short_name=f"Member {number:02}",
        legal_form=("ngo", "nbfi", "cooperative", "bank", "rural_bank")[number % 5],
        borrowers=round(draw.lognormvariate(10, 0.7)),
        average_loan=draw.randint(15, 70) * 1000,
        women=draw.uniform(0.4, 0.92),
        rural=draw.uniform(0.2, 0.9),
        practice=draw.uniform(0.35, 0.85),
        saves=number % 3 == 0,
    )


def _member(association: Association, each: DemoInstitution) -> Institution:
    institution = register.create_institution(
        name=each.name, short_name=each.short_name, country="KE", at=BEGUN
    )
    register.add_member(
        association=association, institution=institution, joined_on=date(2010, 1, 1), at=BEGUN
    )
    consents.give(
        association=association, institution=institution, purpose=ConsentPurpose.BENCHMARK, by=None, at=BEGUN
    )
    return institution


def _answer(submission: Submission, catalogue: Catalogue, values: Mapping[str, Any], at: datetime) -> None:
    Answer.objects.bulk_create(
        Answer(
            association_id=submission.association_id,
            institution_id=submission.institution_id,
            submission=submission,
            code=code,
            changed_at=at,
            **fields_of(indicator, value).as_dict(),
        )
        for code, value in values.items()
        if (indicator := catalogue.indicator(code)) is not None
    )


def _repeat_cells_in_groups() -> None:
    names = _names(ReleaseCell)
    picked = {"id": "gen_random_uuid()", "group": "g.name", "position": "c.position + 10000 * g.place"}
    selected = ", ".join(picked.get(name, f"c.{connection.ops.quote_name(name)}") for name in names)
    table = connection.ops.quote_name(ReleaseCell._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(map(connection.ops.quote_name, names))}) SELECT {selected} "  # noqa: S608
            f"FROM {table} c, unnest(%s::text[]) WITH ORDINALITY AS g(name, place)",
            [list(GROUPS)],
        )


def _people(association: Association, members: Iterable[Institution]) -> None:
    """A manager, an editor for each member, and two donors: of all associations, and of this one alone."""

    def person(email: str) -> User:
        return User.objects.create(email=email, name=email, date_joined=BEGUN)

    roles.grant_role(user=person(MANAGER), role=Role.ASSOCIATION_MANAGER, organisation=association, at=BEGUN)
    for number, institution in enumerate(members):
        editor = person(f"editor{number}.0000@bench.example")
        roles.grant_role(user=editor, role=Role.INSTITUTION_EDITOR, organisation=institution, at=BEGUN)
    for slug, email in ((DONOR_OF_ALL, READER_OF_ALL), (DONOR_OF_ONE, READER_OF_ONE)):
        donor = donors.create_donor(name=slug, slug=slug, at=BEGUN)
        donors.share(association=association, donor=donor, since=BEGUN.date(), at=BEGUN)
        roles.grant_role(user=person(email), role=Role.DONOR_READER, organisation=donor, at=BEGUN)
        for institution in list(members)[:OPEN_TO_DONOR]:
            ValueConsent.objects.create(
                association=association,
                institution=institution,
                recipient=Recipient.DONOR,
                donor=donor,
                given_at=BEGUN,
            )


# --- the others ---------------------------------------------------------------------------------------------------


def _copy_to_others() -> None:
    """The rows of the first association for all others: triggers and foreign keys rest meanwhile."""
    rows = {model: _rows(model) for model in COPIED}
    own = frozenset(line.partition("\t")[0] for text in rows.values() for line in text.splitlines())
    marked = {model: with_place(text, own) for model, text in rows.items()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for model, text in marked.items():
            table = connection.ops.quote_name(model._meta.db_table)
            with _without_indexes(table):
                for number in range(1, ASSOCIATIONS):
                    cursor.copy_expert(
                        f"COPY {table} ({_columns(model)}) FROM STDIN",
                        StringIO(text.replace(PLACE, f"8{number:03}")),
                    )


@contextmanager
def _without_indexes(table: str) -> Iterator[None]:
    """Make indexes that are no constraint after the rows: at once they take a third of the time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indrelid = %s::regclass "
            "AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
            [table],
        )
        indexes = cursor.fetchall()
        for name, _made_by in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, made_by in indexes:
            cursor.execute(made_by)


def with_place(text: str, own: frozenset[str]) -> str:
    """The text of rows with a place for the number of an association: in the middle of own keys, and in names.

    There a random key has its 4 of version 4; numbers begin with 8, the version for keys of one's own making, so that
    no copied key is ever that of another row.

    Keys of rows that all associations share (a catalogue, a donor) stay; so do keys inside of JSON that are not own.
    """

    def marked(match: re.Match[str]) -> str:
        key = match.group()
        return key[:14] + PLACE + key[18:] if key in own else key

    return NAMED.sub(rf"\g<1>{PLACE}", KEY.sub(marked, text))


def _rows(model: type[models.Model]) -> str:
    """What is copied of a table, in the text of COPY, the key first; what concerns one donor's own access is not."""
    of_all = f"donor_id = '{Donor.objects.get(slug=DONOR_OF_ALL).pk}'"
    only: dict[type[models.Model], str] = {
        User: f"email NOT IN ('{READER_OF_ALL}', '{READER_OF_ONE}')",
        RoleAssignment: "donor_id IS NULL",
        SharingAgreement: of_all,
        ValueConsent: of_all,
    }
    table = connection.ops.quote_name(model._meta.db_table)
    written = StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY (SELECT {_columns(model)} FROM {table} WHERE {only.get(model, 'true')}) TO STDOUT",  # noqa: S608
            written,
        )
    return written.getvalue()


def _columns(model: type[models.Model]) -> str:
    key = "id"
    return ", ".join(
        connection.ops.quote_name(name) for name in [key, *(n for n in _names(model) if n != key)]
    )


def _names(model: type[models.Model]) -> list[str]:
    return [field.column for field in model._meta.concrete_fields if field.column is not None]
