"""One assessment with a rater by account, one by link and one on paper, for tests about scoring."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from capacity.enums import RaterGroup
from capacity.models import Assessment, Rater
from capacity.selectors.frameworks import framework_of
from capacity.services.scores import Word, save_scores
from members.enums import Role
from members.models import User
from spm_portal.common.tokens import hash_of
from tests.factories.capacity import AssessmentFactory, RaterFactory
from tests.factories.members import person

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOKEN = "a-token-of-a-rater"


@dataclass(frozen=True)
class RatingWorld:
    """Who takes part."""

    assessment: Assessment
    manager: User
    reviewer: User
    by_account: Rater
    by_link: Rater
    on_paper: Rater

    @property
    def codes(self) -> list[str]:
        """The items of the framework."""
        return [item.code for item in framework_of(self.assessment.framework).items]


def make_rating_world(at: datetime = AT) -> RatingWorld:
    """Build it: the reviewer scores with an account, the manager runs the assessment and does not score."""
    assessment = AssessmentFactory(as_of=at.date(), due_on=at.date() + timedelta(days=30), opened_at=at)
    manager = person(Role.ASSOCIATION_MANAGER, assessment.association)
    reviewer = person(Role.ASSOCIATION_REVIEWER, assessment.association)
    return RatingWorld(
        assessment=assessment,
        manager=manager,
        reviewer=reviewer,
        by_account=RaterFactory(assessment=assessment, user=reviewer, name="Rehema", invited_by=manager),
        by_link=RaterFactory(
            assessment=assessment,
            group=RaterGroup.BOARD,
            name="Grace",
            email="grace@example.org",
            token_hash=hash_of(TOKEN),
            link_ends_at=at + timedelta(days=60),
            invited_by=manager,
        ),
        on_paper=RaterFactory(
            assessment=assessment, group=RaterGroup.MEMBER, name="Peter", on_paper=True, invited_by=manager
        ),
    )


def score_all(world: RatingWorld, rater: Rater, by: User | None, level: int = 2) -> None:
    """Give every item the same level."""
    words = [Word(code, level) for code in world.codes]
    assert save_scores(rater_id=rater.pk, words=words, by=by, at=AT).is_clean
