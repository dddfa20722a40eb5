"""Values in, findings out: relevance, derived values, checks and progress of a form. No database, no clock."""

from reporting.validation.computing import Computed, compute, is_asked
from reporting.validation.findings import (
    REQUIRED,
    VALUE,
    Finding,
    Policy,
    comparisons,
    findings,
    fired_rules,
    fires,
    is_answered,
    nothing_given,
)
from reporting.validation.messages import Message
from reporting.validation.past import Past
from reporting.validation.progress import Count, Progress, progress
from reporting.validation.robust import against_history
from reporting.validation.units import CURRENCY, UNIT
from reporting.validation.values import LARGEST, check_value, engine_value, is_empty, value_fault

__all__ = [
    "CURRENCY",
    "LARGEST",
    "REQUIRED",
    "UNIT",
    "VALUE",
    "Computed",
    "Count",
    "Finding",
    "Message",
    "Past",
    "Policy",
    "Progress",
    "against_history",
    "check_value",
    "comparisons",
    "compute",
    "engine_value",
    "findings",
    "fired_rules",
    "fires",
    "is_answered",
    "is_asked",
    "is_empty",
    "nothing_given",
    "progress",
    "value_fault",
]
