"""Two assessments a year apart: each rater scores alone, the session agrees, an outsider checks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from capacity.demo import words
from capacity.enums import RaterGroup
from capacity.frameworks import Framework
from capacity.models import Assessment, FrameworkVersion, Rater
from capacity.scoring import spread
from capacity.scoring.marks import NOT_APPLICABLE, Score, Thresholds
from capacity.selectors.frameworks import framework_of
from capacity.services import assessments, outside, proofs, raters, scores, session
from members.models import Association, User

# How a rater sees what the group agrees on in the end: (every how many items, from which on, by how much).
VIEWS: dict[str, tuple[tuple[int, int, int], ...]] = {
    RaterGroup.BOARD: ((3, 0, 1), (11, 5, 1)),
    RaterGroup.STAFF: ((9, 4, -1), (13, 6, 1)),
    RaterGroup.MEMBER: ((4, 1, -1), (17, 9, 1)),
    RaterGroup.OUTSIDER: ((3, 2, -1), (12, 8, -1)),
}
RATERS = (
    (RaterGroup.BOARD, "link", "Joseph Mwangi", "joseph.mwangi@board.example"),
    (RaterGroup.STAFF, "account", "", ""),
    (RaterGroup.MEMBER, "paper", "Esther Wairimu, Umoja Village Banks", ""),
    (RaterGroup.OUTSIDER, "link", "Thomas Berg, consultant", "thomas.berg@adviser.example"),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who does what in the association."""

    association: Association
    manager: User
    reviewer: User


def hold_assessment(
    cast: Cast, version: FrameworkVersion, *, number: int, opened: datetime, agreed: datetime
) -> Assessment:
    """One round from its opening to its agreed results; `number` 0 is the first, 1 the second."""
    framework = framework_of(version)
    assessment = assessments.open_assessment(
        association=cast.association,
        framework_id=version.pk,
        title=f"Self-assessment {opened.year}",
        as_of=opened.date(),
        due_on=(opened + timedelta(days=21)).date(),
        by=cast.manager,
        at=opened,
    )
    wanted = agreed_levels(framework, number)
    views: dict[str, dict[str, Score]] = {group: _view(framework, wanted, group) for group, *_ in RATERS}
    _show_evidence(cast, assessment, framework, views.values(), opened + timedelta(days=2))
    for place, (group, way, name, email) in enumerate(RATERS):
        invited = opened + timedelta(days=3)
        rater = raters.invite(
            assessment_id=assessment.pk,
            way=way,
            group=group,
            name=name,
            email=email,
            user_id=cast.reviewer.pk if way == "account" else None,
            by=cast.manager,
            at=invited,
        )
        by = {"link": None, "account": cast.reviewer, "paper": cast.manager}[way]
        _score(rater, views[group], by, invited + timedelta(days=4 + 3 * place))
    return _agree(cast, assessment, framework, wanted, views, number=number, agreed=agreed)


def agreed_levels(framework: Framework, number: int) -> dict[str, Score]:
    """What the group agrees on, by item."""
    found: dict[str, Score] = {}
    for area in framework.areas:
        for item, mark in zip(area.items, words.LEVELS[area.code][number], strict=True):
            found[item.code] = NOT_APPLICABLE if mark == "-" else int(mark)
    return found


def _view(framework: Framework, wanted: Mapping[str, Score], group: str) -> dict[str, Score]:
    """What one rater gives: near the agreed level, in the way of the group."""
    found: dict[str, Score] = {}
    for place, item in enumerate(framework.items):
        level = wanted[item.code]
        if isinstance(level, int):
            by = sum(step for every, first, step in VIEWS[group] if place % every == first)
            level = min(max(level + by, 0), framework.highest)
        found[item.code] = level
    return found


def _show_evidence(
    cast: Cast,
    assessment: Assessment,
    framework: Framework,
    views: Iterable[Mapping[str, Score]],
    at: datetime,
) -> None:
    """A link for every item that somebody scores so high that it needs evidence; a file for one."""
    sheets = tuple(views)
    for item in framework.items:
        levels = [level for sheet in sheets if isinstance(level := sheet[item.code], int)]
        if not any(framework.needs_evidence(level) for level in levels):
            continue
        shown: dict[str, Any] = {
            "assessment_id": assessment.pk,
            "rater_id": None,
            "item": item.code,
            "by": cast.manager,
            "at": at,
        }
        title = words.EVIDENCE[item.area]
        if item.code == "A2-SY2":
            log = b"return,questions,answered\nUpendo,3,3\nTumaini,2,2\nKilimo,4,3\n"
            proofs.add_file(**shown, title="Log of reviews", upload=SimpleUploadedFile("review-log.csv", log))
        else:
            proofs.add_link(**shown, title=title, url=f"https://amani.example/evidence/{item.code.lower()}")


def _score(rater: Rater, view: Mapping[str, Score], by: User | None, at: datetime) -> None:
    said = [
        scores.Word(
            item=code,
            level=level if isinstance(level, int) else None,
            not_applicable=level is NOT_APPLICABLE,
            reason=words.NOT_APPLICABLE if level is NOT_APPLICABLE else "",
            note=words.NOTES.get(code, "") if rater.group != RaterGroup.BOARD else "",
        )
        for code, level in view.items()
    ]
    result = scores.save_scores(rater_id=rater.pk, words=said, by=by, at=at)
    if not result.is_clean:
        raise ValueError(f"{rater}: {result.refused} {result.clashes}")
    scores.hand_in(rater_id=rater.pk, by=by, at=at + timedelta(hours=1))


def _agree(
    cast: Cast,
    assessment: Assessment,
    framework: Framework,
    wanted: Mapping[str, Score],
    views: Mapping[str, Mapping[str, Score]],
    *,
    number: int,
    agreed: datetime,
) -> Assessment:
    """The session: the disputed items and those with a word of their own one by one, the others as proposed."""
    began = agreed - timedelta(days=3)
    session.start_session(assessment_id=assessment.pk, by=cast.manager, at=began)
    limits = Thresholds().on(framework)
    own = words.MINUTES if number else {}
    for place, item in enumerate(framework.items):
        level = wanted[item.code]
        told = spread([view[item.code] for view in views.values()], limits)
        as_proposed = isinstance(level, int) and told.proposal == level and not told.is_disputed
        if as_proposed and item.code not in own:
            continue
        session.decide(
            assessment_id=assessment.pk,
            item=item.code,
            word=session.Word(
                level=level if isinstance(level, int) else None,
                reason="" if isinstance(level, int) else words.NOT_APPLICABLE,
                minute=own.get(item.code) or words.USUAL_MINUTES[place % len(words.USUAL_MINUTES)],
            ),
            version=0,
            by=cast.manager,
            at=began + timedelta(minutes=2 * place),
        )
    session.accept_proposals(assessment_id=assessment.pk, by=cast.manager, at=began + timedelta(hours=3))
    done = session.agree(
        assessment_id=assessment.pk,
        minute=words.MINUTE,
        seen=session.mark_of_minute(assessment),
        by=cast.manager,
        at=agreed,
    )
    checked = agreed + timedelta(days=12)
    outside.write_findings(
        assessment_id=assessment.pk,
        verifier=words.VERIFIER,
        checked_on=checked.date(),
        found={
            code: outside.Found(level + by, note)
            for code, (by, note) in words.FOUND.items()
            if isinstance(level := wanted[code], int) and level + by >= 0 and (number or by == 0)
        },
        by=cast.manager,
        at=checked,
    )
    return done
