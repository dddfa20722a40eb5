"""Which problems colour a cell of a workbook that goes back, and how; known on both sides of the child process."""

COLOURS = {"unreadable": "F8C9C4", "error": "F8C9C4", "conflict": "F8C9C4", "warning": "FCE3B0"}
