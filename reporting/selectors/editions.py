"""Reads of editions: those that everybody may see, which edition a hash belongs to, and newer ones."""

import re
from dataclasses import dataclass

from django.conf import settings

from members.models import Association
from reporting.models import Release
from reporting.selectors.edition_jobs import RUNNING
from reporting.selectors.jobs import REPORT_KIND
from reporting.selectors.releases import editions_beside, with_round
from spm_portal.common.models import Job, JobState

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PublicEdition:
    """An edition in the public list: whether there is a newer one, and its reports where they are open.

    `under_way` says that a report is being made, so that it will be there without anybody doing anything.
    """

    release: Release
    is_newest: bool
    reports: tuple[tuple[str, str], ...]
    under_way: bool = False


def public_association(slug: str) -> Association | None:
    """The association at this address if it shows its editions to everybody."""
    return Association.objects.filter(slug=slug, has_public_page=True).first()


def public_editions(association: Association) -> list[PublicEdition]:
    """All editions, the newest period and edition first, with reports of those that were opened to everybody."""
    releases = list(
        with_round(Release.objects.filter(association=association)).order_by("-round__period_end", "-number")
    )
    open_ones = [str(one.pk) for one in releases if one.is_public]
    names = dict(settings.LANGUAGES)
    reports: dict[str, dict[str, str]] = {}
    under_way: set[str] = set()
    for job in Job.objects.filter(
        kind=REPORT_KIND, state__in=(JobState.DONE, *RUNNING), args__release__in=open_ones
    ).order_by("created_at"):
        if job.state != JobState.DONE:
            under_way.add(job.args["release"])
            continue
        language = str(job.args["language"])
        reports.setdefault(job.args["release"], {})[language] = str(names.get(language, language))
    seen: set[object] = set()
    found = []
    for one in releases:
        offered = tuple(sorted(reports.get(str(one.pk), {}).items()))
        found.append(
            PublicEdition(one, one.round_id not in seen, offered, under_way=str(one.pk) in under_way)
        )
        seen.add(one.round_id)
    return found


def public_report(association: Association, number: int, code: str, language: str) -> Job | None:
    """The finished report of an edition that was opened to everybody."""
    release = Release.objects.filter(
        association=association, round__code=code, number=number, is_public=True
    ).first()
    if release is None:
        return None
    return (
        Job.objects.filter(
            kind=REPORT_KIND, state=JobState.DONE, args__release=str(release.pk), args__language=language
        )
        .order_by("-created_at")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Verified:
    """Which edition a hash belongs to, and the newest one of the same round."""

    release: Release
    newest: int

    @property
    def is_newest(self) -> bool:
        """Whether no newer edition is published."""
        return self.release.number == self.newest


def edition_by_hash(digest: str) -> Verified | None:
    """The edition with this hash; None for anything that is not the hash of one."""
    if not SHA256.fullmatch(digest):
        return None
    release = with_round(Release.objects.filter(edition_sha256=digest)).first()
    if release is None:
        return None
    return Verified(release, newest_number(release))


def newest_number(release: Release) -> int:
    """The number of the newest edition of the same round."""
    return max((one.number for one in editions_beside(release)), default=release.number)


def edition_before(release: Release) -> Release | None:
    """The edition that this one corrects."""
    return (
        with_round(Release.objects.filter(round=release.round_id, number__lt=release.number))
        .order_by("-number")
        .first()
    )
