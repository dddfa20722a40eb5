"""What a rater's workbook looks like, for the one that writes it and the one that reads it; and its signed mark."""

from dataclasses import dataclass
from typing import Any

from django.core import signing

from capacity.frameworks import Framework

FORMAT = 1
MARK_SHEET = "_mark"
NOT_APPLICABLE = "n"
_SALT = "capacity.workbooks.mark"


class MarkBroken(ValueError):
    """The mark is missing, was edited, or was signed elsewhere."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose workbook it is: the rater, the framework by its fingerprint, and the versions of the scores in it."""

    rater: str
    framework: str
    framework_name: str
    versions: dict[str, int]

    def signed(self) -> str:
        """The mark as one text that nobody can make up."""
        parts: dict[str, Any] = {
            "format": FORMAT,
            "rater": self.rater,
            "framework": self.framework,
            "name": self.framework_name,
            "versions": self.versions,
        }
        return signing.dumps(parts, salt=_SALT, compress=True)


def opened(text: str) -> Mark:
    """The mark if the signature is ours; raises MarkBroken."""
    try:
        parts = signing.loads(text, salt=_SALT)
        return Mark(parts["rater"], parts["framework"], parts["name"], dict(parts["versions"]))
    except (signing.BadSignature, KeyError, TypeError, ValueError) as broken:
        raise MarkBroken from broken


def keys_of(framework: Framework) -> tuple[str, ...]:
    """The columns by their keys, which stand in a hidden first row: so moved columns are found again."""
    proofs = (f"proof-{level}" for level in framework.levels)
    return ("code", "item", *proofs, "level", "reason", "note", "link")
