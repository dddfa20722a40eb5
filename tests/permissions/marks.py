"""All marks of the apps below reporting, each with those who may see it and why."""

from tests.permissions.helpers_of_capacity import MARKS as CAPACITY_MARKS
from tests.permissions.helpers_of_training import TRAINING_MARKS

MARKS = CAPACITY_MARKS | TRAINING_MARKS


def marks_of(persona: str) -> set[str]:
    """The marks that this persona may see."""
    return {mark for mark, (who, _why) in MARKS.items() if persona in who}
