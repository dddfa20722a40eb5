"""Builds the training part of the demonstration, as its people would have done it over a year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from members.models import Association, Donor, Institution, User
from training.demo.assistance import ask_for_needs, help_before, help_members
from training.demo.cast import Cast
from training.demo.peers import learn_together
from training.demo.sessions import hold, prepare
from training.demo.words import COMING, EARLIER, HELD, held_on
from training.enums import TeachingLevel, Topic, TrainerStatus, UseKind
from training.models import Course, Expert, Work
from training.services import (
    course_loading,
    courses,
    library,
    roster,
    scholarships,
    toolkit,
    uses,
)
from training.services.library import WorkFields
from training.services.roster import ExpertFields
from training.services.scholarships import ScholarshipValues
from training.services.uses import UseFields
from training.services.work_versions import VersionFields


@dataclass(frozen=True, slots=True)
class Begun:
    """What was there before the year that is shown: who acts, and the trainers of the roster."""

    cast: Cast
    trainers: tuple[Expert, Expert]


def begin_training(
    association: Association,
    *,
    manager: User,
    reviewer: User,
    members: Mapping[str, Institution],
    people: Mapping[str, User],
    at: datetime,
) -> Begun:
    """The toolkit, nine courses, two trainers, and two sessions and two cases between both published years.

    So participants' MFIs can be compared with the others as soon as the second of these years is published.
    """
    cast = Cast(association, manager, reviewer, members, people, at)
    begun = cast.moment(-cast.days_since(7, 20))
    # the library first: courses take their materials from it
    toolkit.load_toolkit(association=association, by=manager, at=begun)
    course_loading.load_courses(association=association, by=manager, at=begun)
    trainers = _roster(cast, begun)
    for number, one in enumerate(EARLIER, start=len(HELD)):
        hold(cast, held_on(one, cast.days_since(one.month, one.day)), number, trainers, None)
    help_before(cast, trainers)
    return Begun(cast, trainers)


def build_training(begun_before: Begun, *, donor: Donor) -> None:
    """A library, six sessions held and three to come, scholarships, needs, cases and a working group."""
    cast, trainers = begun_before.cast, begun_before.trainers
    manager = cast.manager
    begun = cast.moment(-400)
    _library(cast, begun)
    fund = scholarships.begin(
        association=cast.association,
        values=ScholarshipValues(
            name="Women who lead",
            budget=Decimal(150_000),
            currency=cast.association.currency,
            starts_on=cast.day(-400),
            ends_on=cast.day(200),
            share=50,
            most_per_person=Decimal(5_000),
            only_women=True,
            donor_id=donor.pk,
        ),
        by=manager,
        at=begun,
    )
    for number, one in enumerate(HELD):
        hold(cast, one, number, trainers, fund)
    for coming in COMING:
        prepare(cast, coming, trainers)
    ask_for_needs(cast)
    help_members(cast, trainers)
    learn_together(cast)


def _library(cast: Cast, begun: datetime) -> None:
    """A guide of the association that anybody may read, and where it and the toolkit were used."""
    guide = library.add_work(
        association=cast.association,
        values=WorkFields(
            kind="guide",
            topics=[Topic.MISSION, Topic.DATA],
            dimensions=[1],
            audiences=["spm", "management"],
            licence="CC BY 4.0",
            source="Amani Microfinance Network",
            published_in=cast.at.year - 1,
            review_by=cast.day(60),
            is_public=True,
        ),
        version=VersionFields(
            language="en",
            title="From mission to targets: a guide for small MFIs",
            summary="How to turn a mission into five targets that a board can follow, with examples of four members.",
            url="https://example.org/from-mission-to-targets",
        ),
        by=cast.reviewer,
        at=begun,
    )
    course = Course.objects.get(association=cast.association, code="SPM-201")
    courses.add_material(course_id=course.pk, work_id=guide.pk, moment="before", by=cast.manager, at=begun)
    shown = Work.objects.filter(association=cast.association, toolkit_key="TP-08").first() or guide
    for days, occasion, kind, reached in (
        (-300, "Annual meeting of members", UseKind.SPEECH, 84),
        (-140, "Round table of the central bank", UseKind.EVENT, 35),
    ):
        uses.save_use(
            work_id=shown.pk,
            values=UseFields(
                kind=kind, occasion=occasion, used_on=cast.day(days), place="Nairobi", audience=reached
            ),
            by=cast.reviewer,
            at=cast.moment(days + 1),
        )


def _roster(cast: Cast, begun: datetime) -> tuple[Expert, Expert]:
    """A certified trainer who leads, and a colleague on the way."""
    made = []
    for name, email, status, level, rate in (
        (
            "Dr. Wairimu Karanja",
            "wairimu@experts.example",
            TrainerStatus.CERTIFIED,
            TeachingLevel.LEAD,
            42_000,
        ),
        (
            "Otieno Odhiambo",
            "otieno@experts.example",
            TrainerStatus.PRACTISING,
            TeachingLevel.CO_TRAINER,
            28_000,
        ),
    ):
        expert = roster.save_expert(
            association=cast.association,
            values=ExpertFields(
                name=name,
                email=email,
                organisation="Independent",
                skills=(Topic.MISSION, Topic.CLIENT_PROTECTION, Topic.STANDARDS, Topic.INDICATORS),
                languages=("en", "sw"),
                countries=("KE", "UG"),
                about="Twelve years with MFIs in East Africa; audits against the Universal Standards.",
                day_rate=Decimal(rate),
                currency="KES",
            ),
            by=cast.manager,
            at=begun,
        )
        roster.set_status(expert_id=expert.pk, status=status, since=begun.date(), by=cast.manager, at=begun)
        for course in Course.objects.filter(association=cast.association).order_by("code"):
            roster.give_right(
                expert_id=expert.pk,
                course_id=course.pk,
                level=level,
                since=begun.date(),
                by=cast.manager,
                at=begun,
            )
        made.append(expert)
    return made[0], made[1]
