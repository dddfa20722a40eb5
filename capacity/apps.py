"""Django's description of the capacity app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CapacityConfig(AppConfig):
    """The capacity app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "capacity"
    verbose_name = _("Capacity")

    def ready(self) -> None:
        """Make the app's kind of job known and hang its pages into the navigation."""
        # late: models are not loaded when this module is
        from capacity.services import reports
        from members.web.navigation import NavigationItem, register

        reports.register()
        register(NavigationItem(_("Capacity"), "capacity", "capacity.view_capacity", 25, "capacity/"))
