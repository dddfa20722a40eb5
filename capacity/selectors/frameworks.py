"""Reads of frameworks: the checked framework of a stored version, kept by the process, and the list of versions."""

from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from capacity.frameworks import Area, Category, Framework, Item, Level, SupportArea, read
from capacity.models import FrameworkVersion
from capacity.scoring import Thresholds
from members.models import Association
from members.selectors.records import known
from spm_portal.common.kept import Kept

_kept: Kept[Framework] = Kept(most=16)  # a portal has one or two in use


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list; `assessments` are those of the association that looks at it."""

    version: FrameworkVersion
    framework: Framework
    is_newest: bool
    assessments: int


@dataclass(frozen=True, slots=True)
class Step:
    """A level of an item: what must be seen, and whether evidence has to be shown for it."""

    level: Level
    proof: str
    needs_evidence: bool


@dataclass(frozen=True, slots=True)
class ItemPage:
    """An item with everything that is said of it; `records` are the kinds that this installation has."""

    item: Item
    steps: tuple[Step, ...]
    records: tuple[str, ...]
    support: tuple[tuple[SupportArea, str], ...]


@dataclass(frozen=True, slots=True)
class AreaPage:
    """An area with its items by category, under the labels that the source prints there."""

    area: Area
    groups: tuple[tuple[Category, str, tuple[ItemPage, ...]], ...]


@dataclass(frozen=True, slots=True)
class SupportPage:
    """A support area with the items that lead to it."""

    area: SupportArea
    items: tuple[Item, ...]


def framework_of(version: FrameworkVersion) -> Framework:
    """The framework of a stored version, read and checked once per process.

    Defer `document` in the query (`defer("framework__document")`): it is fetched only on the first call of a process,
    and it is large. Raises FrameworkFaults for a document that was never checked.
    """
    key = (version.pk, version.sha256)
    return _kept.get(key) or _kept.put(key, read(version.document))


def limits_of(framework: Framework) -> Thresholds:
    """The limits that this portal is set to, on the framework's own scale."""
    return Thresholds(
        settings.CAPACITY_LEAST_SHARE,
        settings.CAPACITY_STRONG_FROM,
        settings.CAPACITY_WEAK_TO,
        settings.CAPACITY_SPREAD_FROM,
    ).on(framework)


def all_versions() -> QuerySet[FrameworkVersion]:
    """Every version without its document; frameworks are the same for all associations."""
    return FrameworkVersion.objects.defer("document")


def current_frameworks() -> QuerySet[FrameworkVersion]:
    """The version of each framework that was loaded last, by title, without documents."""
    newest = FrameworkVersion.objects.order_by("code", "-loaded_at", "-pk").distinct("code")
    return FrameworkVersion.objects.filter(pk__in=newest.values("pk")).defer("document").order_by("title")


def version_lines(association: Association) -> tuple[VersionLine, ...]:
    """All versions by code, the newest of each first."""
    own = Count("assessments", filter=Q(assessments__association=association))
    versions = FrameworkVersion.objects.annotate(own=own).order_by("code", "-loaded_at", "-pk")
    seen: Counter[str] = Counter()
    lines = []
    for version in versions:
        lines.append(VersionLine(version, framework_of(version), not seen[version.code], version.own))
        seen[version.code] += 1
    return tuple(lines)


def area_pages(framework: Framework) -> tuple[AreaPage, ...]:
    """Everything that a framework says of its items, area by area."""
    return tuple(
        AreaPage(
            area,
            tuple(
                (
                    category,
                    framework.label_of(category.code, area.code),
                    tuple(item_page(framework, item) for item in items),
                )
                for category in framework.categories
                if (items := framework.items_of(area.code, category.code))
            ),
        )
        for area in framework.areas
    )


def item_page(framework: Framework, item: Item) -> ItemPage:
    """Everything that a framework says of one item."""
    return ItemPage(
        item,
        tuple(
            Step(level, proof, framework.needs_evidence(level.level))
            for level, proof in zip(framework.scale, item.proof, strict=True)
        ),
        tuple(str(kind.label) for kind in known(item.records)),
        tuple((framework.support_area(each.area), each.why) for each in item.support),
    )


def support_pages(framework: Framework) -> tuple[SupportPage, ...]:
    """The support areas with the items that lead to each."""
    return tuple(
        SupportPage(
            area,
            tuple(item for item in framework.items if area.code in (each.area for each in item.support)),
        )
        for area in framework.support_areas
    )
