"""Pages of the library for people of the association: the shelf, one work, its language versions, the export."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import attempt, posted
from spm_portal.common.downloads import handed_in_file
from spm_portal.common.languages import language_name
from spm_portal.common.refusal import Refused
from spm_portal.common.table_files import kind_of, table_file
from training.datasets import library_file as files
from training.forms.library import LibraryFilter, NewWorkForm, VersionForm, WorkForm
from training.models import Work
from training.selectors import library as selectors
from training.selectors import work_uses
from training.selectors.works import attention, notes_of_related, work_page
from training.services import library as service
from training.services import work_versions
from training.services.downloads import count_download

VIEW, MANAGE = "training.view_library", "training.manage_training"
VIEW_WORK, CHANGE = "training.view_work", "training.change_work"
FORM = ["GET", "HEAD", "POST"]


@association_page(VIEW)
@require_safe
def library(request: AssociationRequest) -> HttpResponse:
    """The shelf: filtered, searched, 25 works a page."""
    may_manage = request.user.has_perm(MANAGE, request.association)
    works = selectors.works_of(request.association, request.user)
    form = _filter(request)
    wanted = form.wanted(may_see_away=may_manage)
    page = selectors.shelf(works, wanted, request.GET.get("page"))
    return render(
        request,
        "training/library/library.html",
        {
            "page": page,
            "form": form,
            "wanted": wanted,
            "may_manage": may_manage,
            "attention": attention(request.association, today=timezone.localdate()) if may_manage else None,
            "toolkit_missing": may_manage
            and not wanted.narrowed
            and not selectors.has_toolkit(request.association),
        },
    )


@association_page(VIEW)
@require_safe
def library_file(request: AssociationRequest, kind: str) -> HttpResponse:
    """The works that the filters leave, as a file; for staff an Excel file with uses and downloads too."""
    kind_of(kind)
    may_manage = request.user.has_perm(MANAGE, request.association)
    works = selectors.works_of(request.association, request.user)
    wanted = _filter(request).wanted(may_see_away=may_manage)
    sheets = [files.works_sheet(selectors.wanted_keys(works, wanted))]
    if may_manage and kind == "xlsx":
        sheets += [files.uses_sheet(request.association), files.downloads_sheet(request.association)]
    name = f"{request.association.slug}-library-{timezone.localdate():%Y-%m-%d}"
    return table_file(sheets, kind=kind, name=name)


@association_page(VIEW)
@require_safe
def work(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One work: its language versions, what belongs to it, and for staff where it was used."""
    found = _work(request, pk)
    may_change = request.user.has_perm(CHANGE, found)
    others = selectors.works_of(request.association, request.user)
    own, elsewhere = work_uses.uses_of_work(found) if may_change else ([], [])
    return render(
        request,
        "training/library/work.html",
        {
            "page": work_page(found, others, today=timezone.localdate()),
            "work": found,
            "may_change": may_change,
            "uses": own,
            "elsewhere": elsewhere,
            "today": timezone.localdate(),
        },
    )


@association_page(VIEW)
@require_safe
def work_file(request: AssociationRequest, pk: UUID, version: UUID) -> HttpResponse:
    """The file of a language version; it is counted."""
    found = found_or_404(_work(request, pk).versions.exclude(file="").defer("words"), pk=version)
    response = handed_in_file(found.file, name=found.name, content_type=found.content_type)
    if request.method == "GET":
        count_download(version=found, at=timezone.now())
    return response


@association_page(MANAGE)
@require_http_methods(FORM)
def work_new(request: AssociationRequest) -> HttpResponse:
    """Take a work into the library."""
    form = NewWorkForm(
        posted(request), request.FILES or None, initial={"language": request.association.language}
    )
    if form.is_valid():
        made = attempt(
            form,
            lambda: service.add_work(
                association=request.association,
                values=form.work_values,
                version=form.version_values,
                upload=form.cleaned_data["file"],
                by=request.user,
                at=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(request, _("The work is in the library."))
            return redirect("work", request.association.slug, made.pk)
    return _form_page(request, form, title=_("Add a work"), submit=_("Add to the library"), multipart=True)


@association_page(MANAGE)
@require_http_methods(FORM)
def work_edit(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Correct what is known of a work."""
    found = _work(request, pk, CHANGE)
    form = WorkForm(posted(request), initial=WorkForm.initial_of(found))
    if form.is_valid():
        saved = attempt(
            form,
            lambda: service.change_work(
                work_id=found.pk, values=form.work_values, by=request.user, at=timezone.now()
            ),
        )
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("work", request.association.slug, found.pk)
    return _form_page(request, form, title=_("Change the work"), work=found)


@association_page(MANAGE)
@require_POST
def work_away(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Put a work away, or bring it back."""
    found = _work(request, pk, CHANGE)
    if request.POST.get("back"):
        service.bring_back(work_id=found.pk, by=request.user, at=timezone.now())
        messages.success(request, _("The work is back on the shelf."))
    else:
        service.put_away(work_id=found.pk, by=request.user, at=timezone.now())
        messages.success(request, _("The work is put away: only staff find it now."))
    return redirect("work", request.association.slug, found.pk)


@association_page(MANAGE)
@require_http_methods(FORM)
def work_version_new(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Add a work in another language."""
    found = _work(request, pk, CHANGE)
    form = VersionForm(posted(request), request.FILES or None)
    if form.is_valid():
        made = attempt(
            form,
            lambda: work_versions.add_version(
                work_id=found.pk,
                values=form.version_values,
                upload=form.cleaned_data["file"],
                by=request.user,
                at=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(request, _("The language version is added."))
            return redirect("work", request.association.slug, found.pk)
    return _form_page(request, form, title=_("Add a language version"), work=found, multipart=True)


@association_page(MANAGE)
@require_http_methods(FORM)
def work_version(request: AssociationRequest, pk: UUID, version: UUID) -> HttpResponse:
    """Correct a language version, give it a link or a file, or another one."""
    found = _work(request, pk, CHANGE)
    held = found_or_404(found.versions.defer("words"), pk=version)
    form = VersionForm(posted(request), request.FILES or None, held=held)
    if form.is_valid():
        saved = attempt(
            form,
            lambda: work_versions.change_version(
                version_id=held.pk,
                values=form.version_values,
                upload=form.cleaned_data["file"],
                remove_file=bool(form.cleaned_data.get("remove_file")),
                by=request.user,
                at=timezone.now(),
            ),
        )
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("work", request.association.slug, found.pk)
    title = _("Language version: %(language)s") % {"language": language_name(held.language)}
    return _form_page(request, form, title=title, work=found, multipart=True)


@association_page(MANAGE)
@require_http_methods(FORM)
def work_related(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Choose the works that belong to a work, found by their words."""
    found = _work(request, pk, CHANGE)
    if request.method == "POST":
        add = request.POST.get("add", "")
        act: dict[str, Any] = {"work_id": found.pk, "by": request.user, "at": timezone.now()}
        try:
            if add:
                service.relate(other_id=UUID(add), note=request.POST.get("note", ""), **act)
            else:
                service.unrelate(other_id=UUID(request.POST.get("remove", "")), **act)
        except ValueError:
            raise Http404 from None
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Saved."))
        return redirect("work_related", request.association.slug, found.pk)
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]
    works = selectors.works_of(request.association, request.user).exclude(pk=found.pk)
    known = notes_of_related(found)
    results = (
        selectors.shelf(works.exclude(pk__in=list(known)), selectors.Wanted(q=words), 1) if words else None
    )
    return render(
        request,
        "training/library/related.html",
        {
            "shown": selectors.on_shelf(found, selectors.versions_of(found)),
            "work": found,
            "known": [(one, known[one.work.pk]) for one in selectors.shelved(sorted(known, key=str))],
            "words": words,
            "results": results,
        },
    )


def _work(request: AssociationRequest, pk: UUID, permission: str = VIEW_WORK) -> Work:
    """The work, if the person may do this with it."""
    found = found_or_404(Work.objects.visible_to(request.user).filter(association=request.association), pk=pk)
    require(request, permission, found)
    return found


def _filter(request: AssociationRequest) -> LibraryFilter:
    known = [(code, language_name(code)) for code in selectors.languages_in(request.association)]
    return LibraryFilter(request.GET, languages=known)


def _form_page(
    request: AssociationRequest,
    form: Form,
    *,
    title: str,
    work: Work | None = None,
    submit: str = "",
    multipart: bool = False,
) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    context: dict[str, Any] = {
        "form": form,
        "title": title,
        "work": work,
        "lede": selectors.on_shelf(work, selectors.versions_of(work)).title if work else "",
        "submit": submit or _("Save"),
        "multipart": multipart,
    }
    return render(request, "training/library/form.html", context, status=status)
