"""Django's description of the training app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    """The training app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        """Make the app's jobs known, hang its pages into the navigation, offer its records as evidence."""
        # late: models are not loaded when this module is
        from members.selectors.records import register as register_records
        from members.web.navigation import NavigationItem, PersonalPage, register, register_personal
        from training.selectors.records import KINDS
        from training.selectors.session_records import SESSION_KINDS
        from training.selectors.teaching import is_on_a_roster
        from training.services import (
            case_documents,
            certificate_files,
            learning_papers,
            links_check,
            year_report,
        )

        case_documents.register()
        certificate_files.register()
        learning_papers.register()
        links_check.register()
        year_report.register()
        register_records(*KINDS, *SESSION_KINDS)

        register_personal(PersonalPage(_("My sessions as a trainer"), "my_teaching_account", is_on_a_roster))
        register(NavigationItem(_("Training"), "training", "training.view_catalogue", 28, "training/"))
