"""Pages of the catalogue of courses: the list, one course, writing it, putting it away, and loading those shipped."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.selectors.indicator_names import all_names, names_of
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.refusal import Refused
from training.enums import Audience, Dimension, Moment
from training.forms.courses import CourseFilterForm, CourseForm, part_formset, parts_of
from training.models import Course
from training.selectors import courses as selectors
from training.services import courses as service
from training.services.course_loading import load_courses, told
from training.web.tabs import may_open

VIEW, MANAGE, CHANGE = "training.view_catalogue", "training.manage_training", "training.change_course"
PAGE = 25


@association_page(VIEW)
@require_safe
def courses(request: AssociationRequest) -> HttpResponse:
    """The catalogue with its filters; archived courses for staff."""
    association, at = request.association, timezone.now()
    is_staff = request.user.has_perm(MANAGE, association)
    archived = is_staff and request.GET.get("show") == "archived"
    form = CourseFilterForm(request.GET, languages=selectors.languages_taught(association))
    wanted = form.wanted(archived=archived)
    found = selectors.course_list(association, request.user, wanted, at=at)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "training/courses/list.html",
        {
            "form": form,
            "page": page,
            "archived": archived,
            "is_filtered": any((wanted.topic, wanted.level, wanted.language, wanted.dimension, wanted.words)),
            "may_manage": is_staff,
            "sees_sessions": request.user.has_perm("training.view_calendar", association),
        },
    )


@association_page(VIEW)
@require_safe
def course(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Everything that the catalogue says of one course."""
    found = _found(request, pk)
    at = timezone.now()
    may_change = request.user.has_perm(CHANGE, found)
    sees_sessions = request.user.has_perm("training.view_calendar", request.association)
    return render(
        request,
        "training/courses/course.html",
        {
            "course": found,
            "outline": found.outline,
            "audiences": [Audience(one).label for one in found.target_staff],
            "dimensions": [Dimension(one).label for one in found.dimensions],
            "indicators": names_of(request.association, found.indicators),
            "materials": selectors.materials_of(found),
            "teachers": selectors.teachers_of([found.pk], on=timezone.localdate()).get(found.pk, []),
            "sessions": selectors.sessions_to_come(found, request.user, at=at) if sees_sessions else [],
            "sees_sessions": sees_sessions,
            "shows_changes": may_open(request.user, request.association, "what_changed"),
            "questions": len(selectors.questions_of(found)) if may_change else None,
            "may_change": may_change,
            "sees_roster": request.user.has_perm("training.view_roster", request.association),
        },
    )


@association_page(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def course_new(request: AssociationRequest) -> HttpResponse:
    """Write a new course."""
    return _edit(request, None)


@association_page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def course_edit(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Change a course."""
    found = _found(request, pk)
    require(request, CHANGE, found)
    return _edit(request, found)


@association_page(VIEW)
@require_POST
def course_archive(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Put a course away, or offer it again."""
    found = _found(request, pk)
    require(request, CHANGE, found)
    back = request.POST.get("action") == "bring_back"
    if back:
        service.bring_back(course_id=found.pk, by=request.user, at=timezone.now())
        messages.success(request, _("The course is in the catalogue again."))
    else:
        service.archive(course_id=found.pk, by=request.user, at=timezone.now())
        messages.success(request, _("The course is archived. Its sessions and certificates stay."))
    return redirect("course", request.association.slug, found.pk)


@association_page(MANAGE)
@require_POST
def courses_load(request: AssociationRequest) -> HttpResponse:
    """Add the courses that the portal comes with."""
    try:
        loaded = load_courses(association=request.association, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, told(loaded))
    return redirect("courses", request.association.slug)


@association_page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def course_materials(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """What participants get from the library: take works in and out."""
    found = _found(request, pk)
    require(request, CHANGE, found)
    if request.method == "POST":
        try:
            _change_materials(request, found)
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("course_materials", request.association.slug, found.pk)
    words = request.GET.get("q", "").strip()[:200]
    return render(
        request,
        "training/courses/materials.html",
        {
            "course": found,
            "materials": selectors.materials_of(found),
            "words": words,
            "works": selectors.works_to_add(found, request.user, words),
            "moments": Moment.choices,
        },
    )


def _change_materials(request: AssociationRequest, found: Course) -> None:
    at, sent = timezone.now(), request.POST
    if "remove" in sent:
        service.remove_material(course_id=found.pk, material_id=_key(sent["remove"]), by=request.user, at=at)
        messages.success(request, _("The work is taken out."))
    elif "add" in sent:
        service.add_material(
            course_id=found.pk,
            work_id=_key(sent["add"]),
            moment=sent.get("moment", ""),
            by=request.user,
            at=at,
        )
        messages.success(request, _("The work is among the materials."))
    else:
        raise Http404


def _edit(request: AssociationRequest, held: Course | None) -> HttpResponse:
    association, data = request.association, posted(request)
    initial: dict[str, Any] = (
        CourseForm.initial_of(held)
        if held is not None
        else {
            "language": association.language,
            "currency": association.currency,
            "gives_certificate": True,
            "certificate_months": 36,
            "needed_attendance": 80,
        }
    )
    form = CourseForm(data, initial=initial, names=all_names(association), course=held)
    parts = part_formset(data, held)
    # both are looked at, so that all faults are told at once
    if all([form.is_valid(), parts.is_valid()]) and data is not None:
        saved = attempt(
            form,
            lambda: service.save_course(
                association=association,
                values=form.values(parts_of(parts)),
                by=request.user,
                at=timezone.now(),
                course_id=held.pk if held is not None else None,
            ),
        )
        if saved is not None:
            messages.success(request, _("The course is saved."))
            return redirect("course", association.slug, saved.pk)
    return render(
        request,
        "training/courses/edit.html",
        {"form": form, "parts": parts, "course": held},
        status=422 if data is not None else 200,
    )


def _found(request: AssociationRequest, pk: UUID) -> Course:
    seen = Course.objects.visible_to(request.user).filter(association=request.association)
    found = found_or_404(seen.select_related("association"), pk=pk)
    require(request, "training.view_course", found)
    return found


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
