"""How far the values of a release were checked: each member's levels as frozen, and what may be told of a cell."""

from collections.abc import Collection, Iterable, Mapping

from reporting.datasets.measures import Planned, contributions
from reporting.datasets.verification_words import RANK, SELF
from reporting.enums import VerificationLevel
from reporting.models import ReleaseCell, ReleaseMember
from reporting.selectors.returns import ReturnSheet
from reporting.selectors.verification import lowest_level
from reporting.services.release_cells import Inputs

STEP = 5  # per cent
FEWEST_FOR_SHARES = 10
# A filter asks for evidence first, then for any check at all, then for audits.
BOUNDARIES = (
    VerificationLevel.EVIDENCE_SEEN,
    VerificationLevel.STAFF_CHECKED,
    VerificationLevel.AUDITED,
)


def levels_of(sheet: ReturnSheet) -> dict[str, str]:
    """The levels of a return's given and derived values by code; what is not in it is self-reported.

    A derived value is checked as far as the least checked of its inputs; an input without an answer says nothing.
    """
    given = {
        code: answer.verification
        for code, answer in sheet.answers.items()
        if answer.verification != SELF and code in sheet.computed.relevant
    }
    if not given:
        return {}
    derived = {
        code: lowest
        for code in sheet.computed.derived
        if (lowest := lowest_level(_inputs(sheet, code))) != SELF
    }
    return dict(sorted({**given, **derived}.items()))


def _inputs(sheet: ReturnSheet, code: str) -> list[str]:
    inputs = sheet.catalogue.inputs_of(code)
    return [sheet.answers[one].verification for one in inputs if one in sheet.answers]


def tell_levels(
    rows: Iterable[ReleaseCell],
    planned: Iterable[Planned],
    members: Iterable[ReleaseMember],
    inputs: Inputs,
    *,
    minimum: int,
    groups: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Write into published cells how far their contributors were checked; `groups` has the members of each peer group.

    A peer group gets the word alone: its shares beside those of all members would tell those of the few others. Cells
    of the panel say nothing, for their two years were checked apart.
    """
    levels = {str(one.institution_id): one.verification for one in members}
    asked = {(one.measure.code, str(one.measure.kind)): one for one in planned}
    known: dict[tuple[str, str, str], dict[str, object]] = {}
    for row in rows:
        key = (row.group, row.code, row.statistic)
        one = asked.get((row.code, row.statistic))
        if not row.published or one is None:
            continue
        if key not in known:
            inside = inputs.names.keys() if not row.group else (groups or {}).get(row.group, ())
            given = contributions(one, inputs.names, inputs.outside)
            found = told_levels(
                {member: levels[member].get(row.code, SELF) for member in given if member in inside},
                inputs.owners,
                minimum=minimum,
            )
            known[key] = {"most": found["most"]} if row.group and found else found
        row.verification = known[key]


def told_levels(levels: Mapping[str, str], owners: Mapping[str, str], *, minimum: int) -> dict[str, object]:
    """What may be told of the levels of a cell's contributors; `levels` by member, `owners` says whose each is.

    Members of one owner are one contributor, checked as far as the least checked of them. `most` is one word: the
    highest level that half or more reach. From ten contributors on, `at_least` holds shares in steps of five per cent,
    such that between any two of them, below the lowest and above the highest stand at least `minimum` contributors.
    """
    by_owner: dict[str, str] = {}
    for member, level in levels.items():
        owner = owners.get(member, member)
        by_owner[owner] = min(by_owner.get(owner, level), level, key=RANK.__getitem__)
    count = len(by_owner)
    if count == 0:
        return {}
    reached = {level: sum(RANK[one] >= place for one in by_owner.values()) for level, place in RANK.items()}
    most = max((level for level in RANK if 2 * reached[level] >= count), key=RANK.__getitem__)
    found: dict[str, object] = {"most": str(most)}
    if count >= FEWEST_FOR_SHARES:
        cuts = [0, count]
        shares: dict[str, int] = {}
        for level in BOUNDARIES:
            if all(abs(reached[level] - cut) >= minimum for cut in cuts):
                cuts.append(reached[level])
                shares[str(level)] = STEP * round(100 * reached[level] / count / STEP)
        if shares:
            found["at_least"] = {level: shares[level] for level in RANK if level in shares}
    return found
