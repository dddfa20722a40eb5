"""Django's description of the members app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    """The members app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "members"
    verbose_name = _("Members")
