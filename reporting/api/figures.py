"""Published figures as one flat table, in JSON and as CSV, which spreadsheets and programs read anew as they like."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from members.models import Association
from reporting.datasets.release_table import COLUMNS, FigureRow, figure_rows
from reporting.models import Release
from reporting.selectors.releases import cells_of_all, newest_editions, with_round
from spm_portal.common.api.views import Filter, Guarded
from spm_portal.common.csv_file import csv_bytes


class FigureRowSerializer(serializers.Serializer):
    """One figure of one edition; `value` is null where it is not published, whatever the reason."""

    association = serializers.CharField()
    round = serializers.CharField()
    period_end = serializers.DateField()
    edition = serializers.IntegerField()
    published_on = serializers.DateField()
    edition_sha256 = serializers.CharField()
    group = serializers.CharField(help_text="Peer group and its version; empty: all members.")
    code = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField()
    currency = serializers.CharField()
    statistic = serializers.CharField()
    category = serializers.CharField()
    published = serializers.BooleanField()
    value = serializers.FloatField(allow_null=True)
    relation = serializers.CharField()
    contributors = serializers.CharField(help_text="A band such as 5-9.")
    verification = serializers.CharField(help_text="How far the values behind it were checked.")
    kept = serializers.BooleanField(
        help_text="Whether it stands as in an edition before, because too few members changed it to tell it anew."
    )


class CsvRenderer(BaseRenderer):
    """Rows of figures as CSV."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """The table as bytes."""
        return csv_bytes(COLUMNS, data)


class FiguresOfAssociation(Guarded):
    """The figures of an association's releases: the newest edition of every round."""

    filters: ClassVar[tuple[Filter, ...]] = (
        Filter("round", "Only figures of the round with this code."),
        Filter("code", "Only figures of this indicator or derived value."),
    )

    @extend_schema(
        summary="List every published figure of an association, newest period first",
        responses=FigureRowSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        """One flat list; a row says which edition it is of."""
        rows = self.rows(request, slug)
        told = [row._asdict() | {"published": row.value is not None} for row in rows]
        return Response(FigureRowSerializer(told, many=True).data)

    def rows(self, request: Request, slug: str) -> list[FigureRow]:
        """The rows that the person may see; Http404 where they may not see the association."""
        association = Association.objects.visible_to(request.user).filter(slug=slug).first()
        if association is None:
            raise Http404
        if not request.user.has_perm("reporting.view_releases", association):
            raise PermissionDenied
        asked = request.query_params
        visible = with_round(Release.objects.visible_to(request.user).filter(association=association))
        if "round" in asked:
            visible = visible.filter(round__code=asked["round"])
        releases = newest_editions(visible)
        cells = cells_of_all(releases, code=asked.get("code", ""))
        return [row for release in releases for row in figure_rows(release, cells[release.pk])]


class FiguresAsCsv(FiguresOfAssociation):
    """The same rows as CSV."""

    renderer_classes = [CsvRenderer]

    @extend_schema(
        summary="Read every published figure of an association as CSV",
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, slug: str) -> Response:
        """A header, and a row for each figure."""
        return Response(self.rows(request, slug))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Tell errors as everywhere in the API."""
        finished = super().finalize_response(request, response, *args, **kwargs)
        if finished.exception:
            finished.accepted_renderer, finished.accepted_media_type = JSONRenderer(), "application/json"
            finished.renderer_context["response"] = finished
        else:
            name = f"{kwargs.get('slug', 'figures')}-figures.csv"
            finished.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return finished
