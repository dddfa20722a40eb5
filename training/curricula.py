"""Courses as a file lists them: read whole, checked whole, every fault named with its place and how to mend it."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from training.enums import Audience, Level, Moment, Topic

MOST_FAULTS = 200
MAX_TITLE, MAX_LINE, MAX_TEXT = 200, 500, 4000
DIMENSIONS = range(1, 8)
MINUTES = range(5, 8 * 60 + 1)
CHOICES = range(2, 7)
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,23}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
TOOLKIT_KEY = re.compile(r"[A-Z]{2}-[0-9]{2}")
INDICATOR = re.compile(r"[a-z][a-z0-9_]{1,63}")

NEEDED = (
    "code",
    "title",
    "summary",
    "objectives",
    "outline",
    "level",
    "language",
    "hours",
    "topic",
    "target_staff",
    "dimensions",
    "indicators",
    "questions",
)
OPTIONAL = (
    "certificate_months",
    "pass_mark",
    "needed_attendance",
    "toolkit_key",
    "for_trainers",
    "materials",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`where` reads like `course SPM-101, curriculum, part 2`; `fix` is a sentence."""

    where: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.fix}"


class CourseFaults(ValueError):
    """A file that cannot be loaded; `faults` lists everything wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a curriculum."""

    title: str
    minutes: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the test: its choices, and the numbers of the right ones counted from 0."""

    text: str
    choices: tuple[str, ...]
    correct: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOutline:
    """A course as a file describes it; materials are keys of the Ambassador Toolkit with their moment."""

    code: str
    title: str
    summary: str
    objectives: tuple[str, ...]
    outline: tuple[Part, ...]
    level: str
    language: str
    hours: Decimal
    topic: str
    target_staff: tuple[str, ...]
    dimensions: tuple[int, ...]
    indicators: tuple[str, ...]
    questions: tuple[Question, ...]
    certificate_months: int | None = None
    pass_mark: int | None = None
    needed_attendance: int = 80
    toolkit_key: str = ""
    for_trainers: bool = False
    materials: tuple[tuple[str, str], ...] = field(default=())


def minutes_of(parts: Collection[Part]) -> int:
    """How long a curriculum takes."""
    return sum(part.minutes for part in parts)


def adds_up(parts: Collection[Part], hours: Decimal) -> bool:
    """Whether the parts fill exactly the hours; a course without parts is still being written."""
    return not parts or Decimal(minutes_of(parts)) == hours * 60


def is_question(choices: Collection[str], correct: Collection[int]) -> bool:
    """Whether it can be answered: two to six different choices, of which some are right and some are not."""
    return (
        len(choices) in CHOICES
        and len(set(choices)) == len(choices)
        and 0 < len(set(correct)) < len(choices)
        and all(0 <= number < len(choices) for number in correct)
    )


def read_file(raw: bytes, *, indicators: Collection[str] = ()) -> tuple[CourseOutline, ...]:
    """The courses in the bytes of a file. Raises CourseFaults; see `read`."""
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CourseFaults(
            (Fault("the file", f"byte {error.start + 1} is not UTF-8 text", "Save the file as UTF-8."),)
        ) from None
    except (ValueError, RecursionError) as error:
        raise CourseFaults(
            (Fault("the file", f"this is not JSON: {error}", "Correct the file at this place."),)
        ) from None
    return read(document, indicators=indicators)


def read(document: object, *, indicators: Collection[str] = ()) -> tuple[CourseOutline, ...]:
    """The courses of a document `{"courses": [...]}`. Raises CourseFaults with every fault found.

    `indicators` are the codes of the catalogue; without any, codes are checked by their form alone.
    """
    reading = _Reading(frozenset(indicators))
    courses = reading.courses(document)
    if reading.faults:
        raise CourseFaults(tuple(reading.faults)[:MOST_FAULTS])
    return courses


class _Reading:
    """Reads part by part; what is wrong is noted and replaced by a stand-in, so that reading goes on."""

    def __init__(self, indicators: frozenset[str]) -> None:
        self.faults: dict[Fault, None] = {}
        self._indicators = indicators

    def _fault(self, where: str, what: str, fix: str) -> None:
        self.faults[Fault(where, what, fix)] = None

    def courses(self, document: object) -> tuple[CourseOutline, ...]:
        listed = document.get("courses") if isinstance(document, Mapping) else None
        if not isinstance(listed, list) or not listed:
            self._fault("the file", "it has no list of courses", 'Write {"courses": [ … ]}.')
            return ()
        found = [self._course(one, number) for number, one in enumerate(listed, start=1)]
        codes = [one.code for one in found if one.code]
        for code in {code for code in codes if codes.count(code) > 1}:
            self._fault(f"course {code}", "two courses have this code", "Give each course its own code.")
        return tuple(found)

    def _course(self, given: object, number: int) -> CourseOutline:
        named = given.get("code") if isinstance(given, Mapping) else None
        is_named = isinstance(named, str) and CODE.fullmatch(named)
        where = f"course {named}" if is_named else f"course {number}"
        found = self._object(given, where, NEEDED, OPTIONAL)
        code = self._matching(found, where, "code", CODE, "Use capital letters, digits and hyphens.")
        parts = tuple(
            self._part(one, f"{where}, curriculum, part {position}")
            for position, one in enumerate(self._list(found, where, "outline"), start=1)
        )
        hours = self._hours(found, where)
        if not adds_up(parts, hours):
            self._fault(
                f"{where}, curriculum",
                f"the parts take {minutes_of(parts)} minutes, {hours} hours are {hours * 60:f}",
                "Change the minutes or the hours.",
            )
        return CourseOutline(
            code=code,
            title=self._text(found, where, "title", MAX_TITLE),
            summary=self._text(found, where, "summary", MAX_TEXT),
            objectives=self._lines(found, where, "objectives", MAX_LINE),
            outline=parts,
            level=self._one_of(found, where, "level", Level.values),
            language=self._matching(found, where, "language", LANGUAGE, "Use a code such as en or fr."),
            hours=hours,
            topic=self._one_of(found, where, "topic", Topic.values),
            target_staff=self._some_of(found, where, "target_staff", Audience.values),
            dimensions=self._some_of(found, where, "dimensions", DIMENSIONS),
            indicators=self._codes(found, where),
            questions=tuple(
                self._question(one, f"{where}, question {position}")
                for position, one in enumerate(self._list(found, where, "questions"), start=1)
            ),
            certificate_months=self._number(found, where, "certificate_months", range(1, 121)),
            pass_mark=self._number(found, where, "pass_mark", range(101)),
            needed_attendance=self._number(found, where, "needed_attendance", range(101), standing=80) or 0,
            toolkit_key=self._matching(found, where, "toolkit_key", TOOLKIT_KEY, "Use a key such as TP-01.")
            if found.get("toolkit_key")
            else "",
            for_trainers=found.get("for_trainers") is True,
            materials=tuple(
                self._material(one, f"{where}, material {position}")
                for position, one in enumerate(
                    self._list(found, where, "materials") if "materials" in found else (), start=1
                )
            ),
        )

    def _part(self, given: object, where: str) -> Part:
        found = self._object(given, where, ("title", "minutes"), ("text",))
        minutes = self._number(found, where, "minutes", MINUTES)
        if minutes is None and found.get("minutes") is None and "minutes" in found:
            self._fault(where, "it has no minutes", "Say how long the part takes.")
        text = self._text(found, where, "text", MAX_TEXT) if "text" in found else ""
        return Part(self._text(found, where, "title", MAX_TITLE), minutes or 0, text)

    def _question(self, given: object, where: str) -> Question:
        found = self._object(given, where, ("text", "choices", "correct"), ())
        choices = self._lines(found, where, "choices", MAX_LINE)
        correct = found.get("correct")
        numbers = tuple(one for one in correct if type(one) is int) if isinstance(correct, list) else ()
        if not is_question(choices, numbers) or not isinstance(correct, list) or len(numbers) != len(correct):
            self._fault(
                where,
                "it cannot be answered",
                "Give two to six different choices, and the numbers of the right ones counted from 0, not all.",
            )
        return Question(self._text(found, where, "text", MAX_LINE), choices, numbers)

    def _material(self, given: object, where: str) -> tuple[str, str]:
        found = self._object(given, where, ("toolkit_key", "moment"), ())
        key = self._matching(found, where, "toolkit_key", TOOLKIT_KEY, "Use a key such as TP-01.")
        return key, self._one_of(found, where, "moment", Moment.values)

    def _codes(self, found: Mapping[str, Any], where: str) -> tuple[str, ...]:
        codes = self._lines(found, where, "indicators", 64)
        for code in codes:
            if not INDICATOR.fullmatch(code) or (self._indicators and code not in self._indicators):
                self._fault(
                    f"{where}, indicators",
                    f"the catalogue has no indicator {code!r}",
                    "Use a code of the catalogue of indicators.",
                )
        return codes

    def _hours(self, found: Mapping[str, Any], where: str) -> Decimal:
        given = found.get("hours")
        if isinstance(given, int | float) and not isinstance(given, bool) and 0 < given <= 500:
            hours = Decimal(str(given))
            if hours == round(hours, 1):
                return hours
        if "hours" in found:
            self._fault(
                f"{where}, hours", f"{given!r} is no number of hours", "Write a number such as 8 or 7.5."
            )
        return Decimal(1)

    # --- values -------------------------------------------------------------------------------------------

    def _object(
        self, given: object, where: str, needed: tuple[str, ...], optional: tuple[str, ...]
    ) -> Mapping[str, Any]:
        if not isinstance(given, Mapping):
            self._fault(where, "it is no object", f"Write an object with {', '.join(needed)}.")
            return {}
        for key in needed:
            if key not in given:
                self._fault(where, f"{key} is missing", "Add it.")
        for key in given:
            if key not in needed and key not in optional:
                self._fault(where, f"{key!r} is not known here", "Correct the name or leave it out.")
        return given

    def _text(self, found: Mapping[str, Any], where: str, key: str, longest: int) -> str:
        given = found.get(key)
        if isinstance(given, str) and given.strip() and given == given.strip() and len(given) <= longest:
            return given
        if key in found:
            self._fault(
                f"{where}, {key}",
                "it is no text, empty, has blanks around it, or is too long",
                f"Write 1 to {longest} characters.",
            )
        return ""

    def _list(self, found: Mapping[str, Any], where: str, key: str) -> list[Any]:
        given = found.get(key)
        if isinstance(given, list) and given:
            return given
        if key in found:
            self._fault(f"{where}, {key}", "it is no list, or empty", "Write a list with at least one entry.")
        return []

    def _lines(self, found: Mapping[str, Any], where: str, key: str, longest: int) -> tuple[str, ...]:
        return tuple(
            self._text({key: one}, f"{where}, {position}", key, longest)
            for position, one in enumerate(self._list(found, where, key), start=1)
        )

    def _matching(
        self, found: Mapping[str, Any], where: str, key: str, form: re.Pattern[str], fix: str
    ) -> str:
        given = found.get(key)
        if isinstance(given, str) and form.fullmatch(given):
            return given
        if key in found:
            self._fault(f"{where}, {key}", f"{given!r} does not fit", fix)
        return ""

    def _one_of(self, found: Mapping[str, Any], where: str, key: str, known: Collection[str]) -> str:
        given = found.get(key)
        if isinstance(given, str) and given in known:
            return given
        if key in found:
            self._fault(f"{where}, {key}", f"{given!r} is not known", f"Use one of: {', '.join(known)}.")
        return ""

    def _some_of(
        self, found: Mapping[str, Any], where: str, key: str, known: Collection[Any]
    ) -> tuple[Any, ...]:
        listed = self._list(found, where, key)
        for one in listed:
            if isinstance(one, bool) or not isinstance(one, str | int) or one not in known:
                self._fault(
                    f"{where}, {key}",
                    f"{one!r} is not known",
                    f"Use some of: {', '.join(map(str, known))}.",
                )
        return tuple(dict.fromkeys(one for one in listed if isinstance(one, str | int) and one in known))

    def _number(
        self,
        found: Mapping[str, Any],
        where: str,
        key: str,
        allowed: range,
        standing: int | None = None,
    ) -> int | None:
        given = found.get(key)
        if given is None:
            return standing
        if type(given) is int and given in allowed:
            return given
        self._fault(
            f"{where}, {key}",
            f"{given!r} does not fit",
            f"Write a whole number from {allowed.start} to {allowed.stop - 1}.",
        )
        return standing
