"""What a receipt tells beside the last signature: every signature and decision before it, and what came on paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from reporting.enums import Move
from reporting.models import PaperEntry, Submission, Transition
from reporting.selectors.notices import title_of
from reporting.selectors.paper import paper_of

SHOWN = (Move.SUBMIT, Move.SIGN, Move.APPROVE, Move.REOPEN)


@dataclass(frozen=True, slots=True)
class Step:
    """A signature or decision under a return."""

    transition: Transition
    title: str
    name: str
    is_signature: bool


@dataclass(frozen=True, slots=True)
class ReceiptRecord:
    """All that was signed, approved and re-opened, the oldest first, and the entries from paper it confirmed."""

    steps: Sequence[Step]
    papers: Sequence[PaperEntry]

    @property
    def is_long(self) -> bool:
        """Whether there is more than the one signature that the receipt shows anyway."""
        return len(self.steps) > 1


def receipt_record(submission: Submission) -> ReceiptRecord:
    """The record of a return's signatures, in two queries."""
    moves = submission.transitions.filter(move__in=SHOWN).select_related("by").order_by("at", "pk")
    steps = [
        Step(
            transition=one,
            title=title_of(one),
            name=one.certified_name or str(one.by or ""),
            is_signature=one.move in {Move.SUBMIT, Move.SIGN},
        )
        for one in moves
    ]
    return ReceiptRecord(steps, paper_of(submission).confirmed)
