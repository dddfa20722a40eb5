"""Drafts rows for addresses that have none, from what is answered now: read every cell before you commit it.

DRAFT_MATRIX=1 pytest tests/permissions/draft.py
"""

import os

import pytest

from tests.permissions import matrix
from tests.permissions.addresses import all_visits
from tests.permissions.matrix import METHODS, PERSONAS, Row, finder
from tests.permissions.posts import form_of
from tests.permissions.visitor import Visitor, rolled_back
from tests.permissions.world import make_world


@pytest.mark.django_db
@pytest.mark.skipif("DRAFT_MATRIX" not in os.environ, reason="Set DRAFT_MATRIX=1 to draft rows.")
def test_draft_rows() -> None:
    """Add a row for each address and method without one; the words are left to you."""
    world = make_world()
    rows = matrix.load() if matrix.FILE.exists() else []
    visitors = {persona: Visitor(user) for persona, user in world.people().items()}
    row_of = finder(rows)
    for address, case, kwargs in all_visits(world):
        if address.pattern.startswith("admin/"):
            continue  # one row stands for many there: write it by hand
        for method in METHODS:
            if row_of(address, case, method) is not None:
                continue
            cells = {}
            for persona in PERSONAS:
                try:
                    with rolled_back():
                        answer = visitors[persona].ask(
                            method, address.path(kwargs), form_of(address.name, case, world)
                        )
                    cells[persona] = frozenset({answer.status})
                except Exception as error:  # noqa: BLE001 - whatever a page raises belongs into the draft
                    print(method, address.pattern, persona, repr(error)[:300])
                    cells[persona] = frozenset({"500"})
            rows.append(Row("", "", address.pattern, address.name, case, method, cells))
    matrix.save(rows)
