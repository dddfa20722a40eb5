"""The base of Django's admin here: a support tool that reads what its person may see and writes nothing."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

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
