"""A system check: without defusedxml, openpyxl would read entities in a workbook's XML."""

from typing import Any

from django.core.checks import CheckMessage, Error, register


@register("security")
def entities_are_refused(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Fails unless openpyxl uses defusedxml."""
    from openpyxl.xml import DEFUSEDXML  # late: else every process loads openpyxl at its start

    if DEFUSEDXML:
        return []
    return [Error("openpyxl reads XML without defusedxml.", hint="Install defusedxml.", id="reporting.E001")]
