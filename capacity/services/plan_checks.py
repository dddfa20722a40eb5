"""What a plan item may say: every fault of it at once, by field, with how to mend it."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from capacity.enums import PlanStatus
from capacity.frameworks import Framework
from capacity.models import PlanItem
from capacity.selectors.frameworks import framework_of
from capacity.states import SETTLED, is_circle
from members.enums import ASSOCIATION_ROLES
from members.models import RoleAssignment
from spm_portal.common.money import currencies

MOST_COST = Decimal("999999999999.99")
_CENT = Decimal("0.01")


def check(item: PlanItem, *, known_owner: UUID | None, known_wait: UUID | None) -> None:
    """Raise ValidationError by field.

    `known_owner` and `known_wait` are what was saved before: an owner who has left and an item that was dropped may
    stay, but are not chosen anew.
    """
    framework = framework_of(item.framework)
    faults: dict[str, str] = {}
    if not framework.has(item.item):
        faults["item"] = _("The framework has no capacity “%(code)s”.") % {"code": item.item[:40]}
    if not item.title:
        faults["title"] = _("Say what will be done.")
    faults |= _levels(item, framework)
    if item.support_area and item.support_area not in {one.code for one in framework.support_areas}:
        faults["support_area"] = _("The framework has no area of donor support “%(code)s”.") % {
            "code": item.support_area[:40]
        }
    faults |= _money(item)
    if item.starts_on and item.due_on and item.due_on < item.starts_on:
        faults["due_on"] = _("The due day must not be before the first day, %(day)s.") % {
            "day": item.starts_on
        }
    faults |= _people(item, known_owner)
    faults |= _waiting(item, known_wait)
    _lengths(item, faults)
    if faults:
        raise ValidationError({name: [words] for name, words in faults.items()})


def _levels(item: PlanItem, framework: Framework) -> dict[str, str]:
    if item.goal_level not in framework.levels:
        return {"goal_level": _("The goal must be a level from 0 to %(most)s.") % {"most": framework.highest}}
    if item.from_level is not None and item.goal_level <= item.from_level:
        return {
            "goal_level": _("The goal must be above the level at the start, %(level)s.")
            % {"level": f"{item.from_level} – {framework.level(item.from_level).label}"}
        }
    return {}


def _money(item: PlanItem) -> dict[str, str]:
    found = {}
    if item.currency not in currencies():
        found["currency"] = _(
            "“%(code)s” is no currency. Use the three letters of ISO 4217, such as %(own)s."
        ) % {
            "code": item.currency[:10],
            "own": item.association.currency,
        }
    if item.cost is not None:
        if not item.cost.is_finite() or not 0 <= item.cost <= MOST_COST:
            found["cost"] = _("The cost must be 0 or more, with at most 12 digits before the decimals.")
        elif item.cost != item.cost.quantize(_CENT):
            found["cost"] = _("The cost has more than two decimals. Round it.")
    return found


def _people(item: PlanItem, known: UUID | None) -> dict[str, str]:
    settled = item.status in SETTLED
    if item.owner_id and item.owner_name:
        return {"owner_name": _("Choose a colleague or write a name, not both.")}
    if settled and not (item.owner_id or item.owner_name):
        return {"owner": _("This item is planned: somebody has to own it.")}
    if settled and item.due_on is None:
        return {"due_on": _("This item is planned: it needs a due day.")}
    if item.owner_id and item.owner_id != known:
        staff = RoleAssignment.objects.live().filter(
            association=item.association_id, role__in=ASSOCIATION_ROLES, user=item.owner_id
        )
        if not staff.exists():
            return {"owner": _("Choose somebody who works at the association, or write the name below.")}
    return {}


def _waiting(item: PlanItem, known: UUID | None) -> dict[str, str]:
    """What it waits for; all items of the plan stay locked until it is saved, so that no two make a circle."""
    if item.depends_on_id is None or item.depends_on_id == known:
        return {}
    plan: Mapping[UUID, tuple[UUID | None, str]] = {
        pk: (waits_for, status)
        for pk, waits_for, status in PlanItem.objects.select_for_update()
        .filter(association=item.association_id)
        .order_by("pk")
        .values_list("pk", "depends_on_id", "status")
    }
    if item.depends_on_id not in plan:
        return {"depends_on": _("Choose an item of this plan.")}
    if plan[item.depends_on_id][1] == PlanStatus.DROPPED:
        return {"depends_on": _("That item was dropped. Choose another one, or none.")}
    if is_circle({pk: waits_for for pk, (waits_for, _status) in plan.items()}, item.pk, item.depends_on_id):
        return {
            "depends_on": _(
                "The two would wait for each other for ever: “%(other)s” waits for this item, at once or by "
                "others between them. Choose another one, or none."
            )
            % {"other": item.depends_on.title if item.depends_on else ""}
        }
    return {}


def _lengths(item: PlanItem, faults: dict[str, str]) -> None:
    """Everything else that the columns ask for."""
    try:
        item.clean_fields(
            exclude={*faults, "created_by", "owner", "depends_on", "association", "framework", "assessment"}
        )
    except ValidationError as error:
        for name, words in error.message_dict.items():
            faults.setdefault(name if name != NON_FIELD_ERRORS else "title", words[0])
