"""Technical assistance without a database: moves, forms of a diagnosis, fitting experts, days of reminders."""

import copy
import json
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings

from training.assistance.diagnosis import FormFaults, mean_level, missing, read
from training.assistance.matching import Candidate, Wanted, ranked
from training.assistance.moves import ENDED, MOVES, PATH, has_reached, may_move
from training.assistance.reminders import DELIVERABLE_STEPS, step_of
from training.enums import CaseStage, Topic
from training.selectors.diagnosis_forms import FILE, form_for, shipped

pytestmark = pytest.mark.unit
TOPICS = frozenset(Topic.values)


def document() -> Any:
    return json.loads((settings.BASE_DIR / FILE).read_text(encoding="utf-8"))


def test_the_table_knows_every_stage_and_every_open_case_may_be_stopped() -> None:
    assert set(MOVES) == set(CaseStage)
    for stage, targets in MOVES.items():
        assert bool(targets) == (stage not in ENDED)
        assert (CaseStage.STOPPED in targets) == (stage not in ENDED)
        assert stage not in targets
    for old, new in pairwise(PATH):
        assert may_move(old, new), "the usual way is open from the request to the end"
    assert has_reached("rating", "delivery")
    assert not has_reached("stopped", "requested")


def test_shipped_forms_are_whole_and_cover_the_toolkit() -> None:
    forms = shipped().current()
    assert {form.topic for form in forms} >= set(Topic.values[:8])
    for form in forms:
        assert 8 <= len(form.questions) <= 12
        assert shipped().form(form.key) is form
    assert form_for(Topic.OTHER) is None


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda d: d.pop("levels"), "write an object"),
        (lambda d: d["levels"].pop(), "levels: write 4 texts"),
        (lambda d: d["forms"][0].update(topic="cooking"), "no topic 'cooking'"),
        (lambda d: d["forms"][0].update(version="one"), "version: write a number"),
        (lambda d: d["forms"][0].update(extra=1), "unknown: extra"),
        (lambda d: d["forms"][0].update(questions=[]), "questions: write 6 to 14"),
        (lambda d: d["forms"].append(copy.deepcopy(d["forms"][0])), "there twice in version 1"),
        (lambda d: d["forms"][0]["questions"][0].update(dimension="D9"), "dimension: write D1 to D7"),
        (lambda d: d["forms"][0]["questions"][0].update(text=" "), "text: write one line"),
        (lambda d: d["forms"][0]["questions"][1].update(code="mission_known"), "is there twice"),
        (lambda d: d["forms"][0]["questions"][0].update(indicators="x"), "indicators: write a list"),
    ],
)
def test_a_form_with_a_fault_is_refused_whole(spoil: Any, words: str) -> None:
    spoiled = document()
    spoil(spoiled)
    with pytest.raises(FormFaults) as refused:
        read(spoiled, topics=TOPICS)
    assert words in str(refused.value)


def test_all_faults_are_told_at_once() -> None:
    spoiled = document()
    spoiled["forms"][0]["title"] = ""
    spoiled["forms"][1]["questions"][2]["look_at"] = "x" * 500
    with pytest.raises(FormFaults) as refused:
        read(spoiled, topics=TOPICS)
    assert len(refused.value.faults) == 2


def test_levels_count_only_where_they_are_given() -> None:
    form = shipped().current()[0]
    first, second = form.questions[0].code, form.questions[1].code
    answers = {first: {"level": 3, "note": ""}, second: {"level": 0, "note": ""}, "other": {"level": 3}}
    assert len(missing(form, answers)) == len(form.questions) - 2
    assert mean_level(form, answers) == 1.5
    assert mean_level(form, {}) is None


def test_experts_are_ranked_with_reasons_and_conflicts_come_last() -> None:
    wanted = Wanted("mission", "fr", "SN")
    found = ranked(
        [
            Candidate("other", "Ada", ("pricing",), ("en",), ("KE",), 5.0),
            Candidate("best", "Bea", ("mission",), ("fr", "en"), ("SN",)),
            Candidate("torn", "Cem", ("mission",), ("fr",), ("SN",), 5.0, has_conflict=True),
            Candidate("skilled", "Dan", ("mission",), ("en",), (), 4.0),
        ],
        wanted,
    )
    assert [one.key for one in found] == ["best", "skilled", "other", "torn"]
    assert [one.fits for one in found] == [True, False, False, False]
    assert (found[1].has_skill, found[1].speaks, found[1].knows_country) == (True, False, False)


@pytest.mark.parametrize(
    ("today", "since", "step"),
    [
        (date(2026, 11, 23), date(2026, 11, 1), None),
        (date(2026, 11, 24), date(2026, 11, 1), -7),
        (date(2026, 11, 30), date(2026, 11, 1), -1),
        (date(2026, 12, 2), date(2026, 11, 1), -1),  # made up for after an outage
        (date(2026, 12, 5), date(2026, 11, 1), 3),
        (date(2026, 12, 12), date(2026, 11, 1), None),  # long past
        (date(2026, 11, 30), date(2026, 12, 1), None),  # it was not owed then
    ],
)
def test_the_newest_step_is_reminded_of(today: date, since: date, step: int | None) -> None:
    assert step_of(date(2026, 12, 1), DELIVERABLE_STEPS, today=today, since=since) == step
