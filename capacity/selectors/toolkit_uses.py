"""What ambassadors handed out of the toolkit when they spoke for an initiative, for the library's log."""

from django.urls import reverse

from capacity.models import AmbassadorEvent
from members.models import Association
from members.selectors.toolkit_uses import ToolkitUse


def handed_out(association: Association) -> list[ToolkitUse]:
    """Each document of each occasion; titles and people are the staff's, who alone read the log."""
    events = AmbassadorEvent.objects.filter(association=association).exclude(handouts=[]).order_by("-held_on")
    return [
        ToolkitUse(
            key=str(one["code"]),
            occasion=event.title,
            kind=str(event.get_kind_display()),
            used_on=event.held_on,
            place=event.place,
            used_by=event.speaker,
            audience=event.audience,
            copies=one.get("copies"),
            language=str(one.get("language") or ""),
            url=reverse("initiative", args=(association.slug, event.initiative_id)),
        )
        for event in events
        for one in event.handouts
    ]
