"""Guards of views: outsiders get 404, insiders without the right 403, visitors the sign-in page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from members.access import access_of
from members.models import Association, User

P = ParamSpec("P")
M = TypeVar("M", bound=Model)


class PersonRequest(HttpRequest):
    """A request of a signed-in person."""

    user: User
    htmx: HtmxDetails


class AssociationRequest(PersonRequest):
    """A request of a signed-in person inside one association's pages."""

    association: Association


PersonView = Callable[Concatenate[PersonRequest, P], HttpResponseBase]
AssociationView = Callable[Concatenate[AssociationRequest, P], HttpResponseBase]


def association_page(
    permission: str | None = None,
) -> Callable[[AssociationView[P]], Callable[..., HttpResponseBase]]:
    """Guard a view at `/a/<slug>/…`: finds the association among those the person may see.

    `permission` is checked against the association; a view that acts on an object checks the object too, by
    `found_or_404` and `require`.
    """

    def decorate(view: AssociationView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(
            request: AssociationRequest, slug: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            reached = access_of(request.user).reaches
            association = Association.objects.filter(pk__in=reached, slug=slug).first()
            if association is None:
                raise Http404
            request.association = association
            if permission is not None:
                require(request, permission, association)
            return view(request, *args, **kwargs)

        page = login_required(guarded)
        page.guard = f"association_page({permission})"  # type: ignore[attr-defined]
        return page

    return decorate


def person_page(view: PersonView[P]) -> Callable[..., HttpResponseBase]:
    """Guard a view that any signed-in person may open and that shows only their own things."""
    page = login_required(view)
    page.guard = "person_page"  # type: ignore[attr-defined]
    return page


def operator_page(view: PersonView[P]) -> Callable[..., HttpResponseBase]:
    """Guard a view of the platform's operators; for everybody else it does not exist."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.has_perm("members.operate"):
            raise Http404
        return view(request, *args, **kwargs)

    page = login_required(guarded)
    page.guard = "operator_page"  # type: ignore[attr-defined]
    return page


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that everybody may open, signed in or not, and that therefore shows nobody's things."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def require(request: HttpRequest, permission: str, obj: Any) -> None:
    """Answer 403 unless the person has the permission on this object; a missing object is no permission."""
    if obj is None or not request.user.has_perm(permission, obj):
        raise PermissionDenied


def found_or_404(queryset: QuerySet[M], **lookup: UUID | str | int) -> M:
    """The one row of an already scoped queryset; hidden and absent rows answer alike."""
    found = queryset.filter(**lookup).first()
    if found is None:
        raise Http404
    return found
