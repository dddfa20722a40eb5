"""Writing what people said of a thing, a dataclass of fields, into its row."""

from typing import Any


def fill(row: Any, values: Any) -> None:
    """Set the row's fields of the same names; words lose the blanks around them."""
    for name in values.__dataclass_fields__:
        value = getattr(values, name)
        setattr(row, name, value.strip() if isinstance(value, str) else value)
