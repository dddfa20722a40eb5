"""A system check: without defusedxml, openpyxl would read entities in a workbook's XML."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from openpyxl.xml import DEFUSEDXML


@register("security")
def entities_are_refused(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Fails unless openpyxl uses defusedxml."""
    if DEFUSEDXML:
        return []
    return [Error("openpyxl reads XML without defusedxml.", hint="Install defusedxml.", id="reporting.E001")]
