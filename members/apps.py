"""Django's description of the members app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    """The members app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        """Hang the register, people, donors and settings into the navigation, and offer the register as a record."""
        # late: the registries live beside code that needs the models
        from members.selectors import records, register_record
        from members.web.navigation import NavigationItem, register

        records.register(*register_record.KINDS)
        register(
            NavigationItem(_("Members"), "register", "members.view_register", 50, "members/"),
            NavigationItem(_("People"), "people", "members.view_people", 60, "people/"),
            NavigationItem(_("Donors"), "sharing", "members.share_with_donors", 70, "donors/"),
            NavigationItem(
                _("Settings"), "association_settings", "members.manage_association", 80, "settings/"
            ),
        )
