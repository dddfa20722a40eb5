"""Reads of frameworks: the checked framework of a stored version, kept by the process, and the list of versions."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from capacity.frameworks import Framework, read
from capacity.models import FrameworkVersion
from members.models import Association
from spm_portal.common.kept import Kept

_kept: Kept[Framework] = Kept(most=16)  # a portal has one or two in use


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list; `assessments` are those of the association that looks at it."""

    version: FrameworkVersion
    framework: Framework
    is_newest: bool
    assessments: int


def framework_of(version: FrameworkVersion) -> Framework:
    """The framework of a stored version, read and checked once per process.

    Defer `document` in the query (`defer("framework__document")`): it is fetched only on the first call of a process,
    and it is large. Raises FrameworkFaults for a document that was never checked.
    """
    key = (version.pk, version.sha256)
    return _kept.get(key) or _kept.put(key, read(version.document))


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
