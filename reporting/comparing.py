"""Whether two versions of the catalogue mean the same by one code, and if not, what differs. Pure."""

from enum import StrEnum

from reporting.catalogue import Catalogue


class Differs(StrEnum):
    """What keeps the figures of two versions from being compared."""

    ABSENT = "absent"
    QUESTION = "question"
    UNIT = "unit"
    FORMULA = "formula"
    AGGREGATE = "aggregate"


_ASPECTS = (
    ("type", Differs.QUESTION),
    ("unit", Differs.UNIT),
    ("formula", Differs.FORMULA),
    ("choices", Differs.QUESTION),
    ("aggregate", Differs.AGGREGATE),
    ("sector_aggregate", Differs.AGGREGATE),
)


def difference(code: str, one: Catalogue, other: Catalogue) -> Differs | None:
    """What differs between two versions under a code; None where both ask or work out the same."""
    if one is other:
        return None
    here, there = one.find(code), other.find(code)
    if here is None or there is None:
        return Differs.ABSENT
    if here.__class__ is not there.__class__:
        return Differs.QUESTION
    return next(
        (what for name, what in _ASPECTS if getattr(here, name, None) != getattr(there, name, None)),
        None,
    )


def same_question(code: str, one: Catalogue, other: Catalogue) -> bool:
    """Whether both versions ask or work out the same under this code, so that a change means something."""
    return difference(code, one, other) is None
