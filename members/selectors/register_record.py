"""What the register of members says of an association, as a record that may stand as evidence."""

from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.enums import MembershipKind
from members.models import Association, Membership
from members.selectors.records import RecordKind, RecordOffer

CODE = "members_register"


def members_register(association: Association, at: datetime) -> list[RecordOffer]:
    """The register as it stands: how many members, of which kinds; nothing where it is empty."""
    day = at.date()
    counted = (
        Membership.objects.filter(association=association, joined_on__lte=day)
        .filter(Q(left_on__isnull=True) | Q(left_on__gte=day))
        .aggregate(
            members=Count("pk"), **{kind: Count("pk", filter=Q(kind=kind)) for kind in MembershipKind.values}
        )
    )
    if not counted["members"]:
        return []
    title = ngettext(
        "Register of members: %(count)s member on %(day)s",
        "Register of members: %(count)s members on %(day)s",
        counted["members"],
    ) % {"count": counted["members"], "day": day.isoformat()}
    return [RecordOffer(CODE, "register", title, counted)]


KINDS = (RecordKind(CODE, _("Register of members"), members_register),)
