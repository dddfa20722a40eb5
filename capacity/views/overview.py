"""The first page of the area: where the association stands with its capacities, and what comes next."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from capacity.datasets.result_drawing import heat_chart, page_styles
from capacity.datasets.result_words import messages_of
from capacity.datasets.results import build_results
from capacity.enums import Stage
from capacity.selectors.frameworks import framework_of
from capacity.selectors.overview import Overview, overview_of
from members.web.guards import AssociationRequest, association_page
from spm_portal.common.numbers import format_number


@association_page("capacity.view_capacity")
@require_safe
def capacity(request: AssociationRequest) -> HttpResponse:
    """The overview."""
    found = overview_of(request.association, request.user, today=timezone.localdate())
    language = get_language() or "en"
    results = build_results(found.last, language) if found.last else None
    wide, narrow = page_styles(results) if results else (None, None)
    return render(
        request,
        "capacity/overview.html",
        {
            "overview": found,
            "next": _next(request, found),
            "tiles": _tiles(request, found, results, language),
            "results": results,
            "messages_first": messages_of(results)[:2] if results else (),
            "heat": heat_chart(results, wide) if results and wide else None,
            "narrow": heat_chart(results, narrow, "-n") if results and narrow else None,
        },
    )


def _next(request: AssociationRequest, found: Overview) -> dict[str, Any] | None:
    """What to do next; None where nothing waits."""
    slug = request.association.slug
    may_run = request.user.has_perm("capacity.manage_capacity", request.association)
    going = found.going
    if going and going.stage == Stage.RATING:
        if found.own and not found.own.submitted_at:
            return {
                "title": _("Score “%(title)s”") % {"title": going.title},
                "text": _(
                    "You are one of the raters. Score alone, before you talk about it with the others."
                ),
                "url": reverse("rating", args=[slug, found.own.pk]),
                "action": _("Score now"),
            }
        return {
            "title": going.title,
            "text": _("%(done)s of %(total)s raters have handed in.")
            % {"done": found.handed_in, "total": found.raters},
            "url": reverse("assessment", args=[slug, going.pk]),
            "action": _("Look at the raters"),
        }
    if going:
        return {
            "title": _("Session of “%(title)s”") % {"title": going.title},
            "text": _("%(done)s of %(total)s items are agreed.")
            % {"done": found.decided, "total": len(framework_of(going.framework).items)},
            "url": reverse("session", args=[slug, going.pk]),
            "action": _("Go to the session"),
        }
    if found.offers_waiting and (url := _address("offers", slug)):
        return {
            "title": ngettext(
                "%(count)s offer of support waits for your answer",
                "%(count)s offers of support wait for your answer",
                found.offers_waiting,
            )
            % {"count": found.offers_waiting},
            "text": _("A donor wants to pay for an item of your plan."),
            "url": url,
            "action": _("Answer it"),
        }
    if found.last is None:
        if not may_run:
            return None
        return {
            "title": _("Assess your association"),
            "text": _("Several people score alone; then you talk, agree, and see where to begin."),
            "url": reverse("assessment_new", args=[slug]),
            "action": _("Open an assessment"),
        }
    if not found.plan and (url := _address("plan_proposals", slug)):
        return {
            "title": _("Make a plan from the gaps"),
            "text": _(
                "The weakest items become proposals: what will be done, by whom, by when, for how much."
            ),
            "url": url,
            "action": _("See the proposals"),
        }
    return None


def _tiles(request: AssociationRequest, found: Overview, results: Any, language: str) -> list[dict[str, Any]]:
    slug = request.association.slug
    tiles: list[dict[str, Any]] = []
    if results is not None and found.last is not None:
        change = results.before.overall if results.before else None
        tiles.append(
            {
                "label": _("Overall level"),
                "figure": results.write(results.overall) if results.overall is not None else "–",
                "note": _("%(change)s since the last assessment") % {"change": results.write_change(change)}
                if change is not None
                else _("of %(highest)s") % {"highest": results.highest},
                "url": reverse("results", args=[slug, found.last.pk]),
            }
        )
    tiles.append(
        {
            "label": _("Open items of the plan"),
            "figure": format_number(found.plan_open, language=language),
            "note": _("%(count)s overdue") % {"count": found.plan_overdue},
            "url": _address("plan", slug),
        }
    )
    tiles.append(
        {
            "label": _("Offers waiting"),
            "figure": format_number(found.offers_waiting, language=language),
            "url": _address("offers", slug),
        }
    )
    tiles.append(
        {
            "label": _("Owed to donors"),
            "figure": format_number(found.duties, language=language),
            "note": _("%(count)s late") % {"count": found.duties_late},
            "url": _address("obligations", slug),
        }
    )
    return tiles


def _address(name: str, slug: str) -> str:
    """The address of a page; empty where this installation has none."""
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return ""
