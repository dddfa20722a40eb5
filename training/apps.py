"""Django's description of the training app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    """The training app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        """Hang the app's pages into the navigation."""
        # late: models are not loaded when this module is
        from members.web.navigation import NavigationItem, register

        register(NavigationItem(_("Training"), "training", "training.view_catalogue", 28, "training/"))
