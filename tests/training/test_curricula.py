"""Courses as a file lists them: what is shipped, and how every fault of another file is named."""

import copy
import json
from typing import Any

import pytest

from members.toolkit import item_of
from tests.factories.reporting import default_catalogue
from training.curricula import CourseFaults, is_question, minutes_of, read, read_file
from training.services import course_loading

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def shipped() -> Any:
    return json.loads(course_loading.SHIPPED.read_text(encoding="utf-8"))


def test_what_is_shipped_covers_the_toolkit_and_the_training_of_trainers() -> None:
    catalogue = default_catalogue()
    found = read_file(course_loading.SHIPPED.read_bytes())
    toolkit = {one.toolkit_key for one in found if one.toolkit_key}
    assert toolkit == {f"TP-0{number}" for number in range(1, 9)}
    assert [one.code for one in found if one.for_trainers] == ["SPM-TOT"]
    for one in found:
        assert minutes_of(one.outline) == one.hours * 60, one.code
        assert 6 <= len(one.questions) <= 8, one.code
        assert all(item_of(key) is not None for key, _moment in one.materials), one.code
        assert all(catalogue.find(code) is not None for code in one.indicators), one.code


def test_every_fault_of_a_file_is_named_at_once(shipped: Any) -> None:
    document = copy.deepcopy(shipped)
    first, second = document["courses"][:2]
    first["outline"][0]["minutes"] += 5
    first["level"] = "hard"
    first["questions"][0]["correct"] = [9]
    second["indicators"] = ["no_such_indicator"]
    second["surprise"] = 1
    del second["title"]
    with pytest.raises(CourseFaults) as refused:
        read(document, indicators={"mission_approved"} | set(first["indicators"]))
    told = "\n".join(map(str, refused.value.faults))
    for words in (
        "course SPM-101, curriculum: the parts take 425 minutes",
        "course SPM-101, level: 'hard' is not known",
        "course SPM-101, question 1: it cannot be answered",
        "the catalogue has no indicator 'no_such_indicator'",
        "course SPM-201: 'surprise' is not known here",
        "course SPM-201: title is missing",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\xff{", "byte 1 is not UTF-8"),
        (b"[", "this is not JSON"),
        (b"[]", "no list of courses"),
        (b'{"courses": [1]}', "course 1: it is no object"),
    ],
)
def test_a_file_that_is_something_else_is_refused_in_words(raw: bytes, words: str) -> None:
    with pytest.raises(CourseFaults, match=words):
        read_file(raw)


@pytest.mark.parametrize(
    ("choices", "correct", "fits"),
    [
        (("a", "b"), (1,), True),
        (("a", "b", "c"), (0, 2), True),
        (("a", "b"), (0, 1), False),
        (("a", "b"), (), False),
        (("a",), (0,), False),
        (("a", "a"), (0,), False),
        (tuple("abcdefg"), (0,), False),
        (("a", "b"), (-1,), False),
    ],
)
def test_a_question_has_two_to_six_choices_and_something_right(
    choices: tuple[str, ...], correct: tuple[int, ...], fits: bool
) -> None:
    assert is_question(choices, correct) is fits
