"""Making an edition again from itself alone, and saying figure by figure whether the same comes out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from members.services.job_rights import asker_of
from members.services.permission import permit
from reporting.models import Release, ReleaseCell
from reporting.selectors.edition_jobs import CHECK_KIND, running_of
from reporting.selectors.releases import cells_of_all, frozen_members, with_round
from reporting.services.editions import Progress as Steps
from reporting.services.editions import cell_row, compute, edition_hash, parameters
from spm_portal.common import audit, jobs
from spm_portal.common.jobs import JobResult, Progress
from spm_portal.common.models import Job

KEPT = 50
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that comes out otherwise: what is stored, and what the frozen values give."""

    code: str
    group: str
    statistic: str
    category: str
    stored: str
    rebuilt: str

    @property
    def name(self) -> str:
        """Which figure it is."""
        return " ".join(filter(None, (self.code, self.group, self.statistic, self.category)))


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of making an edition again.

    `content_holds` is None for an edition from before hashes were kept. `parameters_changed` says that the gate's
    secret parameters are not those of the edition, which by itself explains other figures.
    """

    figures: int
    differences: tuple[Difference, ...]
    content_holds: bool | None
    parameters_changed: bool

    @property
    def same(self) -> bool:
        """Whether every figure and the hash came out the same."""
        return not self.differences and self.content_holds is not False


def rebuild(release: Release, progress: Steps | None = None) -> Rebuilt:
    """Compute the cells of an edition from its frozen members, method, groups and catalogue version, and compare."""
    release = with_round(Release.objects.all()).get(pk=release.pk)
    members, stored = frozen_members(release), cells_of_all([release])[release.pk]
    made = compute(release, members, progress)
    holds = None
    if release.edition_sha256:
        holds = release.edition_sha256 == edition_hash(release, members, stored)
    before, after = _by_key(stored), _by_key(made)
    differences = []
    for key in [*before, *(key for key in after if key not in before)]:
        one, other = before.get(key), after.get(key)
        if one is None or other is None or not _equal(one, other):
            differences.append(Difference(*key, stored=_words(one), rebuilt=_words(other)))
    return Rebuilt(
        figures=len(stored),
        differences=tuple(differences),
        content_holds=holds,
        parameters_changed=release.method.get("parameters", parameters()) != parameters(),
    )


def check(*, release: Release, by: User | None, at: datetime, progress: Steps | None = None) -> Rebuilt:
    """Rebuild an edition and keep what came of it, with the names of figures that differ and never their values."""
    found = rebuild(release, progress)
    with transaction.atomic():
        audit.record(
            "edition.checked",
            release,
            by=by,
            at=at,
            association_id=release.association_id,
            same=found.same,
            figures=found.figures,
            different=len(found.differences),
            names=[one.name for one in found.differences[:KEPT]],
            content_holds=found.content_holds,
            parameters_changed=found.parameters_changed,
        )
    return found


def request_check(*, release_id: UUID, by: User, at: datetime) -> Job:
    """Ask for a check of an edition; asking while one runs gives that one."""
    with transaction.atomic():
        release = (
            Release.objects.select_for_update(of=("self",)).select_related("association").get(pk=release_id)
        )
        forget(by)
        permit(by, "reporting.check_edition", release)
        found = running_of(CHECK_KIND, release=str(release.pk))
        return found or jobs.request_job(
            CHECK_KIND,
            by=by,
            at=at,
            args={"release": str(release.pk)},
            association_id=release.association_id,
        )


def make(job: Job, progress: Progress) -> JobResult:
    """Do one check of an edition; the rights of the person who asked count now."""
    release = Release.objects.get(pk=UUID(job.args["release"]))
    by = asker_of(job, "reporting.check_edition", release)
    with translation.override(by.language):
        label = _("Working out the figures again")
    check(
        release=release,
        by=by,
        at=job.created_at,
        progress=lambda done, steps: progress(done, steps, label),
    )
    return JobResult()


def register() -> None:
    """Make the kind of job known to the queue."""
    jobs.register(jobs.Kind(CHECK_KIND, make))


def _by_key(cells: list[ReleaseCell]) -> dict[tuple[str, str, str, str], ReleaseCell]:
    return {(one.code, one.group, one.statistic, one.category): one for one in cells}


def _equal(one: ReleaseCell, other: ReleaseCell) -> bool:
    return cell_row(one)[1:] == cell_row(other)[1:]


def _words(cell: ReleaseCell | None) -> str:
    if cell is None:
        return NOTHING
    if not cell.published:
        return f"not published ({cell.reason})"
    return f"{cell.relation} {cell.value} (n {cell.n_band})"
