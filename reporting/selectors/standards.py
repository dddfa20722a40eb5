"""Where an indicator stands in the Universal Standards for Social and Environmental Performance Management."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "data" / "usspm.json"


@dataclass(frozen=True, slots=True)
class Place:
    """A dimension, and a standard of it where one is named; `checked`: compared with a public text."""

    dimension: str
    dimension_title: str
    standard: str = ""
    standard_title: str = ""
    checked: bool = True


@cache
def _places() -> dict[tuple[str, str], Place]:
    found: dict[tuple[str, str], Place] = {}
    for dimension in json.loads(SOURCE.read_text(encoding="utf-8"))["dimensions"]:
        code, number, title = dimension["code"], str(dimension["number"]), dimension["title"]
        found[code, ""] = Place(number, title)
        for standard in dimension["standards"]:
            found[code, standard["code"]] = Place(
                number, title, standard["code"], standard["title"], standard["checked"]
            )
    return found


def place_of(dimension: str | None, standard: str | None) -> Place | None:
    """The place by the codes of a catalogue (D4, 4C); None for an indicator outside the standards."""
    if dimension is None:
        return None
    return _places().get((dimension, standard or "")) or _places().get((dimension, ""))
