"""One work with its versions, downloads, related works and uses; and what of a library needs somebody's attention."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max, Q, QuerySet, Sum

from members.models import Association
from members.toolkit import ToolkitItem, item_of
from spm_portal.common.languages import own_name
from spm_portal.common.models import Job
from spm_portal.common.prepared import Prepared, count_in
from training.enums import LinkState
from training.models import DownloadCount, Work, WorkRelation, WorkVersion
from training.selectors.library import Shelved, on_shelf, shelved, versions_of

SAME_TOPIC = 6
LINKS_JOB = "library_links"
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Version:
    """A language version on the page of its work; `downloads` are all, `lately` those of the last twelve months."""

    row: WorkVersion
    name: str
    text_language: str
    downloads: int
    lately: int

    @property
    def gives(self) -> bool:
        """Whether there is a file or a link."""
        return bool(self.row.file or self.row.url)


@dataclass(frozen=True, slots=True)
class WorkPage:
    """All that the page of a work shows; `entry` is the toolkit's own, where the work comes from it."""

    shown: Shelved
    versions: tuple[Version, ...]
    entry: ToolkitItem | None
    related: tuple[tuple[Shelved, str], ...]
    same_topic: tuple[Shelved, ...]

    @property
    def work(self) -> Work:
        """The work itself."""
        return self.shown.work


def work_page(work: Work, others: QuerySet[Work], *, today: date) -> WorkPage:
    """The page of a work; `others` are the works that the reader may see beside it."""
    rows = versions_of(work)
    counts = _downloads(work, today)
    entry = item_of(work.toolkit_key) if work.toolkit_key else None
    chosen = notes_of_related(work)
    known = list(
        others.filter(pk__in=list(chosen), retired_at=None)
        .order_by("added_at", "pk")
        .values_list("pk", flat=True)
    )
    alike = others.filter(topics__overlap=work.topics or ["-"], retired_at=None).exclude(
        pk__in=[work.pk, *known]
    )
    near = list(alike.order_by("-added_at", "toolkit_key", "pk").values_list("pk", flat=True)[:SAME_TOPIC])
    rest = {one.work.pk: one for one in shelved([*known, *near])}
    return WorkPage(
        shown=on_shelf(work, rows),
        versions=tuple(
            Version(
                row,
                own_name(row.language),
                "en" if entry is not None and entry.title == row.title else row.language,
                *counts.get(row.pk, (0, 0)),
            )
            for row in rows
        ),
        entry=entry,
        related=tuple((rest[key], chosen[key]) for key in known),
        same_topic=tuple(rest[key] for key in near),
    )


def notes_of_related(work: Work) -> dict[UUID, str]:
    """The works that somebody said belong to it, whichever side it was said from, each with how."""
    said = WorkRelation.objects.filter(Q(work=work) | Q(other=work)).values_list(
        "work_id", "other_id", "note"
    )
    return {(other if one == work.pk else one): note for one, other, note in said}


def _downloads(work: Work, today: date) -> dict[UUID, tuple[int, int]]:
    since = today.replace(year=today.year - 1, day=1)
    counted = (
        DownloadCount.objects.filter(version__work=work)
        .values("version_id")
        .annotate(all=Sum("count"), lately=Sum("count", filter=Q(month__gt=since)))
    )
    return {one["version_id"]: (one["all"], one["lately"] or 0) for one in counted}


@dataclass(frozen=True, slots=True)
class Attention:
    """How many links do not work, and how many works should have been looked at again."""

    broken: int
    overdue: int

    def __bool__(self) -> bool:
        return bool(self.broken or self.overdue)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The lists behind `Attention`, works with nothing to read, and when links were last looked at."""

    broken: tuple[WorkVersion, ...]
    unknown: tuple[WorkVersion, ...]
    overdue: tuple[Shelved, ...]
    empty: tuple[Shelved, ...]
    links: int
    checked_at: datetime | None
    job: Job | None


def attention(association: Association, *, today: date) -> Attention:
    """How much waits."""
    return Attention(
        broken=sum(_how_many_broken(association.pk)),
        overdue=sum(_how_many_overdue(association.pk, today)),
    )


def upkeep(association: Association, *, today: date) -> Upkeep:
    """What waits, at most `MOST_LISTED` of each, the longest waiting first."""
    links = _links(association.pk)
    seen = links.select_related("work").defer("words").order_by("title", "pk")
    problems = seen.exclude(link_problem="")
    overdue = list(
        _overdue(association.pk, today).order_by("review_by", "pk").values_list("pk", flat=True)[:MOST_LISTED]
    )
    empty = list(_empty(association).order_by("toolkit_key", "pk").values_list("pk", flat=True)[:MOST_LISTED])
    rows = {one.work.pk: one for one in shelved({*overdue, *empty})}
    return Upkeep(
        broken=tuple(seen.filter(link_state=LinkState.BROKEN)[:MOST_LISTED]),
        unknown=tuple(problems.filter(link_state=LinkState.UNCHECKED)[:MOST_LISTED]),
        overdue=tuple(rows[key] for key in overdue),
        empty=tuple(rows[key] for key in empty),
        links=links.count(),
        checked_at=links.aggregate(at=Max("link_checked_at"))["at"],
        job=Job.objects.filter(kind=LINKS_JOB, association_id=association.pk).order_by("-created_at").first(),
    )


def _links(association: UUID) -> QuerySet[WorkVersion]:
    return WorkVersion.objects.filter(association=association, work__retired_at=None).exclude(url="")


def _overdue(association: UUID, today: date) -> QuerySet[Work]:
    return Work.objects.filter(association=association, retired_at=None, review_by__lt=today)


_how_many_broken = Prepared(
    lambda association: count_in(_links(association).filter(link_state=LinkState.BROKEN))
)
_how_many_overdue = Prepared(lambda association, today: count_in(_overdue(association, today)))


def _empty(association: Association) -> QuerySet[Work]:
    """Works of which no version has a file or a link."""
    giving = WorkVersion.objects.filter(association=association).exclude(file="", url="")
    return Work.objects.filter(association=association, retired_at=None).exclude(
        pk__in=giving.values("work_id")
    )
