"""Tables of figures handed out as one file: CSV has the first table, Excel a sheet for each."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse

from reporting.datasets.figure_files import CSV, XLSX, Sheet, as_csv, as_workbook
from spm_portal.common.downloads import made_file

KINDS = {"csv": CSV, "xlsx": XLSX}


def kind_of(kind: str) -> str:
    """The kind of file that the address names; Http404 for one that is not made."""
    if kind not in KINDS:
        raise Http404
    return kind


def figure_file(tables: Sequence[Sheet], *, kind: str, name: str) -> HttpResponse:
    """The tables as a file of this kind, kept by nobody on the way; `name` without its ending."""
    content = as_csv(tables[0]) if kind == "csv" else as_workbook(tables)
    response = made_file(content, name=f"{name}.{kind}", content_type=KINDS[kind])
    response["Cache-Control"] = "private, no-store"
    return response
