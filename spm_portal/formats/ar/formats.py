"""Django has no Arabic words for a moment: it fell back to the English order of day and month."""

DATETIME_FORMAT = "j F، Y، H:i"
TIME_FORMAT = "H:i"
