"""The catalogue of indicators: a checked, immutable version with its formulas and rules."""

from pathlib import Path

from reporting.catalogue.catalogue import Catalogue
from reporting.catalogue.kinds import (
    Aggregate,
    Direction,
    Evidence,
    IndicatorType,
    MissingReason,
    Mode,
    Period,
    Relation,
    Severity,
    Tier,
    TrendKind,
    Visibility,
)
from reporting.catalogue.loader import CatalogueError, load_catalogue
from reporting.catalogue.parts import (
    Axis,
    Choice,
    ChoiceValue,
    ContextValue,
    Derived,
    Dimension,
    Disaggregation,
    Indicator,
    Rule,
    Section,
    Terms,
    TrendCheck,
)
from reporting.catalogue.reading import Fault

DEFAULT_CATALOGUE = Path(__file__).parent.parent / "data" / "default_catalogue.json"

__all__ = [
    "DEFAULT_CATALOGUE",
    "Aggregate",
    "Axis",
    "Catalogue",
    "CatalogueError",
    "Choice",
    "ChoiceValue",
    "ContextValue",
    "Derived",
    "Dimension",
    "Direction",
    "Disaggregation",
    "Evidence",
    "Fault",
    "Indicator",
    "IndicatorType",
    "MissingReason",
    "Mode",
    "Period",
    "Relation",
    "Rule",
    "Section",
    "Severity",
    "Terms",
    "Tier",
    "TrendCheck",
    "TrendKind",
    "Visibility",
    "load_catalogue",
]
