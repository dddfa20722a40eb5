"""Who sees what of an MFI: its consents, giving and withdrawing them, and who read its values."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from members.access import access_of
from members.forms import ConsentForm
from members.models import Institution
from members.selectors.consents import purposes_of, recipients_of
from members.selectors.register import member_for
from members.services import consents as purposes
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from reporting.forms.sharing import GiveValuesForm
from reporting.selectors import sharing, sharing_pages
from reporting.services import sharing as services
from reporting.web.open_values import previews
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.refusal import Refused

PAGE_SIZE = 50
MAX_CHOSEN = 500


@association_page("reporting.view_sharing")
@require_safe
def consent_list(request: AssociationRequest) -> HttpResponse:
    """Staff see what every member agreed to; a person of one MFI goes on to its own page."""
    members = sharing_pages.consents_of_members(request.association, request.user)
    if request.association.pk not in access_of(request.user).staff_of and len(members) == 1:
        return redirect("consents", request.association.slug, members[0].institution.pk)
    return render(request, "reporting/sharing/members.html", {"members": members})


@association_page()
@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Everybody who may see the MFI sees its consents; only its signatory changes them."""
    institution = _institution(request, pk)
    if request.method == "POST":
        return _change(request, institution)
    association = request.association
    rounds = sharing.rounds_of(association, institution)
    of_round = next((one for one in rounds if one.code == request.GET.get("round")), None)
    catalogue = sharing_pages.newest_catalogue(association)
    table = sharing.who_sees(institution, association, of_round, catalogue=catalogue) if catalogue else None
    return render(
        request,
        "reporting/sharing/consents.html",
        {
            "institution": institution,
            "rounds": rounds,
            "of_round": of_round,
            "table": table,
            "live": sharing_pages.lines_of(table.live, catalogue) if table and catalogue else [],
            "past": sharing_pages.lines_of(table.past, catalogue) if table and catalogue else [],
            "purposes": purposes_of(association, institution),
            "recipients": recipients_of(association),
            "previews": previews(association, institution),
            "may_decide": request.user.has_perm("members.give_consent", institution),
        },
    )


def _change(request: AssociationRequest, institution: Institution) -> HttpResponse:
    """One of the two purposes given or withdrawn, or consents to show values withdrawn."""
    require(request, "members.give_consent", institution)
    if request.POST.get("action") == "withdraw_values":
        return _withdraw_values(request, institution)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    change = purposes.give if form.cleaned_data["action"] == "give" else purposes.withdraw
    try:
        change(
            association=request.association,
            institution=institution,
            purpose=form.cleaned_data["purpose"],
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Your decision is kept. It counts for releases from now on."))
    return redirect("consents", request.association.slug, institution.pk)


def _withdraw_values(request: AssociationRequest, institution: Institution) -> HttpResponse:
    try:
        chosen = [UUID(one) for one in request.POST.getlist("consent")[:MAX_CHOSEN]]
    except ValueError:
        raise BadRequest from None
    gone = services.withdraw(
        association=request.association,
        institution=institution,
        consents=chosen,
        by=request.user,
        at=timezone.now(),
    )
    if chosen:
        words = ngettext(
            "One consent is withdrawn: nobody reads these values through it any more.",
            "%(count)s consents are withdrawn: nobody reads these values through them any more.",
            len(gone),
        )
        messages.success(request, words % {"count": len(gone)})
    else:
        messages.error(request, _("Tick the consents that you withdraw."))
    return redirect("consents", request.association.slug, institution.pk)


@association_page()
@require_http_methods(["GET", "HEAD", "POST"])
def consent_give(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """The signatory lets somebody read values."""
    institution = _institution(request, pk)
    require(request, "members.give_consent", institution)
    association = request.association
    catalogue = sharing_pages.newest_catalogue(association)
    form = GiveValuesForm(
        posted(request),
        donors=sharing.donors_of(association),
        sections=catalogue.sections if catalogue else (),
        rounds=sharing.rounds_of(association, institution),
        initial={
            "recipient": request.GET.get("recipient", ""),
            "sections": [request.GET.get("group", "")],
        },
    )
    if request.method == "POST" and form.is_valid():
        given = attempt(
            form,
            lambda: services.give(
                association=association,
                institution=institution,
                by=request.user,
                at=timezone.now(),
                **form.given,
            ),
        )
        if given is not None:
            messages.success(request, _("Your consent is kept. It counts from now on."))
            return redirect("consents", association.slug, institution.pk)
    return render(
        request,
        "reporting/sharing/give.html",
        {"institution": institution, "form": form},
        status=422 if form.errors else 200,
    )


@association_page()
@require_safe
def value_reads(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Who asked for values of the MFI, when, and what they were shown."""
    institution = _institution(request, pk)
    page = Paginator(sharing_pages.reads_of(request.association, institution), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "reporting/sharing/reads.html",
        {
            "institution": institution,
            "page": page,
            "reads": sharing_pages.read_lines(page, sharing_pages.newest_catalogue(request.association)),
        },
    )


def _institution(request: AssociationRequest, pk: UUID) -> Institution:
    return found_or_404(member_for(request.user, request.association), pk=pk)
