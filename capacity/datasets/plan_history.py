"""The life of a plan item: words and steps, and what was changed from what to what, the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from capacity.enums import PlanStatus
from capacity.frameworks import Framework
from capacity.models import PlanItem, PlanUpdate
from capacity.selectors.frameworks import framework_of
from members.models import User
from spm_portal.common.models import AuditEvent
from spm_portal.common.money import money

FIELDS = (
    "title",
    "description",
    "goal_level",
    "owner_id",
    "owner_name",
    "starts_on",
    "due_on",
    "cost",
    "currency",
    "support_area",
    "done_when",
    "depends_on_id",
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One thing that was changed, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line: a step, a word, or a change."""

    title: str
    at: datetime
    by: str
    text: str = ""
    url: str = ""
    changes: tuple[FieldChange, ...] = field(default_factory=tuple)
    strong: bool = False


def history_of(item: PlanItem) -> list[PlanLine]:
    """All lines of an item, in at most six queries."""
    began = (
        _("Proposed from the assessment “%(title)s”") % {"title": item.assessment.title}
        if item.assessment is not None
        else _("Put into the plan")
    )
    lines = [PlanLine(began, item.created_at, str(item.created_by), strong=True), *_changed(item)]
    updates = PlanUpdate.objects.filter(item=item).select_related("by").order_by("at", "pk")
    lines += [_said(one) for one in updates]
    # of one moment the later line first
    return sorted(lines, key=lambda line: line.at)[::-1]


def _said(update: PlanUpdate) -> PlanLine:
    title = str(PlanStatus(update.status).label) if update.status else _("Word")
    return PlanLine(title, update.at, str(update.by), update.text, update.url, strong=bool(update.status))


def _changed(item: PlanItem) -> Iterable[PlanLine]:
    model: Any = PlanItem.pgh_event_model  # type: ignore[attr-defined]  # made by pghistory
    events = list(model.objects.filter(pgh_obj_id=item.pk).select_related("pgh_context").order_by("pgh_id"))
    pairs = [
        (old, new, names)
        for old, new in pairwise(events)
        if (names := [name for name in FIELDS if getattr(old, name) != getattr(new, name)])
    ]
    if not pairs:
        return []
    people = User.objects.in_bulk(
        {key for _old, new, _names in pairs if (key := _who(new))}
        | {key for old, new, _names in pairs for key in (old.owner_id, new.owner_id) if key}
    )
    others = PlanItem.objects.only("title").in_bulk(
        {key for old, new, _names in pairs for key in (old.depends_on_id, new.depends_on_id) if key}
    )
    framework = framework_of(item.framework)

    def words(event: Any, name: str) -> str:
        value = getattr(event, name)
        if name == "owner_id":
            return str(people[value]) if value in people else ""
        if name == "depends_on_id":
            return others[value].title if value in others else ""
        if name == "cost" and isinstance(value, Decimal):
            return money(value, event.currency)
        return _plain(value, name, framework)

    # the trail says when, as the person's page did; the n-th change is its n-th row
    trail = AuditEvent.objects.about(item).filter(verb="plan.change").order_by("at", "pk")
    moments = list(trail.values_list("at", flat=True))

    def line(number: int, old: Any, new: Any, names: Iterable[str]) -> PlanLine:
        changes = tuple(FieldChange(_label(name), words(old, name), words(new, name)) for name in names)
        at = moments[number] if len(moments) == len(pairs) else new.pgh_created_at
        return PlanLine(_("Changed"), at, str(people.get(_who(new)) or ""), changes=changes)

    return [line(number, *pair) for number, pair in enumerate(pairs)]


def _plain(value: object, name: str, framework: Framework) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if name == "goal_level" and isinstance(value, int):
        return f"{value} {framework.level(value).label}"
    if name == "support_area":
        return next((one.title for one in framework.support_areas if one.code == value), str(value))
    return str(value)


def _label(name: str) -> str:
    return str(PlanItem._meta.get_field(name.removesuffix("_id")).verbose_name)  # type: ignore[union-attr]


def _who(event: Any) -> UUID | None:
    user = (event.pgh_context.metadata or {}).get("user") if event.pgh_context is not None else None
    return UUID(user) if user else None
