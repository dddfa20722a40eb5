"""What a check says about one form: that it looked, and what it found."""

from dataclasses import dataclass

from reporting.catalogue import Severity
from reporting.validation.messages import Message


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a check that had the values it needs; `text` is None where all is well."""

    rule: str
    severity: Severity
    codes: tuple[str, ...]
    text: Message | None
