"""Who may teach in which part: what the training of trainers allows."""

from training.enums import TeachingLevel, TrainerStatus

_ALLOWED: dict[str, tuple[TeachingLevel, ...]] = {
    TrainerStatus.NONE: (),
    TrainerStatus.CANDIDATE: (TeachingLevel.ASSISTANT,),
    TrainerStatus.PRACTISING: (TeachingLevel.ASSISTANT, TeachingLevel.CO_TRAINER),
    TrainerStatus.CERTIFIED: (TeachingLevel.ASSISTANT, TeachingLevel.CO_TRAINER, TeachingLevel.LEAD),
}


def levels_of(status: str) -> tuple[TeachingLevel, ...]:
    """The parts that somebody of this status may take, the smallest first: only certified trainers lead."""
    return _ALLOWED.get(status, ())


def may_teach(status: str, level: str) -> bool:
    """Whether somebody of this status may take this part."""
    return level in levels_of(status)


def needed_for(level: str) -> TrainerStatus:
    """The first status that allows this part."""
    return TrainerStatus(next(status for status, levels in _ALLOWED.items() if level in levels))
