"""Publishing: approved answers frozen at one moment, and the figures that passed the disclosure gate."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.access import forget
from members.models import User
from members.services.permission import permit
from reporting.datasets.measures import plan
from reporting.enums import FormLength
from reporting.models import Release, ReleaseCell, ReleaseMember, Round
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.jobs import REPORT_KIND
from reporting.selectors.releases import (
    MINIMUM,
    Preview,
    frozen_members,
    latest_of,
    older_release,
    preview,
)
from reporting.selectors.returns import ReturnSheet, load_sheets
from reporting.services import release_notices
from reporting.services.release_cells import cells, inputs_of, panel_cells, panel_facts
from spm_portal.common import audit, jobs
from spm_portal.common.models import Job, JobState

GATE_VERSION = "1"

# Goes up when the report looks or says something else, so that asking again makes a new file.
REPORT_VERSION = "1"


class PublishRefused(Exception):
    """Why nothing was published, in words for the person who asked."""


def publish(*, round_id: UUID, by: User | None, at: datetime) -> Release:
    """Freeze the approved returns of a round and publish what passes the gate.

    Publishing the same input again gives the release that there is: a double click makes one edition, one audit
    row and one mail to everybody. Raises PublishRefused; `by` None is the command line.
    """
    with transaction.atomic(), audit.acting(by):
        of_round = (
            Round.objects.select_for_update(of=("self",))
            .select_related("association", "catalogue")
            .defer("catalogue__document")
            .get(pk=round_id)
        )
        if by is not None:
            forget(by)  # roles as they are now, not as the request found them
        permit(by, "reporting.publish_release", of_round)
        seen = preview(of_round)
        if not seen.enough:
            raise PublishRefused(_too_few(seen))
        members = _freeze(seen, load_sheets(of_round))
        older = older_release(of_round)
        digest = _digest(of_round, members, older)
        earlier = latest_of(of_round)
        if earlier is not None:
            if earlier.input_sha256 == digest:
                return earlier
            _check_edition(earlier, members)
        release = _write(seen, members, older, digest=digest, by=by, at=at)
        audit.record(
            "release.published",
            release,
            by=by,
            at=at,
            association_id=of_round.association_id,
            round=str(of_round.pk),
            number=release.number,
            input_sha256=digest,
        )
        release_notices.published(release, at=at)
    return release


def request_report(*, release_id: UUID, language: str, by: User, at: datetime) -> Job:
    """Ask for the association report of a release as a PDF; asking again gives the job that there is."""
    release = Release.objects.select_related("association").get(pk=release_id)
    forget(by)
    permit(by, "reporting.request_report", release)
    if language not in dict(settings.LANGUAGES):
        raise ValueError(f"There is no language {language!r}.")
    with transaction.atomic():
        job = jobs.request_job(
            REPORT_KIND,
            by=by,
            at=at,
            args={"release": str(release.pk), "language": language},
            association_id=release.association_id,
            key=f"{REPORT_KIND}:{REPORT_VERSION}:{release.pk}:{language}",
        )
        if jobs.queue_again(job.pk, at=at, by=by, states=(JobState.FAILED, JobState.CANCELLED)):
            job.refresh_from_db()
        audit.record(
            "report.requested",
            release,
            by=by,
            at=at,
            association_id=release.association_id,
            job=str(job.pk),
            language=language,
        )
    return job


def _too_few(seen: Preview) -> str:
    counted = ngettext(
        "%(count)d contributor would count so far.", "%(count)d contributors would count so far.", seen.owners
    ) % {"count": seen.owners}
    return (
        _(
            "A release needs at least %(minimum)d contributors: members with an approved return that agreed to count, "
            "members of one owner taken as one."
        )
        % {"minimum": MINIMUM}
        + " "
        + counted
    )


def _freeze(seen: Preview, sheets: Iterable[ReturnSheet]) -> list[ReleaseMember]:
    """The frozen rows, not yet saved, in an order that depends on nothing but the institutions."""
    by_submission = {sheet.submission.pk: sheet for sheet in sheets}
    rows = []
    for candidate in seen.counting:
        computed = by_submission[candidate.submission.pk].computed
        values = {code: _jsonable(value) for code, value in computed.values.items()}
        values |= {code: value for code, value in computed.derived.items() if value is not None}
        rows.append(
            ReleaseMember(
                institution=candidate.institution,
                submission=candidate.submission,
                name=candidate.institution.name,
                owner_key=candidate.institution.owner_key,
                named=candidate.named,
                values=values,
            )
        )
    return sorted(rows, key=lambda row: str(row.institution_id))


def _jsonable(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return list(value) if isinstance(value, tuple) else value


def _canonical(content: object) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _digest(of_round: Round, members: Iterable[ReleaseMember], older: Release | None) -> str:
    content = {
        "gate": GATE_VERSION,
        "round": str(of_round.pk),
        "context": of_round.context,
        "catalogue": of_round.catalogue.sha256,
        "older": older.input_sha256 if older else None,
        "members": [[str(m.institution_id), m.name, m.owner_key, m.named, m.values] for m in members],
    }
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def _check_edition(earlier: Release, members: Iterable[ReleaseMember]) -> None:
    """A new edition may not differ by a few contributors: both editions side by side would show their figures (R9)."""
    before = {m.institution_id: m for m in frozen_members(earlier)}
    after = {m.institution_id: m for m in members}
    changed = {
        (after.get(pk) or before[pk]).owner_key
        for pk in before.keys() | after.keys()
        if pk not in before
        or pk not in after
        or _canonical(before[pk].values) != _canonical(after[pk].values)
    }
    if 0 < len(changed) < MINIMUM:
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
            % {"minimum": MINIMUM}
        )


def _write(
    seen: Preview,
    members: list[ReleaseMember],
    older: Release | None,
    *,
    digest: str,
    by: User | None,
    at: datetime,
) -> Release:
    of_round = seen.round
    catalogue = catalogue_of(of_round.catalogue)
    inputs = inputs_of(members, catalogue, of_round.context, _common_currency(members))
    last = Release.objects.filter(round=of_round).aggregate(number=Max("number"))["number"] or 0
    panel = panel_facts(older, inputs) if older else None
    release = Release.objects.create(
        association=of_round.association,
        round=of_round,
        number=last + 1,
        catalogue=of_round.catalogue,
        invited_count=len(seen.candidates),
        contributor_count=len(members),
        method={
            "gate": GATE_VERSION,
            "minimum": MINIMUM,
            "year": of_round.year,
            "period_end": of_round.period_end.isoformat(),
            "currency": inputs.currency,
            "other_currency": len(inputs.outside),
            "context": of_round.context,
            "sections": list(of_round.sections),
            "form_length": of_round.form_length,
            "approved": seen.approved,
            "imported": of_round.imported,
            "panel": panel,
        },
        input_sha256=digest,
        published_at=at,
        published_by=by,
    )
    for row in members:
        row.release = release
    ReleaseMember.objects.bulk_create(members)
    planned = plan(catalogue, sections=of_round.sections, full_form=of_round.form_length == FormLength.FULL)
    rows = cells(planned, inputs)
    if older is not None:
        rows += panel_cells(planned, inputs, older, catalogue)
    for position, cell in enumerate(rows):
        cell.release, cell.position = release, position
    ReleaseCell.objects.bulk_create(rows)
    return release


def _common_currency(members: Iterable[ReleaseMember]) -> str:
    """The currency most members report in; the first in the alphabet where several are as frequent."""
    counts = Counter(m.submission.currency for m in members)
    return min(counts, key=lambda code: (-counts[code], code))
