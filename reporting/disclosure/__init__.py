"""The disclosure gate: the only place where figures of several members become one."""

from reporting.disclosure.cells import (
    Cell,
    Change,
    Contributor,
    Kind,
    Measure,
    Part,
    Policy,
    Reason,
    Relation,
)
from reporting.disclosure.gate import publish, publish_change, publish_release
from reporting.statistics import Unit

__all__ = [
    "Cell",
    "Change",
    "Contributor",
    "Kind",
    "Measure",
    "Part",
    "Policy",
    "Reason",
    "Relation",
    "Unit",
    "publish",
    "publish_change",
    "publish_release",
]
