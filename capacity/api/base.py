"""What the views about capacities share: who lists them, and that donors' readings are written down."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from capacity.services.api_reads import log_reads
from members.web.api import AssociationViews


class LoggedViews(AssociationViews):
    """Rows of an association for its staff, and those that it shares with a donor: each of these readings is logged."""

    list_permission = "capacity.view_frameworks"

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of rows, written down before it leaves."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = list(page or ())
        log_reads(rows=rows, by=request.user, at=timezone.now())
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)
