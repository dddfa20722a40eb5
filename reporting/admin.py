"""The reporting app in the support tool: read only."""

from django.contrib import admin

from reporting.models import Answer, CatalogueVersion, Release, Round, Submission, Transition
from spm_portal.common.admin import ReadOnlyAdmin


@admin.register(CatalogueVersion)
class CatalogueVersionAdmin(ReadOnlyAdmin):
    """Versions without their long document."""

    list_display = ("name", "version", "association", "sha256", "loaded_at")
    exclude = ("document",)


@admin.register(Round)
class RoundAdmin(ReadOnlyAdmin):
    """Rounds."""

    list_display = ("name", "association", "year", "due_at", "opened_at", "closed_at", "imported")
    list_select_related = ("association",)
    search_fields = ("name", "code")


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    """Returns with their counters, for questions such as why nobody can submit."""

    list_display = (
        "institution",
        "round",
        "state",
        "state_since",
        "answered_count",
        "required_count",
        "error_count",
        "unexplained_count",
        "receipt_number",
    )
    list_filter = ("state",)
    list_select_related = ("institution", "round")
    search_fields = ("institution__name", "receipt_number")


@admin.register(Transition)
class TransitionAdmin(ReadOnlyAdmin):
    """Moves of returns."""

    list_display = ("submission", "move", "from_state", "to_state", "at", "by")
    list_filter = ("move",)
    list_select_related = ("submission__institution", "submission__round", "by")


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    """Single answers."""

    list_display = ("code", "submission", "source", "version", "changed_at", "changed_by")
    list_filter = ("source",)
    list_select_related = ("submission__institution", "submission__round", "changed_by")
    search_fields = ("code", "submission__institution__name")


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """Editions."""

    list_display = ("round", "association", "number", "contributor_count", "published_at", "published_by")
    list_select_related = ("round", "association", "published_by")
