"""Working out what changed after training: frozen values of two editions through the disclosure gate, once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from members.services.permission import permit
from reporting.comparing import same_question
from reporting.datasets.measures import Planned, contributions, plan
from reporting.disclosure import Cell, Kind, Reason
from reporting.disclosure.compared import others_of, publish_sides, sides_of
from reporting.enums import FormLength
from reporting.models import Release, WhatChanged
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.releases import frozen_members
from reporting.selectors.what_changed import TookPart, edition_before, took_part
from reporting.services.release_cells import Inputs, inputs_of, policy_of
from reporting.services.release_reach import Told, told_of
from spm_portal.common import audit
from spm_portal.common.refusal import Refused

THOSE, OTHERS = "those", "others"
BEFORE, AFTER = "before", "after"
KINDS = (Kind.SHARE_YES, Kind.DISTRIBUTION, Kind.MEDIAN)
"""What is told of a yes-or-no question, of a choice, and of a number; nothing that could be subtracted by amounts."""


def work_out(*, after: Release, by: User, at: datetime) -> WhatChanged:
    """Compare participants' institutions with the others in this edition and in that of the year before.

    Once for an edition, so that nobody who joins or leaves later shows by two answers. Raises Refused without an
    edition before, without anybody who took part, or where it was done.
    """
    permit(by, "reporting.publish_release", after)
    before = edition_before(after)
    if before is None:
        raise Refused(_("There is no edition of a year before to compare with."))
    if WhatChanged.objects.filter(after=after).exists():
        raise Refused(_("This was worked out already; it is done once for an edition."))
    if Release.objects.filter(round=after.round_id, number__gt=after.number).exists():
        raise Refused(_("There is a newer edition of this round. Work it out for that one."))
    sets = took_part(before, after)
    if not sets:
        raise Refused(
            _(
                "Nobody took part in a session or a case between these two years whose course names indicators."
            )
        )
    cells = _cells(before, after, sets, at)
    with transaction.atomic(), audit.acting(by, reason="what changed worked out"):
        Release.objects.select_for_update(no_key=True).filter(pk=after.pk).first()
        made = WhatChanged.objects.filter(after=after).first()
        if made is not None:
            return made
        made = WhatChanged.objects.create(
            association=after.association,
            before=before,
            after=after,
            sets=[one.as_json() for one in sets],
            cells=cells,
            made_at=at,
            made_by=by,
        )
        audit.record("what_changed.make", made, by=by, at=at, association_id=after.association_id)
    return made


def _cells(before: Release, after: Release, sets: Iterable[TookPart], at: datetime) -> list[dict[str, Any]]:
    chosen = list(sets)
    catalogue, earlier_catalogue = catalogue_of(after.catalogue), catalogue_of(before.catalogue)
    planned = _planned(after, {code for one in chosen for code in one.codes})
    now, then = _inputs(after), _inputs(before)
    policy = policy_of(
        max(before.method["minimum"], after.method["minimum"], after.association.release_minimum)
    )
    told = [
        (BEFORE, then, told_of(before, planned.values(), at)),
        (AFTER, now, told_of(after, planned.values(), at)),
    ]
    cells: list[dict[str, Any]] = []
    for code, one in planned.items():
        asked = {each.key: each.members for each in chosen if code in each.codes}
        comparable = same_question(code, catalogue, earlier_catalogue) and not (
            one.in_currency and now.currency != then.currency
        )
        values = {
            BEFORE: contributions(one, then.names, then.outside) if comparable else {},
            AFTER: contributions(one, now.names, now.outside) if comparable else {},
        }
        both = values[BEFORE].keys() & values[AFTER].keys()
        # a member that was sold is judged by its owner of either time
        sides = sides_of(asked, both, now.owners, policy.k) if both else {}
        later = sides_of(asked, both, then.owners, policy.k) if both else {}
        sides = {key: side for key, side in sides.items() if key in later}
        others = {
            key: others_of(
                side, values[BEFORE].keys(), values[AFTER].keys(), (then.owners, now.owners), policy.k
            )
            for key, side in sides.items()
        }
        for place, (when, inputs, known) in enumerate(told):
            own = {key: (side[0], others[key][place]) for key, side in sides.items()}
            found = _published(one, values[when], inputs, policy, own, known) if own else {}
            for key in asked:
                cells += _rows(one, key, when, own.get(key), found.get(key), comparable)
    return cells


def _published(
    one: Planned, values: Mapping[str, Any], inputs: Inputs, policy: Any, sides: Any, known: Told
) -> dict[str, tuple[Cell, Cell]]:
    return publish_sides(
        one.measure,
        values,
        inputs.owners,
        policy,
        sides,
        audiences=known.audiences,
        told=known.editions,
        elsewhere=known.elsewhere,
        compared=known.compared,
    )


def _planned(release: Release, codes: set[str]) -> dict[str, Planned]:
    """The one measure of each code that is told, in the order of the catalogue."""
    found: dict[str, Planned] = {}
    for one in plan(
        catalogue_of(release.catalogue),
        sections=release.method["sections"],
        full_form=release.method["form_length"] == FormLength.FULL,
    ):
        if one.measure.code in codes and one.measure.kind in KINDS:
            found.setdefault(one.measure.code, one)
    return found


def _inputs(release: Release) -> Inputs:
    return inputs_of(
        frozen_members(release),
        catalogue_of(release.catalogue),
        release.method["context"],
        release.method["currency"],
    )


def _rows(
    one: Planned,
    key: str,
    when: str,
    sides: tuple[frozenset[str], frozenset[str]] | None,
    cells: tuple[Cell, Cell] | None,
    comparable: bool,
) -> list[dict[str, Any]]:
    reason = Reason.TOO_FEW if comparable else Reason.NOT_OFFERED
    rows = []
    for place, side in enumerate((THOSE, OTHERS)):
        row: dict[str, Any] = {
            "set": key, "side": side, "when": when, "code": one.measure.code, "statistic": str(one.measure.kind),
            "published": False, "value": None, "parts": [], "relation": "equal", "n_band": "", "reason": str(reason),
        }  # fmt: skip
        cell = cells[place] if cells else None
        if sides and cell is not None and cell.published:
            row |= {
                "published": True,
                "value": cell.value,
                "parts": [[list(part.codes), part.value] for part in cell.parts],
                "relation": str(cell.relation),
                "n_band": cell.n_band or "",
                "reason": "",
                # whose figure it is, for editions that come after it; no page shows it
                "members": sorted(sides[place]),
            }
        elif cell is not None:
            row["reason"] = str(cell.reason)
        rows.append(row)
    return rows
