"""The guard of pages about one session that trainers open too: a trainer by account may have no role anywhere."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase

from members.web.guards import AssociationRequest, found_or_404, require
from training.models import TrainingSession

P = ParamSpec("P")


class SessionRequest(AssociationRequest):
    """A request for one session, in the pages of its association."""

    training_session: TrainingSession


SessionView = Callable[Concatenate[SessionRequest, P], HttpResponseBase]


def session_page(permission: str) -> Callable[[SessionView[P]], Callable[..., HttpResponseBase]]:
    """Guard a view at `/a/<slug>/training/sessions/<uuid:pk>/…`: the session is one that the person may see.

    `permission` is asked about the session; `training.teach_session` lets its trainers in, who need no role at the
    association.
    """

    def decorate(view: SessionView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(
            request: SessionRequest, slug: str, pk: UUID, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            seen = TrainingSession.objects.visible_to(request.user).select_related("association", "course")
            found = found_or_404(seen.filter(association__slug=slug), pk=pk)
            request.association = found.association
            request.training_session = found
            require(request, permission, found)
            return view(request, *args, **kwargs)

        page = login_required(guarded)
        page.guard = f"association_page({permission})"  # type: ignore[attr-defined]
        return page

    return decorate
