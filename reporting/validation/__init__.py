"""Values in, findings out: relevance, derived values, checks and progress of a form. No database, no clock."""

from reporting.validation.computing import Computed, compute, is_asked
from reporting.validation.findings import REQUIRED, VALUE, Finding, findings, fires, is_answered
from reporting.validation.messages import Message
from reporting.validation.progress import Count, Progress, progress
from reporting.validation.values import LARGEST, check_value, engine_value, is_empty, value_fault

__all__ = [
    "LARGEST",
    "REQUIRED",
    "VALUE",
    "Computed",
    "Count",
    "Finding",
    "Message",
    "Progress",
    "check_value",
    "compute",
    "engine_value",
    "findings",
    "fires",
    "is_answered",
    "is_asked",
    "is_empty",
    "progress",
    "value_fault",
]
