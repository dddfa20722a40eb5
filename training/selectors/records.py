"""What the training area holds, as records that may stand as evidence of an association's capacities."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.models import Association
from members.selectors.records import RecordKind, RecordOffer
from training.enums import TrainerStatus
from training.models import Expert, Work, WorkUse, WorkVersion

LIBRARY = "library_works"
TRAINERS = "trainers_certified"


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


def trainers_certified(association: Association, at: datetime) -> list[RecordOffer]:
    """The certified trainers of the roster in one record, and how many are on the way there."""
    on_roster = Expert.objects.filter(association=association, retired_at=None, added_at__lte=at)
    since = {"trainer_status": TrainerStatus.CERTIFIED, "trainer_since__lte": at.date()}
    names = list(on_roster.filter(**since).order_by("name").values_list("name", flat=True))
    if not names:
        return []
    on_the_way = (TrainerStatus.CANDIDATE, TrainerStatus.PRACTISING)
    facts: dict[str, str | int | None] = {
        "certified": len(names),
        "on_the_way": on_roster.filter(trainer_status__in=on_the_way).count(),
        "names": ", ".join(names),
    }
    title = ngettext(
        "%(certified)s certified trainer on the roster: %(names)s",
        "%(certified)s certified trainers on the roster: %(names)s",
        len(names),
    ) % {"certified": len(names), "names": ", ".join(names)}
    return [RecordOffer(TRAINERS, "roster", title[:200], facts)]


KINDS = (
    RecordKind(LIBRARY, gettext_lazy("Library of the association"), library_works),
    RecordKind(TRAINERS, gettext_lazy("Certified trainers"), trainers_certified),
)
