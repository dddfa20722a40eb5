"""A donor's home: the associations that share with it."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from members.models import Donor
from members.web.guards import PersonRequest, found_or_404, person_page, require
from reporting.datasets.portfolio import portfolio


@person_page
@require_safe
def donor_home(request: PersonRequest, slug: str) -> HttpResponse:
    donor = found_or_404(Donor.objects.visible_to(request.user), slug=slug)
    require(request, "members.view_donor", donor)
    shared = portfolio(donor, get_language() or settings.LANGUAGE_CODE)
    return render(request, "reporting/donors/home.html", {"donor": donor, "portfolio": shared})
