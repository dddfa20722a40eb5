"""How certificates stand in lists: their look and the next step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from training.models import Certificate
from training.selectors.certificates import Standing, standing_of

# the look of a badge by standing; see the gallery of components
LOOKS = {
    "valid": "approved",
    "ending": "returned",
    "expired": "overdue",
    "renewed": "draft",
    "revoked": "failed",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A certificate, how it stands, and whether it can be renewed now."""

    certificate: Certificate
    standing: Standing

    @property
    def look(self) -> str:
        """The look of its badge."""
        return LOOKS[self.standing.code]

    @property
    def is_renewable(self) -> bool:
        """Whether it ends soon or has ended."""
        return self.standing.code in ("ending", "expired")


def lines_of(found: Iterable[Certificate], today: date) -> list[Line]:
    """Certificates as lists show them."""
    return [Line(one, standing_of(one, today)) for one in found]
