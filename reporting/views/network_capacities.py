"""Capacities over many associations for the platform's operators: the page, and the same as files."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from capacity.frameworks import Framework
from members.web.guards import PersonRequest, operator_page
from reporting.datasets.network_capacities import network_capacities, sheets
from reporting.selectors.network_capacities import network_frameworks
from spm_portal.common.table_files import kind_of, table_file


def _chosen(request: PersonRequest, known: dict[str, Framework]) -> Framework | None:
    """The framework that the address asks for, or the first one; Http404 for an unknown one."""
    code = request.GET.get("framework", "")
    if code and code not in known:
        raise Http404
    return known[code] if code else next(iter(known.values()), None)


@operator_page
@require_safe
def operator_capacities(request: PersonRequest) -> HttpResponse:
    known = network_frameworks()
    framework = _chosen(request, known)
    shown = network_capacities(framework, timezone.localdate()) if framework else None
    context = {"shown": shown, "frameworks": known.values()}
    return render(request, "reporting/network/capacities.html", context)


@operator_page
@require_safe
def operator_capacities_file(request: PersonRequest, kind: str) -> HttpResponse:
    kind = kind_of(kind)
    framework = _chosen(request, network_frameworks())
    if framework is None:
        raise Http404
    shown = network_capacities(framework, timezone.localdate())
    return table_file(sheets(shown), kind=kind, name=f"capacities-{framework.code}")
