"""Django's description of the capacity app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CapacityConfig(AppConfig):
    """The capacity app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "capacity"
    verbose_name = _("Capacity")

    def ready(self) -> None:
        """Make the app's kind of job known, hang its pages into the navigation, offer its records as evidence."""
        # late: models are not loaded when this module is
        from capacity.selectors.need_findings import read as read_needs
        from capacity.selectors.records import KINDS
        from capacity.selectors.toolkit_uses import handed_out
        from capacity.services import reports
        from members.selectors import toolkit_uses
        from members.selectors.need_findings import register as register_findings
        from members.selectors.records import register as register_records
        from members.web.navigation import NavigationItem, register

        reports.register()
        register_records(*KINDS)
        register_findings(read_needs)
        toolkit_uses.register(handed_out)
        register(NavigationItem(_("Capacity"), "capacity", "capacity.view_capacity", 25, "capacity/"))
