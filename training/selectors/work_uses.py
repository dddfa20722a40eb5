"""Where works were used: what was written down in the library, and what other parts of the portal know."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, QuerySet, Sum

from members.models import Association
from members.selectors.toolkit_uses import ToolkitUse, toolkit_uses
from training.enums import UseKind
from training.models import Work, WorkUse
from training.selectors.library import Shelved, shelved

MOST_USED = 10


@dataclass(frozen=True, slots=True)
class UsedWork:
    """A work and how often it was used."""

    shown: Shelved
    uses: int
    copies: int


@dataclass(frozen=True, slots=True)
class UseTotals:
    """The log in figures; `people` counts each occasion once, however many works were used there."""

    uses: int
    occasions: int
    people: int
    copies: int
    kinds: tuple[tuple[str, int], ...]
    most_used: tuple[UsedWork, ...]
    # each with the title of its work; the toolkit's key where the library does not have it
    elsewhere: tuple[tuple[ToolkitUse, str], ...]
    years: tuple[int, ...]


def uses_of(association: Association, year: int | None = None) -> QuerySet[WorkUse]:
    """The log of the library, newest first."""
    uses = WorkUse.objects.filter(association=association)
    if year is not None:
        uses = uses.filter(used_on__year=year)
    return uses.select_related("work").order_by("-used_on", "-written_at", "pk")


def uses_of_work(work: Work) -> tuple[list[WorkUse], list[ToolkitUse]]:
    """Where one work was used: the library's own log, and occasions that another part of the portal wrote down."""
    own = list(work.uses.select_related("written_by").order_by("-used_on", "-written_at"))
    if not work.toolkit_key:
        return own, []
    return own, [one for one in toolkit_uses(work.association) if one.key == work.toolkit_key]


def use_totals(association: Association, year: int | None = None) -> UseTotals:
    """The log in figures, of one year or of all; what other parts of the portal know is in them."""
    own = uses_of(association, year).order_by()
    outside = [one for one in toolkit_uses(association) if year is None or one.used_on.year == year]
    people: dict[tuple[str, object], int] = {}
    for occasion, day, reached in own.values_list("occasion", "used_on").annotate(most=Max("audience")):
        people[occasion, day] = reached or 0
    for one in outside:
        key = (one.occasion, one.used_on)
        people[key] = max(people.get(key, 0), one.audience or 0)
    kinds = Counter(dict(own.values_list("kind").annotate(n=Count("pk"))))
    labels = Counter({str(UseKind(kind).label): count for kind, count in kinds.items()})
    if outside:
        labels[str(UseKind.DISTRIBUTION.label)] += len(outside)
    used: dict[UUID, list[int]] = {
        key: [count, copies or 0]
        for key, count, copies in own.values_list("work_id").annotate(n=Count("pk"), copies=Sum("copies"))
    }
    keys = dict(
        Work.objects.filter(
            association=association, toolkit_key__in={one.key for one in outside}
        ).values_list("toolkit_key", "pk")
    )
    for one in outside:
        if one.key in keys:
            counts = used.setdefault(keys[one.key], [0, 0])
            counts[0] += 1
            counts[1] += one.copies or 0
    first = sorted(used, key=lambda key: (-used[key][0], -used[key][1], str(key)))[:MOST_USED]
    rows = {row.work.pk: row for row in shelved(list({*first, *keys.values()}))}
    years = {day.year for day in WorkUse.objects.filter(association=association).dates("used_on", "year")}
    return UseTotals(
        uses=sum(kinds.values()) + len(outside),
        occasions=len(people),
        people=sum(people.values()),
        copies=sum(counts[1] for counts in used.values()),
        kinds=tuple(labels.most_common()),
        most_used=tuple(UsedWork(rows[key], *used[key]) for key in first),
        elsewhere=tuple((one, rows[keys[one.key]].title if one.key in keys else one.key) for one in outside),
        years=tuple(sorted(years | {one.used_on.year for one in toolkit_uses(association)}, reverse=True)),
    )
