"""Every address of the portal as every persona, with the real objects of somebody else's association."""

import re
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.permissions import matrix
from tests.permissions.addresses import Address, Kwargs, Visit, absent, all_visits
from tests.permissions.marks import MARKS, marks_of
from tests.permissions.matrix import METHODS, PERSONAS, Row, RowOf
from tests.permissions.posts import form_of
from tests.permissions.visitor import Answer, Visitor, checksums, rolled_back
from tests.permissions.world import CANARIES, World, make_world

pytestmark = [pytest.mark.integration]

EACH_PERSONA = pytest.mark.parametrize("persona", PERSONAS)
INSIDE = {"manager", "reviewer", "signatory", "editor"}
# Who may be shown what carries the mark of Kilimo.
MAY_SEE = dict.fromkeys(CANARIES, INSIDE) | {
    "mail": {"operator"},
    "audit": {"operator"},
    "private document": {"signatory", "editor"},
    **{mark: who for mark, (who, _why) in MARKS.items()},
}
STAFF_MARKS = CANARIES.keys() - {"mail", "audit", "private document"} - MARKS.keys()
MFI_MARKS = STAFF_MARKS | {"private document"}
SEES = {
    "manager": STAFF_MARKS | marks_of("manager"),
    "reviewer": STAFF_MARKS | marks_of("reviewer"),
    "donor": marks_of("donor"),
    "signatory": MFI_MARKS | marks_of("signatory"),
    "editor": MFI_MARKS | marks_of("editor"),
    "operator": {"mail"},
}
# Who walks the support tool's many addresses: a visitor, somebody signed in, and its own people.
WALK_SUPPORT = frozenset({"anonymous", "manager", "support"})
# Reading here is written down, granted or refused: the log is all that it writes.
LOGGED_READS = {
    "donor_member_values",
    "network_member_values",
    "api_donor_values",
    "api_assessments",
    "api_assessment",
    "api_plan",
    "api_offers",
    "donor_association",
    "donor_item",
    "donor_gaps",
    "donor_gaps_file",
    "donor_offers_file",
    "offers_file",
    "donor_figures_file",
    "figures_time_file",
    "roster_file",
}
LOG = "common_auditevent"
# Fetching a file of the library adds one to its count of the month: no name, and nothing that readers see.
COUNTED_READS = {"work_file", "public_work_file"}
COUNTS = "training_downloadcount"
REFUSED = frozenset({"401", "403", "404", "405", "login"})

# What stands between the digits of a number: a comma, a point, an apostrophe, or one of many spaces.
GROUPING = re.compile("(?<=\\d)[,.'\u2019 \u00a0\u2009\u202f](?=\\d)")

# A file that somebody handed in gets a stricter policy than any page.
FILES_ONLY = {"sandbox; default-src 'none'"}

Known = dict[str, frozenset[object]]
Checksums = dict[str, tuple[int, int]]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all tests of this file; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def visits(world: World) -> list[Visit]:
    """Every address in each of its cases."""
    return all_visits(world)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The matrix."""
    return matrix.load()


@pytest.fixture(scope="module")
def row_of(rows: list[Row]) -> RowOf:
    """The row about an address in a case and by a method."""
    return matrix.finder(rows)


@pytest.fixture(scope="module")
def known(world: World) -> Known:
    """What each persona may know of."""
    return {name: world.known_to(user) for name, user in world.people().items() if user is not None}


@pytest.fixture(scope="module")
def untouched(world: World) -> Checksums:
    """What the tables hold before anybody reads: the same for everybody, because nobody leaves anything."""
    return checksums()


@pytest.mark.django_db
def test_the_database_is_there() -> None:
    """The mark makes pytest-django set up a database for the fixtures of this file."""


def test_what_is_looked_for_is_there(world: World) -> None:
    answers = world.draft.answers.all()
    said = " ".join(f"{one.number or 0:.0f} {one.note} {one.text}" for one in answers)
    for name in ("figure", "note", "text answer"):
        assert CANARIES[name].search(said), name
    assert len({user.pk for user in world.people().values() if user}) == len(PERSONAS) - 1


def test_every_address_has_a_row_and_every_row_an_address(
    visits: list[Visit], rows: list[Row], row_of: RowOf
) -> None:
    met: set[tuple[str, ...]] = set()
    without: list[str] = []
    for address, case, _kwargs in visits:
        for method in METHODS:
            row = row_of(address, case, method)
            if row is None:
                without.append(f"{method} {address.pattern} {address.name} {case}")
            else:
                met.add(row.key)
    assert not without, "No row in tests/permissions/matrix.csv:\n" + "\n".join(without)
    dead = [" ".join(row.key) for row in rows if row.key not in met]
    assert not dead, "Rows without an address:\n" + "\n".join(dead)
    assert len({row.key for row in rows}) == len(rows), "A row stands twice."


@EACH_PERSONA
def test_everybody_is_answered_as_the_matrix_says(
    persona: str, world: World, visits: list[Visit], row_of: RowOf, known: Known, untouched: Checksums
) -> None:
    user = world.people()[persona]
    visitor = Visitor(user)
    faults: list[str] = []
    met: set[str] = set()
    refused_reading: set[tuple[str, str]] = set()
    for method in METHODS:
        for number, visit in enumerate(visits):
            address, case, kwargs = visit
            row = row_of(address, case, method)
            if row is None or persona not in _walkers(address):
                continue
            said = f"{method} {address.path(kwargs)} ({address.name} {case})"
            data = form_of(address.name, case, world) if method == "POST" else {}
            is_logged = address.name in LOGGED_READS
            is_counted = address.name in COUNTED_READS
            with rolled_back() if method == "POST" or is_logged or is_counted else nullcontext():
                answer = visitor.ask(method, address.path(kwargs), data)
            if answer.status not in row.cells[persona]:
                expected = "|".join(sorted(row.cells[persona]))
                faults.append(f"{said}: {answer.status}, the matrix says {expected}")
            written = set(answer.written) - ({LOG} if is_logged else set())
            written -= {COUNTS} if is_counted else set()
            if written and (method == "GET" or answer.status in REFUSED):
                faults.append(f"{said}: answered {answer.status} and wrote {sorted(written)}")
            marks = _marks(answer)
            met |= marks.keys()
            faults += [
                f"{said}: shows a {name} of Kilimo ({mark})"
                for name, mark in marks.items()
                if persona not in MAY_SEE[name]
            ]
            faults += [f"{said}: {fault}" for fault in _headers(answer, persona)]
            if answer.status in {"403", "404"} and _asks_for_nothing(persona, number, visit, row, known):
                variants = absent(kwargs, known[persona])
                # a page that is read and written looks for its object once, before it asks which of the two
                if method == "POST" and (address.name, case) in refused_reading:
                    variants = variants[-1:]
                faults += [
                    f"{said}: {fault}"
                    for variant in variants
                    for fault in _told(answer, visitor, method, address, kwargs, variant, data)
                ]
            if method == "GET" and answer.status in {"403", "404"}:
                refused_reading.add((address.name, case))
        if method == "GET":
            faults += [f"GET changed the table {table}" for table in _changed(untouched)]
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)
    # a search that never finds anything where it may would not find anything where it must not
    assert persona not in SEES or met == SEES[persona]


def _walkers(address: Address) -> frozenset[str]:
    """Who asks at the address."""
    return WALK_SUPPORT if address.is_support else frozenset(PERSONAS)


def _asks_for_nothing(persona: str, number: int, visit: Visit, row: Row, known: Known) -> bool:
    """Whether it is this person who compares a refusal with the answer where nothing is.

    Such an answer depends on the view and on what the person knows of the address: of those who are refused alike and
    know as much one is enough, and they take turns.
    """
    address, _case, kwargs = visit

    def stands(one: str) -> tuple[object, ...]:
        return row.cells[one], {name for name, value in kwargs.items() if value not in known[one]}

    if persona not in known:
        return False
    alike = [one for one in known if one in _walkers(address) and stands(one) == stands(persona)]
    return alike[number % len(alike)] == persona


def _told(
    real: Answer,
    visitor: Visitor,
    method: str,
    address: Address,
    kwargs: Kwargs,
    variant: Kwargs,
    data: Mapping[str, Any],
) -> list[str]:
    """How the refusal of a hidden object differs from the answer where nothing is: it must not."""
    with rolled_back():
        nothing = visitor.ask(method, address.path(variant), data)
    parts = (*kwargs.values(), *variant.values())
    if real.status != nothing.status:
        return [f"{real.status} where it is hidden, {nothing.status} where nothing is"]
    if real.comparable(*parts) != nothing.comparable(*parts):
        return ["the page tells hidden from absent"]
    return []


def _changed(before: Checksums) -> list[str]:
    after = checksums()
    return sorted(table for table in after if after[table] != before[table])


@pytest.mark.parametrize("persona", ["manager", "support"])
def test_head_and_options_change_nothing(
    persona: str, world: World, visits: list[Visit], untouched: Checksums
) -> None:
    visitor = Visitor(world.people()[persona])
    writers = []
    for method in ("HEAD", "OPTIONS"):
        for address, case, kwargs in visits:
            if case or address.is_support != (persona == "support"):
                continue
            answer = visitor.ask(method, address.path(kwargs))
            if answer.written:
                writers.append(f"{method} {address.pattern} wrote {sorted(set(answer.written))}")
    assert not writers, "\n".join(writers)
    assert not _changed(untouched)


def test_a_form_without_its_token_is_refused(world: World, visits: list[Visit]) -> None:
    visitor = Visitor(world.cast.manager)
    taken = []
    for address, case, kwargs in visits:
        if case or address.is_support:
            continue
        with rolled_back():
            answer = visitor.ask(
                "POST", address.path(kwargs), form_of(address.name, case, world), check_csrf=True
            )
        if answer.status != "403" or answer.written:
            taken.append(f"{address.pattern}: {answer.status}")
    assert not taken, "Answered although no token was sent:\n" + "\n".join(taken)


def _marks(answer: Answer) -> dict[str, str]:
    """The marks of Kilimo in a body or its headers."""
    said = GROUPING.sub("", answer.text) + str(answer.response.headers)
    return {name: found[0] for name, mark in CANARIES.items() if (found := mark.search(said))}


def _headers(answer: Answer, persona: str) -> list[str]:
    """Headers that every answer needs."""
    headers = answer.response.headers
    policy = headers.get("Content-Security-Policy", "")
    wanted = {
        "CSP default-src 'self'": "default-src 'self'" in policy or policy in FILES_ONLY,
        "CSP frame-ancestors 'none'": "frame-ancestors 'none'" in policy or policy in FILES_ONLY,
        "CSP object-src 'none'": "object-src 'none'" in policy or policy in FILES_ONLY,
        "CSP base-uri 'none'": "base-uri 'none'" in policy or policy in FILES_ONLY,
        "CSP without unsafe-inline": "unsafe" not in policy,
        "nosniff": headers.get("X-Content-Type-Options") == "nosniff",
        # an address with a token in it is told to nobody at all
        "Referrer-Policy": headers.get("Referrer-Policy") in {"same-origin", "no-referrer"},
        "X-Frame-Options": headers.get("X-Frame-Options") == "DENY",
        "Cross-Origin-Opener-Policy": headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "no Access-Control-Allow-Origin": "Access-Control-Allow-Origin" not in headers,
    }
    if persona != "anonymous" and answer.status not in {"302", "login"}:
        cached = headers.get("Cache-Control", "")
        wanted["a private page in no cache"] = "no-store" in cached or "private" in cached
    return [f"without {name}" for name, held in wanted.items() if not held]
