"""A framework of capacities as data: its form, its reading with every fault at once, and its comparing; pure."""

from capacity.frameworks.comparing import Break, BreakReason, Comparison, compare
from capacity.frameworks.framework import (
    Area,
    Category,
    Framework,
    Item,
    Level,
    RecordKind,
    Source,
    Support,
    SupportArea,
)
from capacity.frameworks.reading import Fault, FrameworkFaults, document_of, read

__all__ = [
    "Area",
    "Break",
    "BreakReason",
    "Category",
    "Comparison",
    "Fault",
    "Framework",
    "FrameworkFaults",
    "Item",
    "Level",
    "RecordKind",
    "Source",
    "Support",
    "SupportArea",
    "compare",
    "document_of",
    "read",
]
