"""Tests and evaluations as pages show them: cards of steps, questions with what was chosen, sentences to mark."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from training.enums import Aspect
from training.evaluating import HIGHEST, LOWEST, QUESTIONS, mark_of
from training.models import Registration, TestQuestion, TestSheet
from training.scoring import Key, is_right
from training.selectors.own_learning import Step, keys_of

TITLES = {
    "pre": _("Test before the session"),
    "post": _("Test after the session"),
    "after": _("What did you think of the session?"),
    "six_months": _("Six months later: what came of it?"),
}
# the ends of the scale, which screen readers hear with each mark
ENDS = {LOWEST: _("not at all"), HIGHEST: _("fully")}


@dataclass(frozen=True, slots=True)
class Card:
    """One step of a person with its words and its address."""

    step: Step
    title: Any
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a question, or one mark of a sentence."""

    value: int
    text: str
    is_chosen: bool
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question or a sentence with its choices; `name` is that of its boxes."""

    name: str
    text: str
    choices: tuple[Choice, ...]
    is_missing: bool = False
    has_several: bool = False
    is_right: bool = False


def card_of(registration: Registration, step: Step) -> Card:
    """The card of one step."""
    url = reverse("my_test" if step.is_test else "my_evaluation", args=[registration.pk, step.stage])
    return Card(step, TITLES[step.stage], url)


def question_cards(
    questions: Sequence[TestQuestion], answers: Mapping[str, Sequence[int]], missing: Collection[str]
) -> list[Question]:
    """The questions of a test with what was chosen so far."""
    return [
        _question(one, key, answers.get(key.question, ()), key.question in missing)
        for one, key in zip(questions, keys_of(list(questions)), strict=True)
    ]


def right_answers(questions: Sequence[TestQuestion], sheet: TestSheet) -> list[Question]:
    """The questions with what was chosen and what is right."""
    return question_cards(questions, sheet.answers, ())


def evaluation_lines(stage: str, ratings: Mapping[str, Any], missing: Collection[str]) -> list[Question]:
    """The sentences of an evaluation with the marks chosen so far."""
    labels = dict(Aspect.choices)
    return [
        _line(f"r-{code}", str(labels[code]), ratings.get(code), code in missing) for code in QUESTIONS[stage]
    ]


def trainer_lines(
    experts: Mapping[UUID, str], ratings: Mapping[str, Any], missing: Collection[str]
) -> list[Question]:
    """The trainers with the marks chosen so far."""
    return [_line(f"t-{pk}", name, ratings.get(str(pk)), str(pk) in missing) for pk, name in experts.items()]


def _question(one: TestQuestion, key: Key, chosen: Sequence[int], is_missing: bool) -> Question:
    choices = tuple(
        Choice(number, str(text), number in chosen, number in key.correct)
        for number, text in enumerate(one.choices)
    )
    right = is_right(key, {key.question: chosen})
    return Question(f"q-{one.pk}", one.text, choices, is_missing, key.has_several, right)


def _line(name: str, text: str, given: Any, is_missing: bool) -> Question:
    chosen = mark_of(given)
    marks = tuple(
        Choice(mark, str(ENDS.get(mark, "")), mark == chosen) for mark in range(LOWEST, HIGHEST + 1)
    )
    return Question(name, text, marks, is_missing)
