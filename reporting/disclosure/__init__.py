"""The disclosure gate: the only place where figures of several members become one."""

from reporting.disclosure.audience import Audience
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
from reporting.disclosure.editions import AFTER, BEFORE, CHANGE, GROUP, PANEL, Edition
from reporting.disclosure.gate import publish, publish_change
from reporting.disclosure.panels import Panel
from reporting.disclosure.release import publish_release
from reporting.statistics import Unit

__all__ = [
    "AFTER",
    "BEFORE",
    "CHANGE",
    "GROUP",
    "PANEL",
    "Audience",
    "Cell",
    "Change",
    "Contributor",
    "Edition",
    "Kind",
    "Measure",
    "Panel",
    "Part",
    "Policy",
    "Reason",
    "Relation",
    "Unit",
    "publish",
    "publish_change",
    "publish_release",
]
