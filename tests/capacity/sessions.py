"""What tests of sessions and results begin with: assessments of Amani with a small framework and scores of raters."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from capacity.enums import ProofKind, RaterGroup, Stage
from capacity.models import Assessment, Consensus, FrameworkVersion, Proof, Rater, Score
from tests.capacity.documents import small
from tests.cast import Cast
from tests.factories.capacity import AssessmentFactory, RaterFactory
from tests.factories.members import LONG_AGO

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
# Levels by item for each rater; "n": not applicable. A1 is far apart, B2 applies to some alone.
BOARD = {"A1": 4, "A2": 2, "A3": 1, "B1": 3, "B2": "n"}
STAFF = {"A1": 1, "A2": 2, "A3": 1, "B1": 3, "B2": 2}
MEMBER = {"A1": 2, "A2": 3, "A3": 0, "B1": 3, "B2": 2}
SHEETS = ((RaterGroup.BOARD, BOARD), (RaterGroup.STAFF, STAFF), (RaterGroup.MEMBER, MEMBER))


def small_framework(version: str = "1", document: dict[str, Any] | None = None) -> FrameworkVersion:
    """The small framework, stored."""
    found: FrameworkVersion = FrameworkVersion.objects.get_or_create(
        code="small",
        version=version,
        defaults={
            "title": "A small framework",
            "document": document or small(version),
            "sha256": version * 64,
            "loaded_at": LONG_AGO,
        },
    )[0]
    return found


def rated(cast: Cast, **fields: Any) -> Assessment:
    """An assessment that three raters have scored and handed in, and a fourth has begun."""
    made: Assessment = AssessmentFactory(
        **{
            "association": cast.amani,
            "framework": small_framework(),
            "title": "Capacity 2026",
            "as_of": date(2025, 12, 31),
            "opened_by": cast.manager,
            **fields,
        }
    )
    for group, sheet in SHEETS:
        give(RaterFactory(assessment=made, group=group, submitted_at=LONG_AGO), sheet)
    give(RaterFactory(assessment=made, group=RaterGroup.OUTSIDER, name="Late"), {"A1": 0})
    return made


def give(rater: Rater, sheet: Mapping[str, int | str]) -> None:
    """Write a rater's scores, each with a note that names the group."""
    Score.objects.bulk_create(
        Score(
            association_id=rater.association_id,
            assessment_id=rater.assessment_id,
            rater=rater,
            item=item,
            level=level if isinstance(level, int) else None,
            not_applicable=level == "n",
            reason="" if isinstance(level, int) else "Not ours.",
            note=f"note of the {rater.group}",
            saved_at=LONG_AGO,
        )
        for item, level in sheet.items()
    )


def in_session(cast: Cast, levels: Mapping[str, int | str] | None = None, **fields: Any) -> Assessment:
    """An assessment in its session, with these words agreed on already."""
    made = rated(cast, stage=Stage.SESSION, session_at=LONG_AGO, **fields)
    agree_on(made, levels or {}, cast)
    return made


def agreed(cast: Cast, levels: Mapping[str, int | str], **fields: Any) -> Assessment:
    """An agreed assessment with these levels."""
    made = rated(
        cast,
        **{
            "stage": Stage.AGREED,
            "session_at": LONG_AGO,
            "agreed_at": NOW,
            "agreed_by": cast.manager,
            **fields,
        },
    )
    agree_on(made, levels, cast)
    return made


def agree_on(assessment: Assessment, levels: Mapping[str, int | str], cast: Cast) -> None:
    """Write agreed levels."""
    Consensus.objects.bulk_create(
        Consensus(
            association_id=assessment.association_id,
            assessment=assessment,
            item=item,
            level=level if isinstance(level, int) else None,
            not_applicable=level == "n",
            reason="" if isinstance(level, int) else "The law leaves it to others.",
            minute=f"minute of {item}",
            decided_at=LONG_AGO,
            decided_by=cast.manager,
        )
        for item, level in levels.items()
    )


def prove(assessment: Assessment, *items: str, **fields: Any) -> None:
    """Show a page of the web as evidence for items."""
    Proof.objects.bulk_create(
        Proof(
            **{
                "association_id": assessment.association_id,
                "assessment": assessment,
                "item": item,
                "kind": ProofKind.LINK,
                "title": f"Policy on {item}",
                "url": "https://example.org/policy",
                "added_at": LONG_AGO,
                **fields,
            }
        )
        for item in items
    )
