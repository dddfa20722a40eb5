"""Django's description of the reporting app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReportingConfig(AppConfig):
    """The reporting app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "reporting"
    verbose_name = _("Reporting")

    def ready(self) -> None:
        """Make the app's kinds of job and records known and hang its pages into the navigation."""
        # late: models are not loaded when this module is
        from members.selectors.checklists import register as register_checklists
        from members.selectors.indicator_names import register as register_names
        from members.selectors.need_findings import register as register_findings
        from members.selectors.records import register as register_records
        from members.web.navigation import NavigationItem, register, register_for_operators
        from reporting.datasets.checklists import SOURCE
        from reporting.selectors.indicator_names import indicator_names
        from reporting.selectors.need_findings import read as read_needs
        from reporting.selectors.records import KINDS
        from reporting.services import (
            form_pdf,
            member_reports,
            publications,
            rebuilding,
            reports,
            workbook_jobs,
        )
        from reporting.workbooks import safety  # noqa: F401 - a system check
        from training.web.tabs import Tab
        from training.web.tabs import register as register_tab

        register_records(*KINDS)
        register_findings(read_needs)
        register_tab(
            Tab("what_changed", pgettext_lazy("training tab", "What changed"), "reporting.view_releases")
        )
        register_names(indicator_names)
        register_checklists(SOURCE)
        reports.register()
        workbook_jobs.register()
        form_pdf.register()
        publications.register()
        rebuilding.register()
        member_reports.register()
        register_for_operators(_("Capacities"), "operator_capacities")
        register(
            NavigationItem(_("Rounds"), "rounds", "reporting.view_rounds", 10, "rounds/"),
            NavigationItem(_("Questions"), "questions", "reporting.view_questions", 15, "questions/"),
            NavigationItem(_("Documents"), "evidence", "reporting.view_evidence", 17, "documents/"),
            NavigationItem(_("Consents"), "consent_list", "reporting.view_sharing", 18, "consents/"),
            NavigationItem(
                _("Figures"),
                "releases",
                "reporting.view_releases",
                20,
                ("releases/", "figures/", "values/", "jobs/"),
            ),
            NavigationItem(_("Catalogue"), "catalogue", "reporting.view_catalogue", 30, "catalogue/"),
        )
