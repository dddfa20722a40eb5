"""The association's own strategy, and the global initiatives that it carries with what it handed out."""

from datetime import date, datetime, timedelta

from capacity.demo.assessments import Cast
from capacity.enums import EventKind, InitiativeRole, WorkStatus
from capacity.models import PlanItem
from capacity.services import initiatives, strategy

TEXT = (
    "By the end of these years every member knows its clients better than its balance sheet asks for, and can show it. "
    "We report together, we train each other, and we say openly where we fall short. We do not rank members."
)
GOALS = (
    ("Every member reports its social performance each year", "Returns approved of members invited", 0),
    ("Clients of all members can complain and get an answer", "Members with a working complaint channel", 1),
    (
        "Two thirds of members use what they report in their own decisions",
        "Members whose board read their report",
        1,
    ),
)
HANDED_OUT = (
    initiatives.Handout(code="TP-08", language="en", copies=60),
    initiatives.Handout(code="HP-02", language="en", copies=40),
)
# quarter, what, who, status, number of the goal, plan item
WORK = (
    (1, "Round of returns of last year", "Peter Kamau", WorkStatus.DONE, 0, "form"),
    (
        2,
        "Publish the yearly report and present it to the regulator",
        "Amina Odhiambo",
        WorkStatus.DONE,
        0,
        "",
    ),
    (3, "Two trainings in client protection", "Trainers", WorkStatus.UNDER_WAY, 1, "trainers"),
    (3, "Self-assessment of the association", "Amina Odhiambo", WorkStatus.DONE, 2, ""),
    (4, "Visit five boards with their members' reports", "Peter Kamau", WorkStatus.PLANNED, 2, ""),
    (4, "First note for members in Swahili", "Faith Achieng", WorkStatus.UNDER_WAY, 2, "swahili"),
)


def write_strategy(cast: Cast, items: dict[str, PlanItem], at: datetime) -> None:
    """The strategy of three years with this year's work."""
    year, when = at.year, at - timedelta(days=300)
    strategy.save_strategy(
        association=cast.association,
        values=strategy.StrategyFields(
            first_year=year - 1,
            last_year=year + 1,
            text=TEXT,
            officer="Peter Kamau (half a post)",
            officer_since=date(year - 1, 3, 1),
            approved_on=date(year - 1, 5, 12),
        ),
        version=0,
        by=cast.manager,
        at=when,
    )
    goals = [
        strategy.save_goal(
            association=cast.association,
            values=strategy.GoalFields(text=text, measure=measure, by_year=year + later),
            by=cast.manager,
            at=when,
        )
        for text, measure, later in GOALS
    ]
    for quarter, text, who, status, goal, item in WORK:
        strategy.save_work_line(
            association=cast.association,
            values=strategy.WorkFields(
                year=year,
                quarter=quarter,
                text=text,
                responsible=who,
                status=status,
                goal=goals[goal],
                plan_item=items.get(item),
            ),
            by=cast.manager,
            at=when,
        )


def carry_initiatives(cast: Cast, at: datetime) -> None:
    """Three initiatives; of the first, the occasions on which the association spoke and handed something out."""
    carried, *_ = [
        initiatives.save_initiative(
            association=cast.association,
            values=initiatives.InitiativeFields(
                name=name,
                role=role,
                since=(at - timedelta(days=days)).date(),
                contact="Amina Odhiambo",
                url=url,
            ),
            by=cast.manager,
            at=at - timedelta(days=days),
        )
        for name, role, days, url in (
            ("Universal Standards for SPM", InitiativeRole.AMBASSADOR, 800, "https://sptf.info"),
            ("Client protection", InitiativeRole.IMPLEMENTER, 640, ""),
            ("Poverty measurement", InitiativeRole.ENDORSER, 500, ""),
        )
    ]
    for kind, title, days, place, speaker, audience, handouts in (
        (EventKind.SPEECH, "Why report on clients? At the annual bankers' forum", 190, "Nairobi", "Amina Odhiambo",
         140, HANDED_OUT[:1]),
        (EventKind.EVENT, "Open morning for members on the Universal Standards", 120, "Kisumu", "Peter Kamau", 46,
         HANDED_OUT),
        (EventKind.DISTRIBUTION, "Sent to all members with the yearly report", 75, "", "", 24, HANDED_OUT[1:]),
        (EventKind.ARTICLE, "“What 24 MFIs told us” in the regulator's newsletter", 35, "", "", None, ()),
    ):  # fmt: skip
        held = at - timedelta(days=days)
        initiatives.save_occasion(
            initiative=carried,
            values=initiatives.OccasionFields(
                kind=kind,
                title=title,
                held_on=held.date(),
                place=place,
                speaker=speaker,
                audience=audience,
                handouts=handouts,
            ),
            by=cast.reviewer,
            at=held + timedelta(days=1),
        )
