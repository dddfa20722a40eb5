"""The association's strategy and its work as ambassador, as records that may stand as evidence of its capacities."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from capacity.models import AmbassadorEvent, Initiative, Strategy
from members.models import Association
from members.selectors.records import RecordKind, RecordOffer

STRATEGY, INITIATIVES, OCCASIONS = "strategy", "initiatives", "ambassador_events"
MOST = 5


def strategy(association: Association, at: datetime) -> list[RecordOffer]:
    """The strategy with its years and its officer; nothing where none is written."""
    held = Strategy.objects.filter(association=association, changed_at__lte=at).first()
    if held is None:
        return []
    years = {"first": held.first_year, "last": held.last_year}
    title = (
        _("SP strategy %(first)s–%(last)s, SPM officer: %(officer)s") % {**years, "officer": held.officer}
        if held.officer
        else _("SP strategy %(first)s–%(last)s, the post of the SPM officer is vacant") % years
    )
    facts: dict[str, str | int | None] = {
        "first_year": held.first_year,
        "last_year": held.last_year,
        "officer": held.officer,
        "approved_on": held.approved_on.isoformat() if held.approved_on else None,
        "version": held.version,
    }
    return [RecordOffer(STRATEGY, "strategy", title, facts)]


def initiatives(association: Association, at: datetime) -> list[RecordOffer]:
    """The global initiatives that the association carries that day, in one record."""
    held = Initiative.objects.filter(association=association, since__lte=at.date()).order_by("name")
    names = [one.name for one in held if one.until is None or one.until >= at.date()]
    if not names:
        return []
    title = ngettext(
        "Carries %(count)s global initiative: %(names)s",
        "Carries %(count)s global initiatives: %(names)s",
        len(names),
    ) % {"count": len(names), "names": ", ".join(names)}
    return [
        RecordOffer(INITIATIVES, "register", title[:200], {"count": len(names), "names": ", ".join(names)})
    ]


def occasions(association: Association, at: datetime) -> list[RecordOffer]:
    """The last occasions on which the association spoke for an initiative."""
    found = (
        AmbassadorEvent.objects.filter(association=association, held_on__lte=at.date())
        .select_related("initiative")
        .order_by("-held_on", "pk")[:MOST]
    )
    return [
        RecordOffer(
            OCCASIONS,
            str(each.pk),
            f"{each.title}, {each.held_on.isoformat()} ({each.initiative.name})"[:200],
            {
                "held_on": each.held_on.isoformat(),
                "initiative": each.initiative.name,
                "audience": each.audience,
                "handouts": len(each.handouts),
            },
        )
        for each in found
    ]


KINDS = (
    RecordKind(STRATEGY, gettext_lazy("SP strategy"), strategy),
    RecordKind(INITIATIVES, gettext_lazy("Register of global initiatives"), initiatives),
    RecordKind(OCCASIONS, gettext_lazy("Occasion of an ambassador"), occasions),
)
