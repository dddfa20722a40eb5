"""Needs for training and assistance: proposed from data with the reason, noted by staff, decided on by staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from members.models import Association, Institution, User
from members.selectors.need_findings import findings_of
from members.services.permission import permit
from spm_portal.common import audit
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from training.enums import NeedSource, NeedState
from training.models import Course, Need
from training.services.needs_surveys import members_of

MANAGE = "training.manage_training"
# what may follow on what; a decision can be taken back
STEPS: dict[str, frozenset[str]] = {
    NeedState.PROPOSED: frozenset({NeedState.CONFIRMED, NeedState.DISMISSED}),
    NeedState.CONFIRMED: frozenset({NeedState.MET, NeedState.DISMISSED, NeedState.PROPOSED}),
    NeedState.MET: frozenset({NeedState.CONFIRMED}),
    NeedState.DISMISSED: frozenset({NeedState.CONFIRMED, NeedState.PROPOSED}),
}
LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Proposed:
    """What looking at the data brought: needs that are new, and findings that were proposed before."""

    new: int
    known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFields:
    """A need that staff note themselves; no institution: of the association itself."""

    institution: Institution | None
    year: int
    topic: str
    reason: str
    people: int | None = None
    urgency: int = 2
    course: Course | None = None


def propose_needs(*, association: Association, year: int, by: User, at: datetime) -> Proposed:
    """Propose a need for each thing that data say and that was not proposed for this year before.

    What staff dismissed is not proposed again in the same year. Reasons are written in the association's language.
    """
    permit(by, MANAGE, association)
    with translation.override(association.language):
        found = findings_of(association, at)
    with transaction.atomic(), audit.acting(by, reason="needs proposed from data"):
        Association.objects.select_for_update().get(pk=association.pk)
        before: set[tuple[UUID | None, str]] = set(
            Need.objects.filter(association=association, year=year).values_list("institution_id", "key")
        )
        made: list[Need] = []
        for one in found:
            if (one.institution_id, one.key) in before:
                continue
            before.add((one.institution_id, one.key))
            made.append(
                Need(
                    association=association,
                    institution_id=one.institution_id,
                    year=year,
                    topic=one.topic,
                    source=one.source,
                    key=one.key,
                    reason=one.reason[:500],
                    facts=dict(one.facts),
                    urgency=one.urgency,
                    proposed_at=at,
                )
            )
        for need in made:
            need.save()
        audit.record(
            "needs.propose",
            association,
            by=by,
            at=at,
            association_id=association.pk,
            year=year,
            count=len(made),
        )
    return Proposed(len(made), len(found) - len(made))


def note_need(*, association: Association, values: NeedFields, by: User, at: datetime) -> Need:
    """Write down a confirmed need that staff know of. Raises ValidationError by field."""
    permit(by, MANAGE, association)
    reason = one_line(values.reason)[:500]
    if not reason:
        raise ValidationError({"reason": _("Write how you know of it.")})
    if values.institution is not None and values.institution.pk not in members_of(association.pk):
        raise ValidationError({"institution": _("Choose a member of the association.")})
    _check_course(association.pk, values.course)
    with transaction.atomic(), audit.acting(by, reason="need noted"):
        need = Need.objects.create(
            association=association,
            institution=values.institution,
            year=values.year,
            topic=values.topic,
            course=values.course,
            source=NeedSource.STAFF,
            key=f"staff:{uuid4()}",
            reason=reason,
            people=values.people,
            urgency=values.urgency,
            state=NeedState.CONFIRMED,
            proposed_at=at,
            decided_at=at,
            decided_by=by,
        )
        audit.record("need.note", need, by=by, at=at, association_id=association.pk)
    return need


def decide_need(
    *, need: Need, state: str, note: str, course: Course | None, people: int | None, by: User, at: datetime
) -> Need:
    """Decide on one need, and say which course answers it and for how many people. Raises Refused for a step that
    does not follow on where it stands; the same state again keeps it and writes the rest.
    """
    permit(by, "training.decide_need", need)
    _check_course(need.association_id, course)
    with transaction.atomic(), audit.acting(by, reason="need decided on"):
        held = Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
        _step(held, state, note, by, at)
        held.course, held.people = course, people
        held.save()
        audit.record("need.decide", held, by=by, at=at, association_id=held.association_id, state=held.state)
    return held


def decide_needs(
    *, association: Association, keys: Iterable[UUID], state: str, note: str, by: User, at: datetime
) -> int:
    """Decide on several needs of one association alike; how many changed. Raises Refused if none of them can."""
    permit(by, MANAGE, association)
    wanted = set(keys)
    if not wanted:
        raise Refused(_("Tick at least one need."))
    with transaction.atomic(), audit.acting(by, reason="needs decided on"):
        held = list(
            Need.objects.select_for_update(of=("self",))
            .filter(association=association, pk__in=wanted)
            .order_by("pk")
        )
        if len(held) != len(wanted):
            raise PermissionDenied
        moved = [need for need in held if state in STEPS[need.state]]
        if not moved:
            raise Refused(_("None of the ticked needs can be moved there from where it stands."))
        for need in moved:
            _step(need, state, note, by, at)
            need.save()
        audit.record_each(
            "need.decide",
            [(need, {"state": need.state}) for need in moved],
            by=by,
            at=at,
            association_id=association.pk,
        )
    return len(moved)


def confirm_by(need: Need, words: str, *, by: User, at: datetime) -> None:
    """Confirm a proposed need that somebody begins to answer; the caller holds the transaction and asked who may."""
    _go(need.pk, (NeedState.PROPOSED,), (NeedState.CONFIRMED,), words, by, at)


def meet_by(needs: Iterable[UUID], words: str, *, by: User, at: datetime) -> int:
    """Mark needs as met by what was done, with words that say by what; how many were.

    The caller holds the transaction and asked who may. Needs that were put aside or are met already stay.
    """
    ways = {
        NeedState.PROPOSED: (NeedState.CONFIRMED, NeedState.MET),
        NeedState.CONFIRMED: (NeedState.MET,),
    }
    return sum(
        _go(key, (state,), way, words, by, at)
        for key in sorted(set(needs), key=str)
        for state, way in ways.items()
    )


def _go(
    key: UUID, stands: Iterable[str], way: Iterable[NeedState], words: str, by: User, at: datetime
) -> bool:
    """Bring a need that stands there along this way, each step with its own line in the history."""
    need = Need.objects.select_for_update(of=("self",)).filter(pk=key, state__in=stands).first()
    if need is None:
        return False
    for state in way:
        _step(need, state, words, by, at)
        need.save()
        audit.record("need.decide", need, by=by, at=at, association_id=need.association_id, state=state)
    return True


def _step(need: Need, state: str, note: str, by: User, at: datetime) -> None:
    note = one_line(note)[:LONGEST_NOTE]
    if state != need.state:
        if state not in STEPS[need.state]:
            raise Refused(
                _(
                    "A need that is “%(state)s” cannot go there. Load the page again: somebody may have decided."
                )
                % {"state": need.get_state_display()}
            )
        need.state = state
        need.decided_at, need.decided_by = at, by
        need.decision = note
    elif note:
        need.decision = note


def _check_course(association_id: UUID, course: Course | None) -> None:
    if course is not None and course.association_id != association_id:
        raise PermissionDenied
