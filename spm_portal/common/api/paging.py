"""Pages of rows by cursor: rows that come or go meanwhile neither repeat nor hide others."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, models
from django.db.models import Model, QuerySet, Value
from django.db.models.functions import Cast, Concat, LPad
from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination
from rest_framework.request import Request

CURSOR, PAGE_SIZE, PLACE = "cursor", "page_size", "place_of_row"  # no field of a model
WIDTH = 12  # of a date or a number within a place


def place_of(*fields: str) -> Concat:
    """A text that sorts rows by these dates or whole numbers (at most 12 characters), and is different in every row.

    Pages turn on a single value; where many rows share it, DRF counts, and a row that goes meanwhile shifts the rest.
    """
    text = models.TextField()
    parts = [LPad(Cast(field, text), WIDTH, Value("0")) for field in fields]
    return Concat(Value(""), *parts, Cast("pk", text), output_field=text)


class CursorPages(pagination.CursorPagination):
    """Pages in the order that the view names in `ordering`: one field, different in every row."""

    cursor_query_param = CURSOR
    page_size_query_param = PAGE_SIZE
    page_size = 50
    max_page_size = 100
    cursor_query_description = "Where the page begins: follow `next` and `previous`, do not build it."
    page_size_query_description = f"Rows per page, from 1 to {max_page_size}; {page_size} if left out."

    def get_page_size(self, request: Request) -> int:
        """The size asked for; raises ValidationError for anything but a whole number in range."""
        asked = request.query_params.get(PAGE_SIZE)
        if asked is None:
            return self.page_size
        size = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
        if not 1 <= size <= self.max_page_size:
            message = _("Give a whole number from 1 to %(most)s.") % {"most": self.max_page_size}
            raise exceptions.ValidationError({PAGE_SIZE: [message]})
        return size

    def get_ordering(self, request: Request, queryset: QuerySet[Model], view: Any) -> tuple[str, ...]:
        """The order that the view names."""
        return tuple(view.ordering)

    def paginate_queryset(
        self, queryset: QuerySet[Model], request: Request, view: Any = None
    ) -> list[Model] | None:
        """The rows of the page; raises ValidationError for a cursor that no page handed out."""
        try:
            found: list[Model] | None = super().paginate_queryset(queryset, request, view)
        except (exceptions.NotFound, DjangoValidationError, DataError, ValueError, OverflowError) as fault:
            if request.query_params.get(CURSOR) is None:
                raise
            message = _("This cursor is not one that the portal gave. Follow next and previous.")
            raise exceptions.ValidationError({CURSOR: [message]}) from fault
        return found
