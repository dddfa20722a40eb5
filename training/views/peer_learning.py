"""Pages of peer learning: staff run groups, pairs and visits, members see those in which they take part."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.models import Institution
from members.web.guards import AssociationRequest, association_page, found_or_404, require
from spm_portal.common.attempt import posted, tried
from training.forms.peer_learning import GroupForm, MeetingForm, PartForm, ResultForm
from training.models import LearningGroup
from training.selectors import peer_learning as selectors
from training.services import peer_learning as service

VIEW, MANAGE = "training.view_groups", "training.manage_training"
VIEW_GROUP, RUN = "training.view_group", "training.run_group"
FORM = ["GET", "HEAD", "POST"]
PAGE_SIZE = 25


@association_page(VIEW)
@require_safe
def learning_groups(request: AssociationRequest) -> HttpResponse:
    """Groups, pairs and visits: all for staff, their own for members."""
    ended = request.GET.get("show") == "closed"
    found = selectors.groups_of(request.association, request.user, ended=ended)
    return render(
        request,
        "training/peer/list.html",
        {
            "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
            "ended": ended,
            "may_manage": request.user.has_perm(MANAGE, request.association),
        },
    )


@association_page(MANAGE)
@require_http_methods(FORM)
def learning_group_new(request: AssociationRequest) -> HttpResponse:
    """Start a group, a pair or a visit."""
    form = GroupForm(posted(request), initial={"starts_on": timezone.localdate()})
    made: list[LearningGroup] = []

    def start() -> LearningGroup:
        made.append(
            service.save_group(
                association=request.association, values=form.values, by=request.user, at=timezone.now()
            )
        )
        return made[0]

    words = tried(form, start, _("Started. Now say who takes part."))
    if words:
        messages.success(request, words)
        return redirect("learning_group", request.association.slug, made[0].pk)
    return _form_page(request, form, title=_("Start peer learning"))


@association_page(VIEW)
@require_safe
def learning_group(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """One group, pair or visit with its members and meetings."""
    found = _group(request, pk)
    return render(
        request,
        "training/peer/group.html",
        {
            "page": selectors.group_page(found),
            "group": found,
            "may_run": request.user.has_perm(RUN, found),
        },
    )


@association_page(MANAGE)
@require_http_methods(FORM)
def learning_group_edit(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Correct what is told of a group."""
    found = _group(request, pk, RUN)
    form = GroupForm(posted(request), initial=GroupForm.initial_of(found))
    words = tried(
        form,
        lambda: service.save_group(
            association=request.association,
            values=form.values,
            by=request.user,
            at=timezone.now(),
            group_id=found.pk,
        ),
        _("Saved."),
    )
    return _done(request, found, words) or _form_page(
        request, form, title=_("Change peer learning"), group=found
    )


@association_page(MANAGE)
@require_http_methods(FORM)
def learning_group_member(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Let a member take part."""
    found = _group(request, pk, RUN)
    members = Institution.objects.members_of(request.association).order_by("name")
    form = PartForm(
        posted(request), group=found, members=list(members), initial={"joined_on": timezone.localdate()}
    )
    words = tried(
        form,
        lambda: service.add_member(
            group_id=found.pk, by=request.user, at=timezone.now(), **form.cleaned_data
        ),
        _("The member takes part."),
    )
    return _done(request, found, words) or _form_page(request, form, title=_("Who takes part?"), group=found)


@association_page(MANAGE)
@require_POST
def learning_group_member_end(request: AssociationRequest, pk: UUID, member: UUID) -> HttpResponse:
    """Note that a member no longer takes part."""
    found = _group(request, pk, RUN)
    row = found_or_404(found.members.all(), pk=member)
    service.end_part(member_id=row.pk, left_on=timezone.localdate(), by=request.user, at=timezone.now())
    messages.success(request, _("The member no longer takes part."))
    return redirect("learning_group", request.association.slug, found.pk)


@association_page(MANAGE)
@require_http_methods(FORM)
def learning_group_meeting(
    request: AssociationRequest, pk: UUID, meeting: UUID | None = None
) -> HttpResponse:
    """Write down a meeting, or correct the one of this key."""
    found = _group(request, pk, RUN)
    held = found_or_404(found.meetings.all(), pk=meeting) if meeting is not None else None
    form = MeetingForm(
        posted(request), zone=request.association.time_zone, members=selectors.ever_in(found), held=held
    )
    words = tried(
        form,
        lambda: service.save_meeting(
            group_id=found.pk,
            values=form.values,
            by=request.user,
            at=timezone.now(),
            meeting_id=held.pk if held else None,
        ),
        _("The meeting is written down."),
    )
    title = _("Change a meeting") if held else _("Write down a meeting")
    return _done(request, found, words) or _form_page(request, form, title=title, group=found)


@association_page(MANAGE)
@require_http_methods(FORM)
def learning_group_end(request: AssociationRequest, pk: UUID) -> HttpResponse:
    """Close a group with what came of it, correct that, or go on with it."""
    found = _group(request, pk, RUN)
    if request.POST.get("reopen"):
        service.reopen_group(group_id=found.pk, by=request.user, at=timezone.now())
        messages.success(request, _("It goes on."))
        return redirect("learning_group", request.association.slug, found.pk)
    form = ResultForm(posted(request), initial={"result": found.result})
    words = tried(
        form,
        lambda: service.end_group(
            group_id=found.pk, result=form.cleaned_data["result"], by=request.user, at=timezone.now()
        ),
        _("Closed with its result."),
    )
    title = _("Change the result") if found.ended_at else _("Close with a result")
    return _done(request, found, words) or _form_page(request, form, title=title, group=found)


def _group(request: AssociationRequest, pk: UUID, permission: str = VIEW_GROUP) -> LearningGroup:
    """The group, if the person may do this with it."""
    found = found_or_404(
        LearningGroup.objects.visible_to(request.user).filter(association=request.association), pk=pk
    )
    require(request, permission, found)
    return found


def _done(request: AssociationRequest, group: LearningGroup, words: str) -> HttpResponse | None:
    """Back to the group with the words, if there are some."""
    if not words:
        return None
    messages.success(request, words)
    return redirect("learning_group", request.association.slug, group.pk)


def _form_page(
    request: AssociationRequest, form: Form, *, title: str, group: LearningGroup | None = None
) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "title": title, "group": group, "lede": group.title if group else ""}
    return render(request, "training/peer/form.html", context, status=status)
