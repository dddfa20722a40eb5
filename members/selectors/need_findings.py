"""What data say that members need to learn: each app says what it found, the training area proposes needs from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from members.models import Association

HIGH, MEDIUM, LOW = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that data say.

    `institution_id` is None for a need of the association itself. `topic` and `source` are codes of the training area,
    `key` names the finding, so that the same one proposes a need once in a year. `reason` is a sentence in the active
    language, `facts` the figures behind it, `urgency` 1 (low) to 3 (high).
    """

    institution_id: UUID | None
    topic: str
    source: str
    key: str
    reason: str
    facts: Mapping[str, str | int | None] = field(default_factory=dict)
    urgency: int = MEDIUM


Reader = Callable[[Association, datetime], list[Finding]]
_readers: list[Reader] = []


def register(*readers: Reader) -> None:
    """Add what an app finds; apps call it from `ready()`."""
    _readers.extend(reader for reader in readers if reader not in _readers)


def findings_of(association: Association, at: datetime) -> list[Finding]:
    """Everything that the apps find about an association and its members, in the active language."""
    return [finding for reader in _readers for finding in reader(association, at)]
