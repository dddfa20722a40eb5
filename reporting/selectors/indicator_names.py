"""Names of indicators and derived values for apps that only keep their codes."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from members.models import Association
from members.selectors.indicator_names import IndicatorName
from reporting.models import CatalogueVersion
from reporting.selectors.catalogues import catalogue_of


def newest_version(association: Association) -> CatalogueVersion | None:
    """The newest catalogue that the association can use, without its document; None without a catalogue."""
    offered = CatalogueVersion.objects.offered_to(association).defer("document")
    return offered.order_by("-loaded_at", "pk").first()


def indicator_names(association: Association) -> Iterable[IndicatorName]:
    """What the newest catalogue that the association can use asks for or works out; nothing without a catalogue."""
    version = newest_version(association)
    if version is None:
        return []
    catalogue = catalogue_of(version)
    asked = [
        IndicatorName(one.code, one.label, section.title)
        for section in catalogue.sections
        for one in section.indicators
    ]
    worked_out = [IndicatorName(one.code, one.label, _("Derived values")) for one in catalogue.derived]
    return [*asked, *worked_out]
