"""Random ledgers against a reference that looks at one consent after the other and knows no sets."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from members.models import Association
from reporting.catalogue import IndicatorType, Visibility
from reporting.consenting import Audience
from reporting.enums import Recipient, ReturnState
from reporting.models import Round, Submission, ValueConsent
from reporting.selectors.sharing import (
    ANY_DONOR,
    NETWORK,
    PUBLIC,
    known_to,
    may_read,
    who_sees,
)
from reporting.selectors.sharing_values import readable_values
from tests.cast import Cast
from tests.factories.members import LONG_AGO
from tests.factories.reporting import default_catalogue
from tests.reporting.test_sharing import reported

CATALOGUE = default_catalogue()
SECTIONS = ["", "HRM", "MIS", "FIN"]
CODES = ["staff_total", "female_borrowers", "gross_loan_portfolio", "pct_female_borrowers", "branches_total"]

ROW = st.fixed_dictionaries(
    {
        "member": st.sampled_from(["kilimo", "umoja"]),
        "recipient": st.sampled_from(["association", "donor", "network", "public"]),
        "donor": st.sampled_from(["horizon", "savanna"]),
        "section": st.sampled_from(SECTIONS),
        "round": st.sampled_from([None, 0, 1]),
        "end": st.sampled_from([None, -1, 0, 1]),
        "withdrawn": st.booleans(),
    }
)


def meant(row: dict[str, Any], audience: Audience, cast: Cast, number: int) -> bool:
    """Whether one row of the ledger is about this audience and round."""
    if row["round"] is not None and row["round"] != number:
        return False
    if row["recipient"] == "public":
        return True
    if row["recipient"] != audience.recipient:
        return False
    if row["recipient"] == "donor" and audience.donor is not None:
        return bool(getattr(cast, row["donor"]).pk == audience.donor)
    return True


def holds(row: dict[str, Any]) -> bool:
    """Whether it holds today."""
    return not row["withdrawn"] and (row["end"] is None or row["end"] >= 0)


def opens(rows: list[dict[str, Any]], code: str) -> bool:
    """Whether these rows together open a code: question by question, a derived value by all of its questions."""
    for one in CATALOGUE.indicators:
        if one.code == code:
            if one.visibility_default is Visibility.CONFIDENTIAL or one.type is IndicatorType.FILE:
                return False
            return any(row["section"] in ("", one.section) for row in rows)
    behind = CATALOGUE.inputs_of(code)
    return bool(behind) and all(opens(rows, each) for each in behind)


LEDGER = st.lists(
    ROW, max_size=7, unique_by=lambda row: tuple(row[k] for k in row if k not in ("end", "withdrawn"))
)


@pytest.mark.django_db
def test_selectors_agree_with_a_naive_reading(cast: Cast):
    Association.objects.filter(pk=cast.amani.pk).update(has_public_page=True)
    cast.amani.refresh_from_db()
    rounds = [reported(cast, 2024), reported(cast, 2023)]
    Submission.objects.filter(round=rounds[1], institution=cast.umoja).update(state=ReturnState.SUBMITTED)

    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(rows=LEDGER)
    def agree(rows: list[dict[str, Any]]) -> None:
        with transaction.atomic():
            _compare(cast, rows, rounds)
            transaction.set_rollback(True)

    agree()


def _compare(cast: Cast, rows: list[dict[str, Any]], rounds: list[Round]) -> None:
    _write(cast, rows, rounds)
    members = {"kilimo": cast.kilimo, "umoja": cast.umoja}
    horizon = Audience(Recipient.DONOR, cast.horizon.pk)
    audiences = [Audience(Recipient.ASSOCIATION), horizon, ANY_DONOR, NETWORK, PUBLIC]
    for number, of_round in enumerate(rounds):
        known = {audience: known_to(audience, of_round) for audience in audiences}
        readers = {audience: readable_values(audience, of_round) for audience in (horizon, NETWORK, PUBLIC)}
        savanna = Audience(Recipient.DONOR, cast.savanna.pk)
        assert readable_values(savanna, of_round) == {}  # no agreement with Amani
        for name, institution in members.items():
            own = [row for row in rows if row["member"] == name]
            for code in CODES:
                for audience in audiences:
                    ever = [row for row in own if meant(row, audience, cast, number)]
                    live = [row for row in ever if holds(row)]
                    assert may_read(audience, institution, of_round, code) == opens(live, code)
                    assert (institution.pk in known[audience].get(code, ())) == opens(ever, code)
            approved = not (number == 1 and name == "umoja")
            for audience, values in readers.items():
                live = [row for row in own if meant(row, audience, cast, number) and holds(row)]
                for code in values.get(institution.pk, {}):
                    assert opens(live, code)
                    assert approved
                if approved and opens(live, "staff_total"):
                    assert "staff_total" in values[institution.pk]
    _compare_table(cast, rows, rounds)


def _compare_table(cast: Cast, rows: list[dict[str, Any]], rounds: list[Round]) -> None:
    table = who_sees(cast.kilimo, cast.amani, rounds[0], catalogue=CATALOGUE)
    own = [row for row in rows if row["member"] == "kilimo" and holds(row)]
    for line in table.lines:
        for cell in line.cells:
            if cell.column.rests:
                assert not cell.is_open
                continue
            reach = [row for row in own if meant(row, cell.column.audience, cast, 0)]
            assert cell.is_open == any(row["section"] in ("", line.section.code) for row in reach)


def _write(cast: Cast, rows: list[dict[str, Any]], rounds: list[Round]) -> None:
    today = timezone.localdate()
    seen = set()
    for row in rows:
        donor = getattr(cast, row["donor"]) if row["recipient"] == "donor" else None
        key = (row["member"], row["recipient"], donor, row["section"], row["round"])
        row["withdrawn"] = row["withdrawn"] or key in seen  # one live consent for each scope
        if not row["withdrawn"]:
            seen.add(key)
        ValueConsent.objects.create(
            association=cast.amani,
            institution=getattr(cast, row["member"]),
            recipient=row["recipient"],
            donor=donor,
            section=row["section"],
            round=None if row["round"] is None else rounds[row["round"]],
            until=None if row["end"] is None else today + timedelta(days=row["end"]),
            withdrawn_at=timezone.now() if row["withdrawn"] else None,
            given_at=LONG_AGO,
        )
