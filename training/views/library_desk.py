"""What staff do around the library: the toolkit, the log of uses, broken links and works to be looked at again."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt, posted
from training.forms.library import UseForm
from training.models import Work
from training.selectors import library as selectors
from training.selectors import work_uses
from training.selectors.works import upkeep
from training.services import links_check, uses
from training.services.toolkit import load_toolkit

MANAGE, CHANGE = "training.manage_training", "training.change_work"
FORM = ["GET", "HEAD", "POST"]


@association_page(MANAGE)
@require_POST
def toolkit_load(request: AssociationRequest) -> HttpResponse:
    """Enter the Ambassador Toolkit into the library."""
    loaded = load_toolkit(association=request.association, by=request.user, at=timezone.now())
    if loaded.works:
        words = ngettext(
            "%(count)s work of the Ambassador Toolkit is in the library now.",
            "%(count)s works of the Ambassador Toolkit are in the library now.",
            loaded.works,
        )
        messages.success(request, words % {"count": loaded.works})
    else:
        messages.info(request, _("The whole Ambassador Toolkit is in the library already."))
    return redirect(f"{reverse('library', args=(request.association.slug,))}?show=toolkit")


@association_page(MANAGE)
@require_http_methods(FORM)
def library_upkeep(request: AssociationRequest) -> HttpResponse:
    """Links that do not work, works past their day of review, entries without a file; staff have links looked at."""
    if request.method == "POST":
        links_check.request_check(association=request.association, by=request.user, at=timezone.now())
        messages.success(request, _("The links are being looked at. Load this page again in a few minutes."))
        return redirect("library_upkeep", request.association.slug)
    today = timezone.localdate()
    return render(
        request,
        "training/library/upkeep.html",
        {"upkeep": upkeep(request.association, today=today), "today": today},
    )


@association_page(MANAGE)
@require_safe
def library_uses(request: AssociationRequest) -> HttpResponse:
    """Where the works of the library were used, with totals."""
    year = _year(request)
    totals = work_uses.use_totals(request.association, year)
    log = work_uses.uses_of(request.association, year)
    page = Paginator(log, selectors.PAGE).get_page(request.GET.get("page"))
    titles = {one.work.pk: one for one in selectors.shelved({use.work_id for use in page.object_list})}
    return render(
        request,
        "training/library/uses.html",
        {
            "totals": totals,
            "year": year,
            "page": page,
            "lines": [(use, titles[use.work_id]) for use in page.object_list],
        },
    )


@association_page(MANAGE)
@require_http_methods(FORM)
def work_use(request: AssociationRequest, pk: UUID, use: UUID | None = None) -> HttpResponse:
    """Write down where a work was used, correct that, or take it back."""
    work = found_or_404(Work.objects.visible_to(request.user).filter(association=request.association), pk=pk)
    require(request, CHANGE, work)
    held = found_or_404(work.uses.all(), pk=use) if use is not None else None
    if held is not None and request.POST.get("remove"):
        uses.remove_use(work_id=work.pk, use_id=held.pk, by=request.user, at=timezone.now())
        messages.success(request, _("The use is taken back."))
        return redirect("work", request.association.slug, work.pk)
    form = UseForm(posted(request), held=held, initial={"used_on": timezone.localdate()})
    if form.is_valid():
        saved = attempt(
            form,
            lambda: uses.save_use(
                work_id=work.pk,
                values=form.values,
                use_id=held.pk if held else None,
                by=request.user,
                at=timezone.now(),
            ),
        )
        if saved is not None:
            messages.success(request, _("The use is written down."))
            return redirect("work", request.association.slug, work.pk)
    return render(
        request,
        "training/library/use.html",
        {
            "form": form,
            "held": held,
            "work": work,
            "shown": selectors.on_shelf(work, selectors.versions_of(work)),
        },
        status=422 if form.is_bound and form.errors else 200,
    )


def _year(request: AssociationRequest) -> int | None:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 and asked.isascii() else None
