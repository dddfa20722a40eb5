"""The base of Django's admin here: a support tool that reads what its person may see and writes nothing."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from spm_portal.common.models import AuditEvent, Job, MailMessage

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin  # knows no types when it runs


class ReadOnlyAdmin(Base):
    """Lists and shows rows; every change goes through a service, which this tool cannot call.

    The rows are those of the model's `visible_to`, so that the tool shows nobody more than the portal does.
    """

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows that the person may see; a model without that question is for operators alone."""
        rows = super().get_queryset(request)
        visible_to = getattr(rows, "visible_to", None)
        if visible_to is not None:
            found: QuerySet[Any] = visible_to(request.user)
            return found
        return rows if request.user.has_perm("members.operate") else rows.none()

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may open the support tool; which rows, the queryset decides."""
        return bool(request.user.is_active and request.user.is_staff)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same for the list of apps."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The audit trail, for operators."""

    list_display = ("at", "verb", "actor", "object_type", "object_id", "reason")
    list_select_related = ("actor",)
    search_fields = ("verb", "object_id")
    ordering = ("-at",)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Background work, for operators; the files stay behind the pages that check who asks."""

    list_display = ("created_at", "kind", "state", "attempts", "requested_by", "finished_at")
    list_select_related = ("requested_by",)
    list_filter = ("state",)
    exclude = ("result", "token")
    ordering = ("-created_at",)


@admin.register(MailMessage)
class MailMessageAdmin(ReadOnlyAdmin):
    """The mail ledger without its texts, which may hold secret links."""

    list_display = ("created_at", "to", "purpose", "subject", "state", "attempts")
    list_filter = ("state",)
    search_fields = ("to", "subject")
    exclude = ("text", "html")
    ordering = ("-created_at",)
