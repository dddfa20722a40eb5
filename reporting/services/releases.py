"""Publishing: approved answers frozen at one moment, and the figures that passed the disclosure gate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.access import forget
from members.models import User
from members.services.permission import permit
from reporting.models import Release, ReleaseCell, ReleaseMember, Round
from reporting.selectors.releases import (
    Preview,
    frozen_members,
    latest_of,
    minimum_of,
    older_release,
    preview,
)
from reporting.selectors.replies import Hearing, comments_of, ended, hearing_of
from reporting.selectors.returns import load_sheets
from reporting.services import release_notices, reports
from reporting.services.editions import (
    Progress,
    compute,
    edition_hash,
    freeze,
    input_hash,
    method_of,
    same_values,
)
from reporting.services.report_texts import frozen_texts
from spm_portal.common import audit


class PublishRefused(Exception):
    """Why nothing was published, in words for the person who asked."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """An edition before it is stored."""

    release: Release
    members: list[ReleaseMember]


def publish(
    *,
    round_id: UUID,
    by: User | None,
    at: datetime,
    erratum: str = "",
    is_public: bool = False,
    progress: Progress | None = None,
) -> Release:
    """Freeze the approved returns of a round and publish what passes the gate.

    A second edition says in `erratum` what changed. Publishing the same input again gives the release that there is: a
    double click makes one edition, one audit row and one mail to everybody. The gate works outside of any lock; what
    changed meanwhile is found before anything is stored. Raises PublishRefused; `by` None is the command line.
    """
    with audit.acting(by):
        with transaction.atomic():
            of_round = _round(Round.objects.all(), round_id)
            drafted = _draft(of_round, by=by, at=at, erratum=erratum, is_public=is_public)
        if isinstance(drafted, Release):
            return drafted
        found = compute(drafted.release, drafted.members, progress)
        with transaction.atomic():
            of_round = _round(Round.objects.select_for_update(of=("self",)), round_id)
            again = _draft(of_round, by=by, at=at, erratum=erratum, is_public=is_public)
            if isinstance(again, Release):
                return again
            if again.release.input_sha256 != drafted.release.input_sha256:
                raise PublishRefused(
                    _("Returns or texts changed while the figures were worked out. Look again, then publish.")
                )
            return _store(again, found, by=by, at=at)


def _round(rounds: QuerySet[Round], pk: UUID) -> Round:
    return rounds.select_related("association", "catalogue").defer("catalogue__document").get(pk=pk)


def _draft(
    of_round: Round, *, by: User | None, at: datetime, erratum: str, is_public: bool
) -> _Draft | Release:
    """The edition that would be published now; the newest one where nothing changed since. Raises PublishRefused."""
    if by is not None:
        forget(by)  # roles as they are now, not as the request found them
    permit(by, "reporting.publish_release", of_round)
    seen = preview(of_round)
    if not seen.enough:
        raise PublishRefused(_too_few(seen))
    members = freeze(seen, load_sheets(of_round))
    older = older_release(of_round)
    texts = frozen_texts(of_round)
    hearing = hearing_of(of_round, seen)
    earlier = latest_of(of_round)
    # nobody was heard since: what members said before stays with the figures
    replies = comments_of(hearing) if hearing.windows or earlier is None else earlier.replies
    method = method_of(seen, members, older, minimum=minimum_of(of_round.association))
    digest = input_hash(
        of_round, members, older, texts=texts, replies=replies, public=is_public, groups=method["groups"]
    )
    if earlier is not None:
        if earlier.input_sha256 == digest:
            return earlier
        _check_edition(earlier, members, minimum_of(of_round.association))
        if not erratum.strip():
            raise PublishRefused(
                _("Edition %(number)d is published already. Write what changed since: readers see it.")
                % {"number": earlier.number}
            )
    if by is not None and (waits := hearing.blockers(at)):
        raise PublishRefused(" ".join(one.text for one in waits))
    release = Release(
        association=of_round.association,
        round=of_round,
        number=earlier.number + 1 if earlier else 1,
        catalogue=of_round.catalogue,
        invited_count=len(seen.candidates),
        contributor_count=len(members),
        method=method | {"replies": _heard(hearing, by)},
        input_sha256=digest,
        code_version=settings.CODE_VERSION,
        erratum=erratum.strip() if earlier else "",
        texts=texts,
        replies=replies,
        is_public=is_public,
        published_at=at,
        published_by=by,
    )
    return _Draft(release, members)


def _heard(hearing: Hearing, by: User | None) -> dict[str, Any]:
    """How named members were heard before this edition, or why they were not."""
    window = hearing.window
    found: dict[str, Any] = {"named": len(hearing.named), "replied": hearing.replied}
    if window is not None:
        found |= {
            "opened_at": window.opened_at.isoformat(),
            "ended_at": ended(window).isoformat(),
            "reason": window.ended_reason,
        }
    elif hearing.seen.round.imported:
        found["skipped"] = "imported"
    elif hearing.named and by is None:
        found["skipped"] = "command line"
    return found


def _store(drafted: _Draft, found: list[ReleaseCell], *, by: User | None, at: datetime) -> Release:
    release, members = drafted.release, drafted.members
    release.edition_sha256 = edition_hash(release, members, found)
    release.save(force_insert=True)
    for member in members:
        member.release = release
    for cell in found:
        cell.release = release
    ReleaseMember.objects.bulk_create(members)
    ReleaseCell.objects.bulk_create(found)
    audit.record(
        "release.published",
        release,
        by=by,
        at=at,
        association_id=release.association_id,
        round=str(release.round_id),
        number=release.number,
        input_sha256=release.input_sha256,
        edition_sha256=release.edition_sha256,
    )
    release_notices.published(release, at=at)
    if release.is_public:
        reports.request_public_reports(release, by=by, at=at)
    return release


def _too_few(seen: Preview) -> str:
    counted = ngettext(
        "%(count)d contributor would count so far.", "%(count)d contributors would count so far.", seen.owners
    ) % {"count": seen.owners}
    return (
        _(
            "A release needs at least %(minimum)d contributors: members with an approved return that agreed to count, "
            "members of one owner taken as one."
        )
        % {"minimum": seen.minimum}
        + " "
        + counted
    )


def _check_edition(earlier: Release, members: Iterable[ReleaseMember], minimum: int) -> None:
    """A new edition may not differ by a few contributors: both editions side by side would show their figures (R9)."""
    before = {m.institution_id: m for m in frozen_members(earlier)}
    after = {m.institution_id: m for m in members}
    changed = {
        (after.get(pk) or before[pk]).owner_key
        for pk in before.keys() | after.keys()
        if pk not in before or pk not in after or not same_values(before[pk], after[pk])
    }
    if 0 < len(changed) < minimum:
        raise PublishRefused(
            ngettext(
                "Since edition %(number)d the figures of %(count)d contributor changed.",
                "Since edition %(number)d the figures of %(count)d contributors changed.",
                len(changed),
            )
            % {"number": earlier.number, "count": len(changed)}
            + " "
            + _(
                "A new edition needs changes of at least %(minimum)d contributors; otherwise the difference between "
                "both editions would show what single members reported."
            )
            % {"minimum": minimum}
        )
