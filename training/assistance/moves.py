"""Which way a case of technical assistance may go: one table of legal moves."""

from collections.abc import Mapping
from typing import Final

from training.enums import CaseStage as Stage

# the first is the usual next stage; later ones go back, and every open case may be stopped
MOVES: Final[Mapping[Stage, tuple[Stage, ...]]] = {
    Stage.REQUESTED: (Stage.DIAGNOSIS, Stage.TERMS, Stage.STOPPED),
    Stage.DIAGNOSIS: (Stage.TERMS, Stage.STOPPED),
    Stage.TERMS: (Stage.CALL, Stage.DIAGNOSIS, Stage.STOPPED),
    Stage.CALL: (Stage.CONTRACT, Stage.TERMS, Stage.STOPPED),
    Stage.CONTRACT: (Stage.DELIVERY, Stage.CALL, Stage.STOPPED),
    Stage.DELIVERY: (Stage.RATING, Stage.STOPPED),
    Stage.RATING: (Stage.FOLLOW_UP, Stage.STOPPED),
    Stage.FOLLOW_UP: (Stage.CLOSED, Stage.STOPPED),
    Stage.CLOSED: (),
    Stage.STOPPED: (),
}
ENDED: Final = (Stage.CLOSED, Stage.STOPPED)
# stages in their order, as a case goes that is not stopped
PATH: Final = tuple(stage for stage in Stage if stage != Stage.STOPPED)
# until the terms are agreed, the member itself may take its request back
MEMBER_MAY_STOP: Final = (Stage.REQUESTED, Stage.DIAGNOSIS, Stage.TERMS)


def may_move(old: str, new: str) -> bool:
    """Whether a case may go from one stage to the other."""
    return new in MOVES[Stage(old)]


def has_reached(stage: str, other: str) -> bool:
    """Whether a case at `stage` stands at `other` or behind it; a stopped one has reached nothing."""
    return stage != Stage.STOPPED and PATH.index(Stage(stage)) >= PATH.index(Stage(other))
