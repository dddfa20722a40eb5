"""Django's description of the training app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    """The training app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "training"
    verbose_name = _("Training")
