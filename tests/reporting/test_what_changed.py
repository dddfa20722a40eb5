"""What changed: participants against the others tells what the gate lets pass, and nobody's own figure."""

from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from members.models import Association, Institution
from reporting.datasets.measures import plan
from reporting.datasets.what_changed import own_cases
from reporting.disclosure import Cell, Edition, Kind, Measure, Policy, Unit, publish_release
from reporting.disclosure.compared import others_of, publish_sides, sides_of
from reporting.models import Answer, Release, WhatChanged
from reporting.selectors.what_changed import own_changes
from reporting.services.release_reach import told_of
from reporting.services.releases import publish
from reporting.services.what_changed import work_out
from reporting.values import from_engine
from spm_portal.common.refusal import Refused
from tests.cast import Cast
from tests.factories.releases import approved_round, institutions
from tests.factories.reporting import CatalogueVersionFactory, default_catalogue
from tests.factories.training import CaseFactory, CourseFactory, RegistrationFactory, SessionFactory
from training.models import Participant

NOW = datetime(2025, 7, 1, tzinfo=UTC)
SHARE = Measure("yes", Kind.SHARE_YES, Unit.SHARE)
MEDIAN = Measure("size", Kind.MEDIAN, Unit.AMOUNT)
POLICY = Policy(k=5)
NAMES = [f"m{number:02}" for number in range(12)]
OWNERS = {name: name for name in NAMES}


def edition(measure: Measure, values: dict[str, Any]) -> Edition:
    """All members, as an edition published them before anybody asked who took part."""
    data = {(measure.code, measure.kind): values}
    return Edition(data, OWNERS, publish_release([measure], data, OWNERS, POLICY))


def told(
    measure: Measure, values: dict[str, Any], sets: dict[str, frozenset[str]], both: frozenset[str]
) -> Any:
    sides = {
        key: (side[0], others_of(side, values.keys(), values.keys(), (OWNERS, OWNERS), POLICY.k)[1])
        for key, side in sides_of(sets, both, OWNERS, POLICY.k).items()
    }
    first = edition(measure, values)
    cells = publish_sides(measure, values, OWNERS, POLICY, sides, told=[first])
    populations = {}
    for key, (those, others) in sides.items():
        for cell, members in zip(cells[key], (those, others), strict=True):
            if cell.published:
                populations[key, cell.category] = (cell, members & values.keys())
    for cell in first.cells:
        if cell.published:
            populations["", "all"] = (cell, frozenset(values))
    return populations


subsets = st.frozensets(st.sampled_from(NAMES), min_size=5, max_size=7)


@given(
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.lists(subsets, min_size=1, max_size=3),
    st.frozensets(st.sampled_from(NAMES), min_size=8),
)
def test_with_all_published_shares_nobody_is_certain_of_another_answer(
    answers: list[bool], sets: list[frozenset[str]], both: frozenset[str]
) -> None:
    values = dict(zip(NAMES, answers, strict=True))
    found = told(SHARE, values, {f"s{number}": one for number, one in enumerate(sets)}, both)
    possible = [
        dict(zip(NAMES, one, strict=True))
        for one in product((False, True), repeat=12)
        if all(
            _fits(cell, sum(one[NAMES.index(name)] for name in members), len(members))
            for cell, members in found.values()
        )
    ]
    assert values in possible
    for insider in (None, *NAMES):
        left = [one for one in possible if insider is None or one[insider] == values[insider]]
        for name in NAMES:
            if name != insider and found:
                assert {one[name] for one in left} == {False, True}, (insider, name)


def _fits(cell: Cell, yes: int, of: int) -> bool:
    """Whether so many yes would have been published like this; the attacker knows how many members a set has."""
    assert cell.value is not None
    share = 100 * yes / of
    if cell.relation == "at_most":
        return share <= cell.value
    if cell.relation == "at_least":
        return share >= cell.value
    return abs(share - cell.value) <= 5


@given(
    st.lists(st.integers(1, 9999), min_size=12, max_size=12),
    st.lists(subsets, min_size=1, max_size=3),
    st.frozensets(st.sampled_from(NAMES), min_size=8),
)
def test_sets_with_published_medians_differ_by_nobody_or_by_enough(
    amounts: list[int], sets: list[frozenset[str]], both: frozenset[str]
) -> None:
    values = dict(zip(NAMES, amounts, strict=True))
    found = told(MEDIAN, values, {f"s{number}": one for number, one in enumerate(sets)}, both)
    shown = [members for _cell, members in found.values()]
    for one in shown:
        assert len(one) >= POLICY.k
        for other in shown:
            assert len(one - other) in {0, *range(POLICY.k, 13)}


@pytest.mark.django_db
class TestOfAnAssociation:
    """Two editions, a course between them, and who took part."""

    @pytest.fixture
    def members(self, cast: Cast) -> list[Institution]:
        return institutions(cast.baobab, 14)

    def editions(self, association: Association, members: list[Institution]) -> tuple[Release, Release]:
        version = CatalogueVersionFactory()
        made = []
        for year, better in ((2023, 0), (2024, 8)):
            of_round = approved_round(
                association, members, year=year, version=version, sections=("CLP", "MET")
            )
            for place, one in enumerate(members):
                value = 1 if place % 3 == 0 or place < better else 0
                Answer.objects.filter(
                    submission__round=of_round, institution=one, code="cp_complaints"
                ).update(**from_engine(default_catalogue().indicator("cp_complaints"), value))
            made.append(publish(round_id=of_round.pk, by=None, at=NOW.replace(month=year - 2022)))
        return made[0], made[1]

    def attend(self, association: Association, members: list[Institution], codes: list[str]) -> Any:
        course = CourseFactory(association=association, indicators=codes, topic="client_protection")
        session = SessionFactory(
            course=course, state="held", held_at=NOW, starts_at=datetime(2024, 3, 4, 8, tzinfo=UTC)
        )
        for one in members:
            person = Participant.objects.create(
                association=association,
                institution=one,
                name="P",
                sex="f",
                email=f"{course.pk}@e.org",
                consented_at=NOW,
            )
            RegistrationFactory(session=session, participant=person)
        return course

    def test_participants_stand_against_the_others_once(self, cast: Cast, members: list[Institution]) -> None:
        association = cast.baobab
        before, after = self.editions(association, members)
        with pytest.raises(Refused):
            work_out(after=after, by=cast.other_manager, at=NOW)
        self.attend(association, members[:7], ["cp_complaints", "borrowers_individual"])
        with pytest.raises(PermissionDenied):
            work_out(after=after, by=cast.manager, at=NOW)
        with pytest.raises(Refused):
            work_out(after=before, by=cast.other_manager, at=NOW)
        made = work_out(after=after, by=cast.other_manager, at=NOW)
        assert [(one["kind"], len(one["members"])) for one in made.sets] == [("course", 7)]
        shown = {(row["code"], row["side"], row["when"]): row for row in made.cells}
        assert len(shown) == 8
        assert shown["borrowers_individual", "those", "after"]["published"]
        for row in made.cells:
            assert row["published"] == (row["reason"] == "")
            assert row["published"] or (row["value"], row["parts"], row["n_band"]) == (None, [], "")
        with pytest.raises(Refused):
            work_out(after=after, by=cast.other_manager, at=NOW)
        sets = [set(one.groups) for one in told_of(after, _planned(), NOW.replace(year=2026)).editions]
        assert any(name.endswith("|those|borrowers_individual") for names in sets for name in names)

    def test_a_handful_is_never_compared(self, cast: Cast, members: list[Institution]) -> None:
        before, after = self.editions(cast.baobab, members)
        self.attend(cast.baobab, members[:4], ["borrowers_individual"])
        self.attend(cast.baobab, members[:11], ["borrowers_village"])
        made = work_out(after=after, by=cast.other_manager, at=NOW)
        assert made.before == before
        assert not [row for row in made.cells if row["published"]]
        assert WhatChanged.objects.visible_to(cast.other_manager).count() == 1
        assert not WhatChanged.objects.visible_to(cast.manager).exists()

    def test_a_case_stands_beside_what_is_published_of_all_members(
        self, cast: Cast, members: list[Institution]
    ) -> None:
        self.editions(cast.baobab, members)
        for place in (1, 2):
            CaseFactory(
                association=cast.baobab,
                institution=members[place],
                stage="closed",
                topic="client_protection",
                indicators=["cp_complaints", "borrowers_individual"],
                starts_on=date(2024, 2, 1),
                ends_on=date(2024, 8, 1),
            )
        found = own_cases(own_changes(cast.baobab, cast.other_manager), "en")
        assert {(one.before, one.after) for one in found} == {(2023, 2024)}
        for one in found:
            complaints, borrowers = one.lines
            assert (complaints.before, complaints.after) == ("no", "yes")
            assert complaints.all_after.endswith("% yes")
            assert borrowers.all_before.startswith("median ")
        assert own_changes(cast.baobab, cast.manager) == []


def _planned() -> Any:
    return [
        one
        for one in plan(default_catalogue(), sections=None, full_form=True)
        if one.measure.kind is Kind.MEDIAN
    ]
