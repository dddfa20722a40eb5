"""Writing the register of global initiatives that an association carries, and the occasions on which it did so."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from capacity.models import AmbassadorEvent, Initiative
from capacity.services.filling import fill
from capacity.services.owned import owned
from members.models import Association, User
from members.services.permission import permit
from members.toolkit import item_of
from spm_portal.common import audit

MANAGE = "capacity.edit_strategy"
WRITE = "capacity.write_ambassador_events"
MOST_HANDOUTS = 30
MOST_COPIES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeFields:
    """What the register says of an initiative."""

    name: str
    role: str
    since: date
    until: date | None = None
    contact: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Handout:
    """A document of the Ambassador Toolkit that was handed out: its key, the language, how many copies."""

    code: str
    language: str
    copies: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OccasionFields:
    """What is told of one occasion."""

    kind: str
    title: str
    held_on: date
    place: str = ""
    speaker: str = ""
    audience: int | None = None
    url: str = ""
    handouts: Sequence[Handout] = field(default_factory=tuple)


def save_initiative(
    *,
    association: Association,
    values: InitiativeFields,
    by: User,
    at: datetime,
    initiative_id: UUID | None = None,
) -> Initiative:
    """Enter an initiative, or change the one of this key. Raises ValidationError by field."""
    permit(by, MANAGE, association)
    name = values.name.strip()
    if not name:
        raise ValidationError({"name": _("Write the name of the initiative.")})
    if values.until is not None and values.until < values.since:
        raise ValidationError({"until": _("The last day comes before the first one.")})
    with transaction.atomic(), audit.acting(by, reason="register of initiatives written"):
        Association.objects.select_for_update().get(pk=association.pk)
        carried = Initiative.objects.filter(association=association, name=name, until__isnull=True)
        others = carried.exclude(pk=initiative_id) if initiative_id is not None else carried
        if values.until is None and others.exists():
            raise ValidationError({"name": _("This initiative is in the register already: change it there.")})
        if initiative_id is None:
            initiative = Initiative(association=association)
        else:
            initiative = owned(Initiative.objects.filter(association=association), initiative_id)
        fill(initiative, values)
        initiative.save()
        audit.record("initiative.write", initiative, by=by, at=at, association_id=association.pk)
    return initiative


def save_occasion(
    *,
    initiative: Initiative,
    values: OccasionFields,
    by: User,
    at: datetime,
    event_id: UUID | None = None,
) -> AmbassadorEvent:
    """Write down an occasion, or change the one of this key. Raises ValidationError by field."""
    association = initiative.association
    permit(by, WRITE, association)
    if not values.title.strip():
        raise ValidationError({"title": _("Write what it was.")})
    if values.held_on > at.date():
        raise ValidationError({"held_on": _("Write it down once it was held: the day is still to come.")})
    if values.held_on < initiative.since:
        raise ValidationError(
            {
                "held_on": _("You carry this initiative since %(day)s. Correct the day, or the register.")
                % {"day": initiative.since.isoformat()}
            }
        )
    handed_out = [_checked(one) for one in values.handouts]
    if len(handed_out) > MOST_HANDOUTS:
        raise ValidationError({"handouts": _("Name at most %(count)s documents.") % {"count": MOST_HANDOUTS}})
    with transaction.atomic(), audit.acting(by, reason="occasion of an ambassador written"):
        event = (
            AmbassadorEvent(association=association, initiative=initiative)
            if event_id is None
            else owned(AmbassadorEvent.objects.filter(initiative=initiative), event_id)
        )
        fill(event, values)
        event.handouts = handed_out
        event.written_at, event.written_by = at, by
        event.save()
        audit.record("initiative.occasion", event, by=by, at=at, association_id=association.pk)
    return event


def _checked(handout: Handout) -> dict[str, Any]:
    """The handout as it is kept, with the title that it had."""
    item = item_of(handout.code)
    if item is None:
        raise ValidationError(
            {"handouts": _("“%(code)s” is not in the Ambassador Toolkit.") % {"code": handout.code[:40]}}
        )
    if item.languages and handout.language not in item.languages:
        raise ValidationError(
            {
                "handouts": _("“%(title)s” has no version in this language. There are: %(languages)s.")
                % {"title": item.title, "languages": ", ".join(item.languages)}
            }
        )
    if handout.copies is not None and not 1 <= handout.copies <= MOST_COPIES:
        raise ValidationError(
            {"handouts": _("Write between 1 and %(most)s copies, or none.") % {"most": MOST_COPIES}}
        )
    return {
        "code": item.key,
        "title": item.title,
        "language": handout.language if item.languages else "",
        "copies": handout.copies,
    }
