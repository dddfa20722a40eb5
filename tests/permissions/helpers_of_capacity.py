"""Capacities in the world of the matrix: assessments, a plan, donors' support and a strategy of Amani, with marks."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from capacity.enums import (
    ConsentScope,
    DutyState,
    EventKind,
    InitiativeRole,
    OfferState,
    PlanStatus,
    ProofKind,
    RaterGroup,
    Stage,
)
from capacity.models import (
    AmbassadorEvent,
    Assessment,
    CapacityConsent,
    Consensus,
    FrameworkVersion,
    Initiative,
    Instalment,
    Obligation,
    ObligationStep,
    OutsideView,
    PlanItem,
    PlanShare,
    PlanUpdate,
    Proof,
    Rater,
    Score,
    Strategy,
    StrategyGoal,
    SupportOffer,
    WorkLine,
)
from members.access import access_of
from members.models import User
from spm_portal.common.models import Job
from spm_portal.common.tokens import hash_of
from tests.cast import Cast
from tests.factories.capacity import default_framework
from tests.factories.members import LONG_AGO
from tests.permissions.helpers_of_results import FORMS_OF_RESULTS, add_report, targets_of_results

STAFF = frozenset({"manager", "reviewer"})
DONOR = frozenset({"donor"})
# Who may see which mark, and why. Nobody else, at any address and in any file.
MARKS: dict[str, tuple[frozenset[str], str]] = {
    "CANARY-RATING": (frozenset({"reviewer"}), "a rater sees own scores alone until the session"),
    "CANARY-SCORE": (STAFF, "staff read the scores of a session that began"),
    "CANARY-MINUTE": (STAFF, "staff read the minute of a session"),
    "CANARY-OUTSIDE": (STAFF, "staff read what an outsider found"),
    "CANARY-PROOF": (STAFF, "staff open the evidence"),
    "CANARY-PLAN": (STAFF, "a plan item that is shared with nobody is the staff's"),
    "CANARY-SHARED": (
        STAFF | DONOR | {"other_donor"},
        "shared with the donor, and named by the other's own offer",
    ),
    "CANARY-OFFER": (STAFF | DONOR, "both sides of an offer read its conditions"),
    "CANARY-RIVAL": (STAFF | {"other_donor"}, "conditions of one donor are not another's"),
    "CANARY-DUTY": (STAFF | DONOR, "a report that was submitted is read by both sides"),
    "CANARY-DRAFT": (STAFF, "a report that is not submitted is the staff's"),
    "CANARY-STRATEGY": (STAFF, "the strategy is the staff's"),
}

FILE = b"%PDF-1.4\n% CANARY-PROOF\n%%EOF\n"
ITEMS = ("A1-KS1", "A1-SY1", "A2-KS1", "A2-SY1", "A3-KS1", "A4-SY1")
OTHER_FRAMEWORK = Path(settings.BASE_DIR) / "capacity" / "data" / "examples" / "network_basics_1.json"


@dataclass(frozen=True)
class CapacityThings:
    """What Amani holds in the capacity area: everything that its addresses may name."""

    rating: Assessment
    session: Assessment
    agreed: Assessment
    by_link: Rater
    by_account: Rater
    on_paper: Rater
    proof: Proof
    own_proof: Proof
    report: Job
    shared_item: PlanItem
    private_item: PlanItem
    offer: SupportOffer
    accepted: SupportOffer
    rival: SupportOffer
    instalment: Instalment
    submitted: Obligation
    draft: Obligation
    consent: CapacityConsent
    share: PlanShare
    strategy: Strategy
    goal: StrategyGoal
    line: WorkLine
    initiative: Initiative
    event: AmbassadorEvent


def other_framework() -> FrameworkVersion:
    """A second framework: of each, an association has one open assessment at a time."""
    document = json.loads(OTHER_FRAMEWORK.read_text(encoding="utf-8"))
    made: FrameworkVersion = FrameworkVersion.objects.create(
        code=document["code"],
        version=document["version"],
        title=document["title"],
        document=document,
        sha256="1" * 64,
        loaded_at=LONG_AGO,
    )
    return made


def add_capacity(cast: Cast, *, token: str) -> CapacityThings:
    """Write it; `token` is the secret of the rater's link."""
    framework, today = default_framework(), timezone.localdate()
    opened = {"association": cast.amani, "opened_at": LONG_AGO, "opened_by": cast.manager}
    agreed = Assessment.objects.create(
        **opened,
        framework=framework,
        title="Assessment 2024",
        as_of=date(2024, 6, 30),
        due_on=date(2024, 7, 31),
        stage=Stage.AGREED,
        session_at=LONG_AGO,
        agreed_at=LONG_AGO,
        agreed_by=cast.manager,
        minute="CANARY-MINUTE of the session",
    )
    rating = Assessment.objects.create(
        **opened,
        framework=framework,
        title="Assessment 2025",
        as_of=date(2025, 6, 30),
        due_on=today + timedelta(days=30),
    )
    other = other_framework()
    session = Assessment.objects.create(
        **opened,
        framework=other,
        title="Basics 2025",
        as_of=date(2025, 6, 30),
        due_on=today,
        stage=Stage.SESSION,
        session_at=LONG_AGO,
    )
    in_session = tuple(one["code"] for one in other.document["areas"][0]["items"])
    by_account = _rater(rating, cast.manager, "Reviewer", user=cast.reviewer, email=cast.reviewer.email)
    by_link = _rater(
        rating,
        cast.manager,
        "Board member",
        group=RaterGroup.BOARD,
        email="board@example.org",
        token_hash=hash_of(token),
        link_ends_at=timezone.now() + timedelta(days=30),
    )
    on_paper = _rater(rating, cast.manager, "Member on paper", group=RaterGroup.MEMBER, on_paper=True)
    _scores(by_account, ITEMS[:3], "CANARY-RATING")
    _scores(by_link, ITEMS[:2], "")
    for assessment, items in ((agreed, ITEMS), (session, in_session)):
        for group in (RaterGroup.BOARD, RaterGroup.STAFF):
            name = f"Rater of the {group.value}"
            rater = _rater(assessment, cast.manager, name, group=group, submitted_at=LONG_AGO)
            _scores(rater, items, "CANARY-SCORE")
        _consensus(assessment, items, cast.manager)
    OutsideView.objects.create(
        association=cast.amani,
        assessment=agreed,
        item=ITEMS[0],
        level=1,
        verifier="Auditor",
        note="CANARY-OUTSIDE",
        checked_on=date(2024, 9, 1),
        written_at=LONG_AGO,
        written_by=cast.manager,
    )
    return CapacityThings(
        rating=rating,
        session=session,
        agreed=agreed,
        by_link=by_link,
        by_account=by_account,
        on_paper=on_paper,
        proof=_proof(agreed, None, "CANARY-PROOF title"),
        own_proof=_proof(rating, by_account, "CANARY-RATING evidence"),
        report=add_report(agreed, by=cast.manager),
        **_plan(cast, agreed),
        **_strategy(cast),
    )


def _rater(assessment: Assessment, by: User, name: str, **fields: Any) -> Rater:
    made: Rater = Rater.objects.create(
        **{"group": RaterGroup.STAFF, **fields},
        association_id=assessment.association_id,
        assessment=assessment,
        name=name,
        invited_at=LONG_AGO,
        invited_by=by,
    )
    return made


def _scores(rater: Rater, items: tuple[str, ...], note: str) -> None:
    Score.objects.bulk_create(
        Score(
            association_id=rater.association_id,
            assessment_id=rater.assessment_id,
            rater=rater,
            item=item,
            level=number % 3,
            note=f"{note} {item}".strip(),
            saved_at=LONG_AGO,
        )
        for number, item in enumerate(items)
    )


def _consensus(assessment: Assessment, items: tuple[str, ...], by: User) -> None:
    Consensus.objects.bulk_create(
        Consensus(
            association_id=assessment.association_id,
            assessment=assessment,
            item=item,
            level=number % 4,
            minute=f"CANARY-MINUTE {item}",
            decided_at=LONG_AGO,
            decided_by=by,
        )
        for number, item in enumerate(items)
    )


def _proof(assessment: Assessment, rater: Rater | None, title: str) -> Proof:
    content = FILE if rater is None else b"%PDF-1.4\n% CANARY-RATING\n%%EOF\n"
    made = Proof(
        association_id=assessment.association_id,
        assessment=assessment,
        item=ITEMS[0],
        rater=rater,
        kind=ProofKind.FILE,
        title=title,
        name="evidence.pdf",
        content_type="application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        added_at=LONG_AGO,
        added_by=None if rater is None else rater.user,
    )
    made.file.save(f"permissions/{made.pk}.pdf", ContentFile(content), save=False)
    made.save()
    return made


def _plan(cast: Cast, agreed: Assessment) -> dict[str, Any]:
    """Two plan items, one of them shared with Horizon, which offered twice; somebody else offered too."""
    base = {"association": cast.amani, "framework": agreed.framework, "assessment": agreed}
    written = {
        "currency": "KES",
        "status": PlanStatus.PLANNED,
        "status_since": LONG_AGO,
        "created_at": LONG_AGO,
        "created_by": cast.manager,
        "goal_level": 3,
        "from_level": 1,
        "cost": 9000,
        "support_area": "DS4",
        "due_on": date(2026, 6, 30),
    }
    shared = PlanItem.objects.create(**base, **written, item=ITEMS[3], title="CANARY-SHARED item")
    private = PlanItem.objects.create(
        **base, **written, item=ITEMS[1], title="CANARY-PLAN item", description="CANARY-PLAN words"
    )
    PlanUpdate.objects.create(
        association=cast.amani, item=private, at=LONG_AGO, by=cast.manager, text="CANARY-PLAN word"
    )
    share, _ = (
        PlanShare.objects.create(
            association=cast.amani, item=shared, donor=donor, shared_at=LONG_AGO, shared_by=cast.manager
        )
        for donor in (cast.horizon, cast.savanna)
    )
    consent, _ = (
        CapacityConsent.objects.create(
            association=cast.amani, scope=scope, donor=donor, given_at=LONG_AGO, given_by=cast.manager
        )
        for scope, donor in ((ConsentScope.DONOR, cast.horizon), (ConsentScope.NETWORK, None))
    )
    made = {"association": cast.amani, "item": shared, "support_area": "DS4", "currency": "KES"}
    said = {"offered_at": LONG_AGO, "conditions": "CANARY-OFFER conditions"}
    mine = {"donor": cast.horizon, "offered_by": cast.donor}
    offer = SupportOffer.objects.create(**made, **said, **mine, amount=1000)
    accepted = SupportOffer.objects.create(
        **made,
        **said,
        **mine,
        amount=2000,
        state=OfferState.ACCEPTED,
        answered_at=LONG_AGO,
        answered_by=cast.manager,
        answer="CANARY-OFFER answer",
    )
    rival = SupportOffer.objects.create(
        **made,
        amount=3000,
        donor=cast.savanna,
        offered_by=cast.other_donor,
        offered_at=LONG_AGO,
        conditions="CANARY-RIVAL conditions",
    )
    under = {"association": cast.amani, "donor": cast.horizon, "offer": accepted}
    submitted, draft = (
        Obligation.objects.create(
            **under, title=title, text=text, state=state, state_since=LONG_AGO, due_on=date(2026, 3, 31)
        )
        for title, text, state in (
            ("First report", "CANARY-DUTY report", DutyState.SUBMITTED),
            ("Second report", "CANARY-DRAFT report", DutyState.DRAFT),
        )
    )
    for duty, mark in ((submitted, b"CANARY-DUTY"), (draft, b"CANARY-DRAFT")):
        duty.name, duty.content_type = "report.pdf", "application/pdf"
        duty.file.save(f"permissions/{duty.pk}.pdf", ContentFile(b"%PDF-1.4\n% " + mark + b"\n%%EOF\n"))
    ObligationStep.objects.create(
        association=cast.amani,
        donor=cast.horizon,
        obligation=submitted,
        state=DutyState.SUBMITTED,
        text="CANARY-DUTY words",
        at=LONG_AGO,
        by=cast.manager,
    )
    return {
        "shared_item": shared,
        "private_item": private,
        "share": share,
        "consent": consent,
        "offer": offer,
        "accepted": accepted,
        "rival": rival,
        "instalment": Instalment.objects.create(**under, number=1, amount=2000, due_on=date(2026, 1, 31)),
        "submitted": submitted,
        "draft": draft,
    }


def _strategy(cast: Cast) -> dict[str, Any]:
    """A strategy with a goal and a line of the work plan, and an initiative with an event."""
    owned = {"association": cast.amani}
    strategy = Strategy.objects.create(
        **owned,
        text="CANARY-STRATEGY",
        first_year=2024,
        last_year=2026,
        changed_at=LONG_AGO,
        changed_by=cast.manager,
    )
    goal = StrategyGoal.objects.create(**owned, position=1, text="CANARY-STRATEGY goal")
    initiative = Initiative.objects.create(
        **owned,
        name="CANARY-STRATEGY initiative",
        role=InitiativeRole.AMBASSADOR,
        since=date(2023, 1, 1),
    )
    return {
        "strategy": strategy,
        "goal": goal,
        "line": WorkLine.objects.create(**owned, year=2025, text="CANARY-STRATEGY line", goal=goal),
        "initiative": initiative,
        "event": AmbassadorEvent.objects.create(
            **owned,
            initiative=initiative,
            kind=EventKind.SPEECH,
            title="CANARY-STRATEGY speech",
            held_on=date(2025, 2, 1),
            handouts=[{"code": "T1", "title": "Leaflet", "language": "en", "copies": 50}],
            written_at=LONG_AGO,
            written_by=cast.reviewer,
        ),
    }


def known_of_capacity(user: User) -> set[object]:
    """Keys of what the person may know of in the capacity area."""
    found: set[object] = set()
    for model in (Assessment, PlanItem, SupportOffer, Obligation):
        found.update(model.objects.visible_to(user).values_list("pk", flat=True))
    # the board of an assessment lists its raters to all staff; their forms are another matter
    raters = Rater.objects.filter(association__in=access_of(user).staff_of)
    found.update(raters.values_list("pk", flat=True))
    return found


def targets_of_capacity(
    slug: dict[str, Any], donor: dict[str, Any], made: CapacityThings, token: str
) -> dict[str, dict[str, dict[str, Any]]]:
    """The objects that addresses of the capacity area name, by their names and cases; each part adds own lines."""
    return {
        "capacity_framework": {"": {**slug, "version": made.agreed.framework_id}},
        **_targets_of_rating(slug, made, token),
        **targets_of_results(
            slug,
            rating=made.rating,
            session=made.session,
            agreed=made.agreed,
            report=made.report,
            item=made.session.consensus.order_by("item").values_list("item", flat=True)[0],
        ),
        **_targets_of_support(slug, made),
        **{
            f"donor_{name}": {case: {**parts, **donor} for case, parts in cases.items()}
            for name, cases in _targets_of_support(slug, made).items()
        },
        **{
            f"donor_{name}": {"": donor}
            for name in ("room", "gaps", "gaps_file", "offers", "offers_file", "obligations")
        },
        "donor_association": {"": {**donor, "association": slug["slug"]}},
        "donor_item": {
            "": {**donor, "pk": made.shared_item.pk},
            "not shared": {**donor, "pk": made.private_item.pk},
        },
    }


def _targets_of_support(slug: dict[str, Any], made: CapacityThings) -> dict[str, dict[str, dict[str, Any]]]:
    """Offers and reports on both sides: a donor's pages have the same parts below another address."""
    reports = {"": {**slug, "pk": made.submitted.pk}, "draft": {**slug, "pk": made.draft.pk}}
    return {
        "offer": {"": {**slug, "pk": made.offer.pk}, "rival": {**slug, "pk": made.rival.pk}},
        "offer_instalments": {"": {**slug, "pk": made.accepted.pk}},
        "obligation": reports,
        "obligation_file": reports,
        **_targets_of_strategy(slug, made),
    }


def _targets_of_rating(
    slug: dict[str, Any], made: CapacityThings, token: str
) -> dict[str, dict[str, dict[str, Any]]]:
    """Assessments, and the forms of a rater by account, on paper and by link."""
    stages = {
        "": {**slug, "pk": made.rating.pk},
        "session": {**slug, "pk": made.session.pk},
        "agreed": {**slug, "pk": made.agreed.pk},
    }
    forms = {"": {**slug, "pk": made.by_account.pk}, "paper": {**slug, "pk": made.on_paper.pk}}
    link = {"": {"pk": made.by_link.pk}}

    def with_part(cases: dict[str, dict[str, Any]], **part: Any) -> dict[str, dict[str, Any]]:
        return {case: {**kwargs, **part} for case, kwargs in cases.items()}

    return {
        "assessment": stages,
        "assessment_settings": {"": stages[""]},
        "rater_invite": {"": stages[""]},
        "rater_change": {"": {**slug, "pk": made.by_link.pk}},
        "rating": forms,
        "rating_score": forms,
        "rating_excel": forms,
        "rating_workbook": forms,
        "rating_area": with_part(forms, area="A1"),
        "rating_proofs": with_part(forms, item="A1-SY1"),
        "rating_file": {"": {**forms[""], "proof": made.own_proof.pk}},
        "proof_file": {"": {**slug, "pk": made.proof.pk}, "sealed": {**slug, "pk": made.own_proof.pk}},
        "rater_link": {"": {"token": token}},
        "rater_page": link,
        "rater_score": link,
        "rater_area": with_part(link, area="A1"),
        "rater_proofs": with_part(link, item="A1-SY1"),
        "rater_file": {"": {"pk": made.by_link.pk, "proof": made.own_proof.pk}},
        "plan_file": {"": {**slug, "kind": "csv"}},
        "plan_item": {
            "": {**slug, "pk": made.private_item.pk},
            "shared": {**slug, "pk": made.shared_item.pk},
        },
        "plan_item_edit": {"": {**slug, "pk": made.private_item.pk}},
    }


def _targets_of_strategy(slug: dict[str, Any], made: CapacityThings) -> dict[str, dict[str, dict[str, Any]]]:
    """A goal, a line of the work plan, an initiative and one of its occasions."""
    initiative = {"": {**slug, "pk": made.initiative.pk}}
    return {
        "strategy_goal": {"": {**slug, "pk": made.goal.pk}},
        "work_line": {"": {**slug, "pk": made.line.pk}},
        "initiative": initiative,
        "initiative_edit": initiative,
        "occasion_new": initiative,
        "occasion": {"": {**initiative[""], "event": made.event.pk}},
    }


# What is sent with the forms of the capacity area, by the name of the address (and the case).
_SCORE = {"item": "A1-KS2", "l-A1-KS2": "2", "v-A1-KS2": "0"}
_PARTS = {
    "form-TOTAL_FORMS": "1",
    "form-INITIAL_FORMS": "0",
    "form-0-amount": "2000",
    "form-0-due_on": "2026-01-31",
    "form-0-condition": "",
}
_GOAL = {"text": "Half of all members report", "by_year": "2027"}
_LINE = {"year": "2026", "text": "Two courses", "status": "planned"}
_INITIATIVE = {"name": "Client Protection Pathway", "role": "ambassador", "since": "2024-01-01"}
_OCCASION = {"kind": "speech", "title": "Annual meeting", "held_on": "2026-05-01"}
FORMS_OF_CAPACITY: dict[str, dict[str, Any]] = {
    **FORMS_OF_RESULTS,
    "strategy_edit": {"version": "1", "first_year": "2025", "last_year": "2029"},
    "strategy_goal_new": _GOAL,
    "strategy_goal": _GOAL,
    "work_line_new": _LINE,
    "work_line": _LINE,
    "initiative_new": _INITIATIVE,
    "initiative_edit": _INITIATIVE,
    "occasion_new": _OCCASION,
    "occasion": _OCCASION,
    "assessment_new": {"title": "Assessment 2026", "as_of": "2026-06-30", "due_on": "2026-07-31"},
    "assessment_settings": {"title": "Renamed", "as_of": "2025-06-30", "due_on": "2026-12-31"},
    "rater_invite": {"way": "link", "group": "board", "name": "Second", "email": "second@example.org"},
    "rater_change": {"action": "send"},
    "rating": {"action": "hand_in"},
    "rating_score": _SCORE,
    "rating_area": _SCORE,
    "rating_proofs": {"action": "link", "url": "https://example.org/policy"},
    "rater_page": {"action": "hand_in"},
    "rater_score": _SCORE,
    "rater_area": _SCORE,
    "rater_proofs": {"action": "link", "url": "https://example.org/policy"},
    "plan_proposals": {"chosen": ["A1-KS1"]},
    "plan_item_new": {"item": "A1-KS1", "title": "Follow the sector", "goal_level": "3", "currency": "KES"},
    "plan_item": {"version": "1", "status": "stays", "text": "One more word"},
    "plan_item_edit": {
        "version": "1",
        "title": "Renamed",
        "goal_level": "3",
        "currency": "KES",
        "owner_name": "The treasurer",
        "due_on": "2026-06-30",
    },
    "capacity_sharing": {"action": "network_withdraw"},
    "offer": {"action": "accept", "answer": "Gladly."},
    "donor_offer": {"action": "withdraw"},
    "offer_instalments": _PARTS,
    "donor_offer_instalments": _PARTS,
    "obligation": {"action": "draft", "text": "Half of it", "version": "1"},
    "donor_obligation": {"action": "accept", "text": ""},
    "donor_item": {"amount": "500", "currency": "KES", "support_area": "DS4"},
}
