"""The base of API views inside one association: outsiders get 404, insiders without the right 403."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request

from members.models import Association
from spm_portal.common.api.views import ReadOnlyViews


class AssociationViews(ReadOnlyViews):
    """Lists at `associations/<slug>/…/` and single rows at an address of their own.

    `list_permission` is asked of the association, `object_permission` of the row. Rows of an association that the
    person can no longer see are hidden, as its pages are.
    """

    list_permission: ClassVar[str]
    object_permission: ClassVar[str]
    association: Association

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find the association of the address among those visible, and ask for the permission."""
        super().initial(request, *args, **kwargs)
        if "slug" not in kwargs:
            return
        found = Association.objects.visible_to(request.user).filter(slug=kwargs["slug"]).first()
        if found is None:
            raise Http404
        if not request.user.has_perm(self.list_permission, found):
            raise PermissionDenied
        self.association = found

    def narrow(self, visible: QuerySet[Any]) -> QuerySet[Any]:
        """Rows of the association in the address, or of any that the person may see."""
        if self.action == "list":
            return visible.filter(association=self.association)
        return visible.filter(association__in=Association.objects.visible_to(self.request.user))

    def check_object_permissions(self, request: Request, obj: Any) -> None:
        """Ask for the permission on the row; DRF does so for every single row."""
        super().check_object_permissions(request, obj)
        if not request.user.has_perm(self.object_permission, obj):
            raise PermissionDenied
