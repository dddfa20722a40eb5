"""The state machine of a return: which move leads from where to where. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from reporting.enums import Move, ReturnState

MOVES: Mapping[Move, Mapping[ReturnState, ReturnState]] = MappingProxyType(
    {
        Move.SUBMIT: MappingProxyType(
            {
                ReturnState.DRAFT: ReturnState.SUBMITTED,
                ReturnState.RETURNED: ReturnState.RESUBMITTED,
            }
        ),
        # never asked for: what submitting becomes while a second signature is missing; the return stays where it is
        Move.SIGN: MappingProxyType({}),
        Move.START_REVIEW: MappingProxyType(
            {
                ReturnState.SUBMITTED: ReturnState.IN_REVIEW,
                ReturnState.RESUBMITTED: ReturnState.IN_REVIEW,
            }
        ),
        Move.SEND_BACK: MappingProxyType({ReturnState.IN_REVIEW: ReturnState.RETURNED}),
        Move.APPROVE: MappingProxyType({ReturnState.IN_REVIEW: ReturnState.APPROVED}),
        Move.REOPEN: MappingProxyType({ReturnState.APPROVED: ReturnState.RETURNED}),
    }
)

# A move that says nothing without a reason; a return that goes back carries questions instead.
NEEDS_COMMENT = frozenset({Move.REOPEN})


def target(move: Move, state: ReturnState) -> ReturnState | None:
    """The state that `move` leads to from `state`; None where the move is not possible."""
    return MOVES[move].get(state)


def moves_from(state: ReturnState) -> tuple[Move, ...]:
    """The moves that are possible from `state`, whoever asks."""
    return tuple(move for move, steps in MOVES.items() if state in steps)
