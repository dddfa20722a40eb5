"""Django's description of the capacity app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CapacityConfig(AppConfig):
    """The capacity app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "capacity"
    verbose_name = _("Capacity")
