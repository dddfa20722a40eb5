"""The plan: what became of the gaps of the first assessment, and what the second one added."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from capacity.demo.assessments import Cast
from capacity.enums import PlanStatus
from capacity.models import Assessment, PlanItem
from capacity.services import plan


@dataclass(frozen=True, slots=True)
class Line:
    """One item; days count from today, `steps` are statuses with their day and words."""

    key: str
    item: str
    title: str
    goal: int
    due: int
    cost: int
    support: str
    owner: str
    done_when: str
    description: str = ""
    starts: int | None = None
    waits_for: str = ""
    currency: str = "KES"
    is_new: bool = False
    steps: tuple[tuple[str, int, str], ...] = ()


PLANNED, UNDER_WAY, DONE, DROPPED = (
    PlanStatus.PLANNED,
    PlanStatus.UNDER_WAY,
    PlanStatus.DONE,
    PlanStatus.DROPPED,
)
LINES = (
    Line(
        "form", "A2-SY1", "One return form for all members, filled in online", 3, -150, 1_900_000, "DS4",
        "reviewer", "All members send the same form, and the review of each return is logged.", starts=-340,
        steps=((PLANNED, -350, ""), (UNDER_WAY, -330, "The catalogue was agreed with six members."),
               (DONE, -140, "All 24 members reported with it this year.")),
    ),
    Line(
        "quality", "A2-SY2", "Review every return by two people and keep the questions", 2, -100, 420_000, "DS4",
        "reviewer", "A log of questions and answers for every return.", starts=-200, waits_for="form",
        steps=((PLANNED, -340, ""), (UNDER_WAY, -130, ""), (DONE, -60, "The log of this year is complete.")),
    ),
    Line(
        "code", "A3-SY2", "Adopt a code of conduct and have members sign it", 3, -90, 650_000, "DS9", "manager",
        "The adopted code, signed by at least 80 % of members, and a file of complaints.", starts=-320,
        steps=((PLANNED, -345, ""), (UNDER_WAY, -315, "A draft went to all members."),
               (DONE, -95, "Signed by 21 of 24 members at the general meeting.")),
    ),
    Line(
        "trainers", "A4-SY1", "Train four trainers in client protection", 3, 120, 2_400_000, "DS2", "manager",
        "Four certified trainers, each with two trainings held for members.", starts=-120,
        description="Two from the association, two from members. The first course is held with the regional network.",
        steps=((PLANNED, -200, ""), (UNDER_WAY, -115, "Two candidates began the course."),),
    ),
    Line(
        "officer", "A5-RE3", "A full post for social performance", 3, -20, 3_600_000, "DS5", "manager",
        "A signed contract of at least two years and a budget line of our own for a third of it.", starts=-150,
        steps=((PLANNED, -180, ""), (UNDER_WAY, -140, "Half a post is paid until December."),),
    ),
    Line(
        "poverty", "A4-KS3", "Pilot a poverty assessment tool with three members", 2, 60, 1_150_000, "DS7",
        "reviewer", "Results of three members, compared with national figures.", starts=-45,
        waits_for="quality", steps=((PLANNED, -90, ""), (UNDER_WAY, -40, "Two of three members have agreed."),),
    ),
    Line(
        "prize", "A3-SY5", "A prize for the best disclosure", 2, 200, 300_000, "DS3", "manager",
        "The prize is given at the general meeting by published rules.", is_new=True,
        steps=((PLANNED, -12, ""),),
    ),
    Line(
        "diagnostic", "A5-SY1", "A diagnostic of members' practices that gives the same result twice", 2, 150,
        980_000, "DS1", "reviewer", "The tool, tried with five members by two people each.", starts=20,
        waits_for="trainers", is_new=True, steps=((PLANNED, -10, ""),),
    ),
    Line(
        "analyst", "A2-SY3", "A second person who can make the yearly report", 3, 240, 12_000, "DS1", "reviewer",
        "The next report is made by two people.", currency="USD", is_new=True, steps=((PLANNED, -8, ""),),
    ),
    Line(
        "swahili", "A6-SY2", "Notes for members in Swahili", 3, 90, 260_000, "DS6", "Faith Achieng, Tumaini",
        "Four notes a year in both languages.", starts=-15, is_new=True,
        steps=((PLANNED, -14, ""), (UNDER_WAY, -6, "The first note is with the translator."),),
    ),
    Line(
        "certify", "A3-SY4", "Check members' data on the spot, ten a year", 2, 300, 1_500_000, "DS9", "",
        "Ten reports of visits with what was found.", waits_for="diagnostic", is_new=True,
    ),
    Line(
        "research", "A6-SY4", "An agreement with a university on joint research", 2, 320, 0, "DS7", "",
        "A signed agreement and one question under study.", is_new=True,
    ),
    Line(
        "library", "A6-SY3", "Keep what we know in one place", 2, 180, 540_000, "DS6", "",
        "Every training, note and report can be found by members.", is_new=True,
    ),
    Line(
        "standard", "A3-RE2", "An evaluation standard of our own", 2, -60, 2_000_000, "DS9", "manager",
        "A published standard.",
        steps=((PLANNED, -300, ""), (DROPPED, -210, "The Universal Standards serve; we will not write our own.")),
    ),
)  # fmt: skip


def make_plan(cast: Cast, first: Assessment, second: Assessment, at: datetime) -> dict[str, PlanItem]:
    """The items, each proposed on the day of its first step or after the assessment that it comes from."""
    made: dict[str, PlanItem] = {}
    for line in LINES:
        assessment = second if line.is_new else first
        assert assessment.agreed_at is not None
        owner = {"manager": cast.manager, "reviewer": cast.reviewer}.get(line.owner)
        made[line.key] = plan.add_item(
            association=cast.association,
            framework=assessment.framework,
            assessment=assessment,
            item=line.item,
            values=plan.PlanFields(
                title=line.title,
                goal_level=line.goal,
                description=line.description,
                owner=owner,
                owner_name="" if owner else line.owner,
                starts_on=_day(at, line.starts),
                due_on=_day(at, line.due),
                cost=Decimal(line.cost),
                currency=line.currency,
                support_area=line.support,
                done_when=line.done_when,
                depends_on=made.get(line.waits_for),
            ),
            by=cast.manager,
            at=assessment.agreed_at + timedelta(days=4),
        )
    return made


def take_steps(
    cast: Cast, items: dict[str, PlanItem], at: datetime, *, after: int | None, until: int
) -> None:
    """The steps between two days, in the order of their days."""
    due = sorted(
        (day, line.key, status, text)
        for line in LINES
        for status, day, text in line.steps
        if day <= until and (after is None or day > after)
    )
    for day, key, status, text in due:
        items[key] = plan.step(
            item_id=items[key].pk,
            version=items[key].version,
            status=status,
            text=text,
            by=cast.manager,
            at=at + timedelta(days=day),
        )


def _day(at: datetime, days: int | None) -> date | None:
    return None if days is None else (at + timedelta(days=days)).date()
