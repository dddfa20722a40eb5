"""The doorbell: tells a worker to look now. A broker that is away costs one short wait, not one for each ring."""

import logging
import time
from typing import Any

log = logging.getLogger(__name__)

# So long nobody rings after a ring that failed; the sweeper rings again for whatever was left.
QUIET_SECONDS = 10.0
_quiet_until = 0.0


def ring(task: Any, identifier: str) -> bool:
    """Send a task the id of a row; false where the broker could not be reached now or a moment ago."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        task.apply_async(args=[identifier], retry=False)
    except Exception:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning(
            "the doorbell of %s cannot be rung; the sweeper will ring again", identifier, exc_info=True
        )
        return False
    return True


def forget() -> None:
    """Ring again at once, as after a change of broker."""
    global _quiet_until
    _quiet_until = 0.0
