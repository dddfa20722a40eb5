"""Dashboards and members' reports with seventy associations of fifty members over twelve years.

Dashboards are timed by the clock on the wall, since the work of the database is what could grow, and turn by turn: the
page and the empty page, or the page here and the same page where there is one association. `again` is a page whose
editions this process has told before, as nearly every look is; `first` is one whose editions it has not.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from django.test import override_settings
from django.urls import reverse

from bench.pages import EMPTY, get, signed_in
from bench.synthetic import (
    ASSOCIATIONS,
    DONOR_OF_ALL,
    DONOR_OF_ONE,
    MANAGER,
    MEMBERS,
    READER_OF_ALL,
    READER_OF_ONE,
    SLUG,
    YEARS,
    Databases,
    connected_to,
)
from bench.timing import Work, medians, ratio
from members.models import User
from reporting.datasets import over_time, portfolio_time
from reporting.models import Answer, Release, ReleaseCell, Submission
from reporting.services import portfolio_totals
from reporting.web import kept_pages

EMPTY_LIMIT, ONE_LIMIT = 3, 1.3
ROUNDS, FIRST_ROUNDS = 15, 3

In = Callable[[Work], object]
"""Does a piece of work in one of the databases."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard, who looks at it, and the empty page of its layout."""

    name: str
    address: str
    by: str
    empty: str


def dashboards(databases: Databases) -> dict[str, object]:
    """How many rows there are, and the ratios of the dashboards."""
    with override_settings(ROOT_URLCONF="bench.urls"), opened(databases.many) as many:
        return {
            "rows": many(_rows),
            "against_an_empty_page": {"limit": EMPTY_LIMIT, **_against_empty(many)},
            "against_one_association": {"limit": ONE_LIMIT, **_against_one(databases, many)},
        }


def _shown() -> list[Dashboard]:
    """The association's figures over time, and the home of a donor of one association and of a donor of all."""
    of_association = reverse(EMPTY, args=[SLUG])
    of_person = reverse("bench_empty_person")
    return [
        Dashboard("figures_over_time", reverse("figures_time", args=[SLUG]), MANAGER, of_association),
        Dashboard("donor_of_one", reverse("donor_home", args=[DONOR_OF_ONE]), READER_OF_ONE, of_person),
        Dashboard("donor_of_all", reverse("donor_home", args=[DONOR_OF_ALL]), READER_OF_ALL, of_person),
    ]


@contextmanager
def opened(name: str) -> Iterator[In]:
    """A thread whose connection stays open to one database, so that two can be asked in turn."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        connected = connected_to(name)
        thread.submit(connected.__enter__).result()
        try:
            yield lambda work: thread.submit(work).result()
        finally:
            thread.submit(connected.__exit__, None, None, None).result()


def _rows() -> dict[str, int]:
    """How many rows there are, of the large tables as the database last counted them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r'")
        counted = dict(cursor.fetchall())
    return {
        "associations": ASSOCIATIONS,
        "members_of_each": MEMBERS,
        "years": YEARS,
        "returns": counted[Submission._meta.db_table],
        "answers": counted[Answer._meta.db_table],
        "editions": counted[Release._meta.db_table],
        "cells": counted[ReleaseCell._meta.db_table],
    }


def _against_empty(many: In) -> dict[str, dict[str, float]]:
    """Each dashboard as a multiple of the empty page as the same person sees it."""
    found = {}
    for page in _shown():
        look, empty = _looker(many, page.by, page.address), _looker(many, page.by, page.empty)
        again = medians({"page": look, "empty": empty}, rounds=ROUNDS, clock=time.perf_counter)
        first = _first({"page": look, "empty": empty})
        found[page.name] = {
            "again": ratio(again["page"], again["empty"]),
            "first": ratio(first["page"], first["empty"]),
            "ms": round(1000 * again["page"], 1),
        }
    return found


def _against_one(databases: Databases, many: In) -> dict[str, dict[str, float]]:
    """Each dashboard as a multiple of the same page in the database with one association."""
    found = {}
    with opened(databases.one) as one:
        for page in _shown():
            looks = {"many": _looker(many, page.by, page.address), "one": _looker(one, page.by, page.address)}
            again = medians(looks, rounds=ROUNDS, clock=time.perf_counter)
            first = _first(looks)
            found[page.name] = {
                "again": ratio(again["many"], again["one"]),
                "first": ratio(first["many"], first["one"]),
            }
    return found


def _looker(where: In, email: str, address: str) -> Work:
    client = where(lambda: signed_in(User.objects.get(email=email)))
    look = get(client, address)  # type: ignore[arg-type]
    return lambda: where(look)


def _first(looks: dict[str, Work]) -> dict[str, float]:
    works = {name: _forgetful(look) for name, look in looks.items()}
    return medians(works, rounds=FIRST_ROUNDS, warm_up=0, clock=time.perf_counter)


def _forgetful(look: Work) -> Work:
    """The same look by a process that has told none of the editions yet; catalogues and templates stay read."""

    def first() -> object:
        over_time._kept.clear()
        portfolio_totals._kept.clear()
        portfolio_time._kept.clear()
        kept_pages.forget()
        return look()

    return first
