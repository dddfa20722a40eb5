"""Django's description of the kernel app."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from spm_portal.common import trigger_registry


class CommonConfig(AppConfig):
    """The kernel: jobs, mail, audit, numbers, charts, PDF; imports no other app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "spm_portal.common"
    label = "common"
    verbose_name = _("Kernel")

    def __init__(self, app_name: str, app_module: Any) -> None:
        """Make room for the triggers, which come with the models: Django loads these after all descriptions."""
        super().__init__(app_name, app_module)
        trigger_registry.install()

    def ready(self) -> None:
        """Read keys from the database once each."""
        from spm_portal.common import keys

        keys.register()
