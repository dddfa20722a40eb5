"""What history keeps of a table whose every change counts."""

import pghistory


def kept_changes() -> tuple[pghistory.Tracker, ...]:
    """Every insert, change and deletion; made anew each time, because a tracker belongs to one table alone."""
    return pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()
