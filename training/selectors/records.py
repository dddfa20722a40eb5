"""What the training area holds, as records that may stand as evidence of an association's capacities."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Association
from members.selectors.records import RecordKind, RecordOffer
from training.models import Work, WorkUse, WorkVersion

LIBRARY = "library_works"


def library_works(association: Association, at: datetime) -> list[RecordOffer]:
    """The library in one record: works, language versions, and where works were used."""
    works = Work.objects.filter(association=association, retired_at=None, added_at__lte=at)
    count = works.count()
    if not count:
        return []
    versions = WorkVersion.objects.filter(association=association, work__in=works)
    languages = sorted(set(versions.values_list("language", flat=True)))
    uses = WorkUse.objects.filter(association=association, work__in=works, used_on__lte=at.date()).count()
    facts: dict[str, str | int | None] = {
        "works": count,
        "versions": versions.count(),
        "languages": ", ".join(languages),
        "uses": uses,
    }
    title = _("Library: %(works)s works, %(versions)s language versions, used %(uses)s times") % facts
    return [RecordOffer(LIBRARY, "library", title, facts)]


KINDS = (RecordKind(LIBRARY, gettext_lazy("Library of the association"), library_works),)
