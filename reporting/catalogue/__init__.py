"""The catalogue of indicators: a checked, immutable version with its formulas and rules."""

from reporting.catalogue.catalogue import Catalogue
from reporting.catalogue.default import DEFAULT_CATALOGUE, default_document
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
    "default_document",
    "load_catalogue",
]
