"""Django's description of the kernel app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    """The kernel: jobs, mail, audit, numbers, charts, PDF; imports no other app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "spm_portal.common"
    label = "common"
    verbose_name = _("Kernel")

    def ready(self) -> None:
        """Read keys from the database once each."""
        from spm_portal.common import keys

        keys.register()
