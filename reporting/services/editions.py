"""An edition as a whole: what is frozen of a round, the cells that follow from it, and one hash over all of it."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from reporting.catalogue import Catalogue
from reporting.datasets.measures import Planned, plan
from reporting.disclosure import Panel
from reporting.enums import FormLength
from reporting.models import Release, ReleaseCell, ReleaseMember, Round
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.peer_groups import facts_of, frozen_sets, groups_to_freeze
from reporting.selectors.release_readers import READERS, readers_by_member
from reporting.selectors.releases import Preview, with_round
from reporting.selectors.returns import ReturnSheet
from reporting.services.release_cells import Inputs, cells, compared_measures, inputs_of, panel_facts
from reporting.services.release_reach import Reach, reach_of
from reporting.services.release_verification import levels_of, tell_levels

GATE_VERSION = "3"

Progress = Callable[[int, int], None]
"""Told how many steps of how many are done."""


def freeze(seen: Preview, sheets: Iterable[ReturnSheet]) -> list[ReleaseMember]:
    """The frozen rows, not yet saved, in an order that depends on nothing but the institutions."""
    by_submission = {sheet.submission.pk: sheet for sheet in sheets}
    readers = readers_by_member(seen.round)
    rows = []
    for candidate in seen.counting:
        sheet = by_submission[candidate.submission.pk]
        values = {code: _jsonable(value) for code, value in sheet.computed.values.items()}
        values |= {code: value for code, value in sheet.computed.derived.items() if value is not None}
        rows.append(
            ReleaseMember(
                institution=candidate.institution,
                submission=candidate.submission,
                name=candidate.institution.name,
                owner_key=candidate.institution.owner_key,
                named=candidate.named,
                values=values,
                # each part comes from the module that knows it
                verification=levels_of(sheet),
                facts=facts_of(sheet) | {READERS: readers.get(candidate.institution.pk, {})},
            )
        )
    return sorted(rows, key=lambda row: str(row.institution_id))


def method_of(
    seen: Preview, members: Sequence[ReleaseMember], older: Release | None, *, minimum: int
) -> dict[str, Any]:
    """How the figures are made, with everything but the members' values that the gate needs to make them again."""
    of_round = seen.round
    inputs = inputs_of(members, catalogue_of(of_round.catalogue), of_round.context, _common_currency(members))
    return {
        "gate": GATE_VERSION,
        "parameters": parameters(),
        "minimum": minimum,
        "year": of_round.year,
        "period_end": of_round.period_end.isoformat(),
        "currency": inputs.currency,
        "other_currency": len(inputs.outside),
        "context": of_round.context,
        "sections": list(of_round.sections),
        "form_length": of_round.form_length,
        "approved": seen.approved,
        "imported": of_round.imported,
        "panel": panel_facts(older, inputs) if older else None,
        "groups": groups_to_freeze(of_round, members, minimum=minimum),
    }


def compute(
    release: Release, members: Sequence[ReleaseMember], progress: Progress | None = None
) -> list[ReleaseCell]:
    """The cells of an edition from what it froze and nothing else; the same when published and when rebuilt."""
    method = release.method
    catalogue = catalogue_of(release.catalogue)
    inputs = inputs_of(members, catalogue, method["context"], method["currency"])
    planned = plan(catalogue, sections=method["sections"], full_form=method["form_length"] == FormLength.FULL)
    groups = frozen_sets(method.get("groups") or (), members)
    reach = reach_of(release, members, planned)
    rows = cells(
        planned,
        inputs,
        groups,
        minimum=method["minimum"],
        audiences=reach.audiences,
        earlier=reach.earlier,
        neighbours=reach.neighbours,
        elsewhere=reach.elsewhere,
        compared=reach.compared,
        panel=_panel(reach, planned, inputs, method, catalogue),
        progress=progress,
    )
    tell_levels(rows, planned, members, inputs, minimum=method["minimum"], groups=groups)
    for position, cell in enumerate(rows):
        cell.position = position
    return rows


def _panel(
    reach: Reach, planned: Sequence[Planned], inputs: Inputs, method: Mapping[str, Any], catalogue: Catalogue
) -> Panel | None:
    if reach.past is None:
        return None
    older = with_round(Release.objects.all()).get(pk=method["panel"]["release"])
    past = reach.past
    measures = compared_measures(planned, inputs, older, catalogue)
    return Panel(measures, past.before, past.earlier, past.later, past.audiences)


def parameters() -> str:
    """A mark of the gate's secret parameters: it tells whether they changed, and nothing of what they are."""
    secret = {name: getattr(settings, name) for name in dir(settings) if name.startswith("DISCLOSURE_")}
    return hmac.new(settings.SECRET_KEY.encode(), _canonical(secret).encode(), hashlib.sha256).hexdigest()[
        :16
    ]


def input_hash(
    of_round: Round, members: Iterable[ReleaseMember], older: Release | None, **words: object
) -> str:
    """SHA-256 of everything that a new edition would be made of: the same again is no new edition."""
    content = {
        "gate": GATE_VERSION,
        "round": str(of_round.pk),
        "context": of_round.context,
        "catalogue": of_round.catalogue.sha256,
        "older": older.input_sha256 if older else None,
        "members": [_member(one) for one in members],
        **words,
    }
    return _sha256(content)


def edition_hash(release: Release, members: Iterable[ReleaseMember], found: Iterable[ReleaseCell]) -> str:
    """SHA-256 of the canonical content of an edition: method, frozen members, cells, texts and replies."""
    return _sha256(
        {
            "association": str(release.association_id),
            "round": str(release.round_id),
            "number": release.number,
            "catalogue": release.catalogue.sha256,
            "invited": release.invited_count,
            "contributors": release.contributor_count,
            "method": release.method,
            "input": release.input_sha256,
            "code": release.code_version,
            "erratum": release.erratum,
            "texts": release.texts,
            "replies": release.replies,
            "public": release.is_public,
            "published_at": _moment(release.published_at),
            "members": sorted((_member(one) for one in members), key=lambda row: str(row[0])),
            "cells": [cell_row(one) for one in sorted(found, key=lambda cell: cell.position)],
        }
    )


def same_values(one: ReleaseMember, other: ReleaseMember) -> bool:
    """Whether two editions hold the same figures of a member."""
    return _canonical(one.values) == _canonical(other.values)


def _member(one: ReleaseMember) -> list[object]:
    return [
        str(one.institution_id),
        str(one.submission_id),
        one.name,
        one.owner_key,
        one.named,
        one.values,
        one.verification,
        one.facts,
    ]


def cell_row(cell: ReleaseCell) -> list[object]:
    """Everything a cell says, in the order of its place, name, figure and reason."""
    return [
        cell.position,
        cell.code,
        cell.group,
        cell.statistic,
        cell.category,
        cell.relation,
        cell.published,
        cell.value,
        cell.n_band,
        cell.reason,
        cell.verification,
        # editions from before this was told have their hash without it
        *(["kept"] if cell.kept else []),
    ]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _jsonable(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return list(value) if isinstance(value, tuple) else value


def _sha256(content: object) -> str:
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def _canonical(content: object) -> str:
    """The one way in which this content is written, the same before it was stored and after."""
    return json.dumps(_plain(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(content: object) -> object:
    """Numbers as the database gives them back: it keeps 1.0 as 1 and every list as one kind of list."""
    if isinstance(content, dict):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    if isinstance(content, float) and content.is_integer():
        return int(content)
    return content


def _common_currency(members: Iterable[ReleaseMember]) -> str:
    """The currency most members report in; the first in the alphabet where several are as frequent."""
    counts = Counter(str(one.facts["currency"]) for one in members)
    return min(counts, key=lambda code: (-counts[code], code))
