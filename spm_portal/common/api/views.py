"""Base classes of API views: signed-in people only, rows only through `visible_to`, no parameter ignored."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import exceptions, mixins, viewsets
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from spm_portal.common.api.errors import Refusal
from spm_portal.common.api.paging import CURSOR, PAGE_SIZE, PLACE, place_of

GUARD = "api"
READ = "read"  # the scope that reading asks of a key
OWNED_BY_BASE = ("get_queryset", "queryset", "get_object", "filter_queryset", "as_view")


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter of a list. `choices`: the values it takes; empty means any."""

    name: str
    description: str
    choices: tuple[str, ...] = ()


class Guarded(APIView):
    """A view for signed-in people that refuses query parameters it does not know."""

    guard: ClassVar[str] = GUARD
    http_method_names = ["get", "head"]
    filters: ClassVar[tuple[Filter, ...]] = ()
    is_paged: ClassVar[bool] = False
    # the scope that a change asks of a key; none has the empty one, so a view that forgets it is closed to keys
    write_scope: ClassVar[str] = ""

    @classmethod
    def as_view(cls, *args: Any, **kwargs: Any) -> Callable[..., HttpResponse]:
        """The view with its guard on it, as the guards of pages do."""
        view: Callable[..., HttpResponse] = super().as_view(*args, **kwargs)
        view.guard = cls.guard  # type: ignore[attr-defined]
        return view

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse visitors first, then what the request holds beyond what the view takes."""
        super().initial(request, *args, **kwargs)
        self._check_scope(request)
        self._check_parameters(request)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Name the language, which a key may have changed after the request came in."""
        finished: Response = super().finalize_response(request, response, *args, **kwargs)
        finished.headers.setdefault("Content-Language", get_language() or "en")
        return finished

    def list_filters(self) -> tuple[Filter, ...]:
        """The filters of this very operation."""
        return self.filters

    def _check_scope(self, request: Request) -> None:
        """A key does what its scopes say; a session has no scopes, it may what the person may."""
        if request.auth is None or request.method.lower() not in self.http_method_names:
            return
        needed = READ if request.method in SAFE_METHODS else self.write_scope
        if needed not in request.auth.scopes:
            message = _("This key lacks the scope “%(scope)s”. Make one that has it.") % {"scope": needed}
            raise Refusal(403, "scope_missing", message)

    def _check_parameters(self, request: Request) -> None:
        filters = {one.name: one for one in self.list_filters()}
        allowed = [*filters, *((CURSOR, PAGE_SIZE) if self.takes_pages else ())]
        known = ", ".join(allowed) or _("none")
        faults: dict[str, list[str]] = {}
        for name, value in request.query_params.items():
            if name not in allowed:
                message = _("This address takes no such parameter. It takes: %(known)s.") % {"known": known}
                faults[name] = [message]
            elif "\x00" in value:
                faults[name] = [_("Remove the null character.")]
            elif name in filters and filters[name].choices and value not in filters[name].choices:
                choices = ", ".join(filters[name].choices)
                faults[name] = [_("Give one of: %(choices)s.") % {"choices": choices}]
        if faults:
            raise exceptions.ValidationError(faults)

    @property
    def takes_pages(self) -> bool:
        """Whether this very operation answers with a page of rows."""
        return self.is_paged


class ReadOnlyViews(Guarded, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Lists and single rows of one table, always starting from `model.objects.visible_to(user)`.

    A subclass names `model` and may narrow what is visible, never widen it: it cannot bring a queryset of its own.
    Hidden and absent rows answer alike, because both are simply not there.
    """

    model: ClassVar[type[Model]]
    # the newest first by default: pages turn on one field that is different in every row
    ordering: ClassVar[tuple[str, ...]] = (f"-{PLACE}",)
    place: ClassVar[tuple[str, ...]] = ()
    is_paged = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a class that could read rows past `visible_to`."""
        super().__init_subclass__(**kwargs)
        for name in OWNED_BY_BASE:
            if name in cls.__dict__:
                raise TypeError(
                    f"{cls.__name__} must not have {name} of its own: narrow what is visible instead."
                )
        model = getattr(cls, "model", None)
        if model is None:
            if "serializer_class" in cls.__dict__:
                raise TypeError(f"{cls.__name__} must name its model.")
        elif not hasattr(model._default_manager, "visible_to"):
            raise TypeError(f"{cls.__name__}: give {model.__name__} a visible_to(user) first.")

    @property
    def takes_pages(self) -> bool:
        """Only the list does."""
        return bool(self.action == "list")

    def list_filters(self) -> tuple[Filter, ...]:
        """Filters belong to the list."""
        return self.filters if self.takes_pages else ()

    def get_queryset(self) -> QuerySet[Any]:
        """The rows that the person may see, narrowed by the view."""
        if getattr(self, "swagger_fake_view", False):  # the schema is made without a person
            return self.model._default_manager.none()
        visible = self.model._default_manager.visible_to(self.request.user)  # type: ignore[attr-defined]
        found = self.narrow(visible)
        return found.annotate(**{PLACE: place_of(*self.place)}) if self.takes_pages else found

    def narrow(self, visible: QuerySet[Any]) -> QuerySet[Any]:
        """The visible rows that this address is about, with what their serializer needs."""
        return visible
