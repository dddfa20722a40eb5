"""Forms of a diagnosis: questions on practice with levels from 0 to 3.

They are read from JSON and checked as a whole, or made of a group of indicators.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEVELS = (0, 1, 2, 3)
DOES_NOT_APPLY = -1  # an answer like a level, but nothing that counts
WEAK = 1  # the highest level that asks for help
FEWEST, MOST = 6, 14
LANGUAGE = "en"  # of forms that are read
MAX_TITLE, MAX_TEXT = 120, 400
_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_VERSION = re.compile(r"[0-9]{1,3}")
_DIMENSION = re.compile(r"D[1-7]")
_FORM_KEYS = {"code", "version", "topic", "title", "intro", "questions"}
_QUESTION_KEYS = {"code", "text", "look_at", "dimension", "indicators"}


class FormFaults(ValueError):
    """A file of forms that is not taken; `faults` names every place and what to do."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Question:
    """One question on practice; `look_at` says what an adviser asks to see before giving a level.

    `choices` are the answers that the indicator of this question may have, in words.
    """

    code: str
    text: str
    look_at: str
    dimension: str
    indicators: tuple[str, ...]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DiagnosisForm:
    """A form in one version; a version never changes, since cases point to it.

    `key` is what a case keeps of it, `levels` what the levels mean, `language` that of all words; "" for the reader's.
    `topic` is "" for a form that is made of indicators.
    """

    key: str
    code: str
    version: str
    topic: str
    title: str
    intro: str
    questions: tuple[Question, ...]
    levels: tuple[str, ...]
    language: str = ""

    def question(self, code: str) -> Question | None:
        """The question of this code."""
        return next((one for one in self.questions if one.code == code), None)


@dataclass(frozen=True, slots=True)
class DiagnosisForms:
    """All forms in all versions."""

    forms: tuple[DiagnosisForm, ...]

    def current(self) -> tuple[DiagnosisForm, ...]:
        """The newest version of each form, in the order of the file."""
        newest: dict[str, DiagnosisForm] = {}
        for form in self.forms:
            if form.code not in newest or int(form.version) > int(newest[form.code].version):
                newest[form.code] = form
        return tuple(newest.values())

    def form(self, key: str) -> DiagnosisForm | None:
        """The form that a case keeps, in its version."""
        return next((one for one in self.forms if one.key == key), None)


def read(document: Any, *, topics: frozenset[str]) -> DiagnosisForms:
    """The forms of a document. Raises FormFaults with all faults, and takes nothing of a document that has one."""
    faults: list[str] = []
    if not isinstance(document, Mapping) or set(document) != {"levels", "forms"}:
        raise FormFaults(["document: write an object with `levels` and `forms`."])
    levels = document["levels"]
    if not _are_texts(levels) or len(levels) != len(LEVELS):
        faults.append(f"levels: write {len(LEVELS)} texts, one for each level from 0.")
    if not isinstance(document["forms"], list) or not document["forms"]:
        raise FormFaults([*faults, "forms: write a list of forms."])
    seen: set[tuple[str, str]] = set()
    for number, form in enumerate(document["forms"], start=1):
        faults.extend(f"form {number}{place}" for place in _faults_of_form(form, topics))
        if isinstance(form, Mapping):
            key = (str(form.get("code")), str(form.get("version")))
            if key in seen:
                faults.append(f"form {number}: {key[0]} is there twice in version {key[1]}.")
            seen.add(key)
    if faults:
        raise FormFaults(faults)
    return DiagnosisForms(tuple(_form(one, tuple(levels)) for one in document["forms"]))


def missing(form: DiagnosisForm, answers: Mapping[str, Any]) -> list[Question]:
    """Questions without a level that may apply."""
    return [
        one
        for one in form.questions
        if level_of(answers, one.code) is None and not is_ruled_out(answers, one.code)
    ]


def is_ruled_out(answers: Mapping[str, Any], code: str) -> bool:
    """Whether somebody said that a question does not apply."""
    given = answers.get(code)
    return isinstance(given, Mapping) and given.get("level") == DOES_NOT_APPLY


def weak_points(form: DiagnosisForm, answers: Mapping[str, Any]) -> list[tuple[Question, int, str]]:
    """Questions with a low level, the lowest first, with the level and the note."""
    found = [
        (one, level, answers[one.code].get("note", ""))
        for one in form.questions
        if (level := level_of(answers, one.code)) is not None and level <= WEAK
    ]
    return sorted(found, key=lambda point: point[1])


def level_of(answers: Mapping[str, Any], code: str) -> int | None:
    """The level that was given to a question, None where there is none."""
    given = answers.get(code)
    level = given.get("level") if isinstance(given, Mapping) else None
    return level if isinstance(level, int) and level in LEVELS else None


def mean_level(form: DiagnosisForm, answers: Mapping[str, Any]) -> float | None:
    """The mean of the levels that were given; None where none was."""
    levels = [level for one in form.questions if (level := level_of(answers, one.code)) is not None]
    return sum(levels) / len(levels) if levels else None


def _form(raw: Mapping[str, Any], levels: tuple[str, ...]) -> DiagnosisForm:
    questions = tuple(
        Question(one["code"], one["text"], one["look_at"], one["dimension"], tuple(one.get("indicators", ())))
        for one in raw["questions"]
    )
    return DiagnosisForm(
        key=f"{raw['code']}:{raw['version']}",
        code=raw["code"],
        version=raw["version"],
        topic=raw["topic"],
        title=raw["title"],
        intro=raw["intro"],
        questions=questions,
        levels=levels,
        language=LANGUAGE,
    )


def _faults_of_form(form: Any, topics: frozenset[str]) -> Iterator[str]:
    if not isinstance(form, Mapping):
        yield ": write an object."
        return
    if set(form) != _FORM_KEYS:
        odd = ", ".join(sorted(set(form) ^ _FORM_KEYS))
        yield f": keys that are missing or unknown: {odd}."
        return
    if not isinstance(form["code"], str) or not _CODE.fullmatch(form["code"]):
        yield ", code: use small letters, digits and _."
    if not isinstance(form["version"], str) or not _VERSION.fullmatch(form["version"]):
        yield ', version: write a number as text, such as "1".'
    if form["topic"] not in topics:
        yield f", topic: there is no topic {form['topic']!r}."
    for name, limit in (("title", MAX_TITLE), ("intro", MAX_TEXT)):
        if not _is_text(form[name], limit):
            yield f", {name}: write one line of at most {limit} characters."
    questions = form["questions"]
    if not isinstance(questions, list) or not FEWEST <= len(questions) <= MOST:
        yield f", questions: write {FEWEST} to {MOST} of them."
        return
    codes = [one.get("code") for one in questions if isinstance(one, Mapping)]
    for number, one in enumerate(questions, start=1):
        yield from (f", question {number}{place}" for place in _faults_of_question(one, codes))


def _faults_of_question(one: Any, codes: Sequence[Any]) -> Iterator[str]:
    if (
        not isinstance(one, Mapping)
        or not set(one) <= _QUESTION_KEYS
        or not _QUESTION_KEYS - {"indicators"} <= set(one)
    ):
        yield f": write an object with {', '.join(sorted(_QUESTION_KEYS))}."
        return
    if not isinstance(one["code"], str) or not _CODE.fullmatch(one["code"]):
        yield ", code: use small letters, digits and _."
    elif codes.count(one["code"]) > 1:
        yield f", code: {one['code']} is there twice."
    for name in ("text", "look_at"):
        if not _is_text(one[name], MAX_TEXT):
            yield f", {name}: write one line of at most {MAX_TEXT} characters."
    if not isinstance(one["dimension"], str) or not _DIMENSION.fullmatch(one["dimension"]):
        yield ", dimension: write D1 to D7."
    if not _are_texts(one.get("indicators", [])):
        yield ", indicators: write a list of codes."


def _is_text(value: Any, limit: int) -> bool:
    return isinstance(value, str) and value == " ".join(value.split()) and 0 < len(value) <= limit


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(one, MAX_TITLE) for one in value)
