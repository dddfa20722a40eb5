"""Queries whose SQL is written once per process: the ORM writes a wide one anew each time in a millisecond or two."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Count, QuerySet

Row = TypeVar("Row")
Value = UUID | str | date
"""What a query can be asked for: keys, codes and days, which reach the database as they are."""

Shape = tuple[type[Value] | int, ...]
"""The type of each value, or how many keys its list has."""

Place = tuple[int, int | None]
"""Which value fills a parameter: its number, and the place in it where it is a list."""

LONGEST = 16
"""Lists with more ids are asked for as the ORM does it: what is kept stays small, and rows then cost more than SQL."""


@dataclass(frozen=True, slots=True)
class _Written:
    """The SQL of one shape of values; `places` says which value fills which parameter, the others are constants.

    `converters` are those of the columns, which the ORM would look for anew as well.
    """

    queryset: QuerySet[Any, Any]
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, Place], ...]
    converters: Any


class Prepared(Generic[Row]):
    """A query of the ORM as a function of keys, run as `query(key, [key, key])`, which gives a list of its rows.

    `build` gets a value for each one, or a list of keys, and gives the queryset; it is called once for each number of
    keys in its lists, so nothing in it may depend on anything but these: no other argument, no language, no time zone,
    no clock but the database's own. Rows are what the ORM makes of them, related objects and annotations included;
    `prefetch_related` is not done.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self._build = build
        self._written: dict[Shape, _Written] = {}

    def __call__(self, *values: Value | list[UUID]) -> list[Row]:
        """The rows for these values; none where a list is empty."""
        shape: Shape = tuple(len(value) if isinstance(value, list) else type(value) for value in values)
        if 0 in shape:
            return []
        if any(isinstance(length, int) and length > LONGEST for length in shape):
            return list(self._build(*values))
        written = self._written.get(shape)
        if written is None:
            written = self._written.setdefault(shape, _write(self._build, shape))
        return list(_filled(written, values))


def count_in(rows: QuerySet[Any, Any]) -> QuerySet[Any, int]:
    """How many rows of one association there are, as a query that gives one number, or none for no rows."""
    counted: QuerySet[Any, int] = (
        rows.order_by().values("association").annotate(n=Count("pk")).values_list("n", flat=True)
    )
    return counted


def _write(build: Callable[..., QuerySet[Any, Any]], shape: Shape) -> _Written:
    """Have the ORM write the SQL with ids that stand for the values to come."""
    marks = [
        [uuid4() for _ in range(one)] if isinstance(one, int) else _mark(one, number)
        for number, one in enumerate(shape)
    ]
    queryset = build(*marks)
    compiler = queryset.query.get_compiler(using=queryset.db)
    sql, params = compiler.as_sql()
    place_of: dict[Value, Place] = {}
    for number, mark in enumerate(marks):
        if isinstance(mark, list):
            place_of |= {one: (number, at) for at, one in enumerate(mark)}
        else:
            place_of[mark] = (number, None)
    places = tuple(
        (number, place_of[param])
        for number, param in enumerate(params)
        if isinstance(param, Value) and param in place_of
    )
    if missing := set(place_of.values()) - {place for _, place in places}:
        raise ValueError(f"The query does not ask for its values {sorted(number for number, _ in missing)}.")
    columns = [expression for expression, *_ in compiler.select[: compiler.col_count]]
    return _Written(queryset, compiler, sql, tuple(params), places, compiler.get_converters(columns))


def _mark(kind: type[Value], number: int) -> Value:
    """A value of this type that nothing else in a query has."""
    if kind is date:
        return date.max - timedelta(days=number)
    return uuid4() if kind is UUID else uuid4().hex


def _filled(written: _Written, values: Sequence[Value | list[UUID]]) -> QuerySet[Any, Any]:
    """The queryset with a compiler that has the SQL at hand and the values in their places."""

    params = list(written.params)
    for place, (number, within) in written.places:
        value = values[number]
        params[place] = value[within or 0] if isinstance(value, list) else value
    # all() makes a queryset of its own, so that nothing here is shared by two requests
    queryset = written.queryset.all()
    connection = connections[queryset.db]
    if queryset.query.select_for_update and not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Rows are locked inside of a transaction only.")
    compiler = copy.copy(written.compiler)
    compiler.connection = connection
    compiler.as_sql = lambda *_args, **_options: (written.sql, params)
    compiler.get_converters = lambda _columns: written.converters

    def get_compiler(using: str | None = DEFAULT_DB_ALIAS, *_args: Any, **_options: Any) -> Any:
        return compiler

    queryset.query.get_compiler = get_compiler  # type: ignore[method-assign]
    return queryset
