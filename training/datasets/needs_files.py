"""Needs, replies to a needs assessment, and the plan of a year as tables for files."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from spm_portal.common.table_files import Cell, Sheet
from training.models import Need, NeedsSurvey
from training.selectors.needs import Replies
from training.selectors.training_plan import YearPlan


def needs_sheets(needs: Iterable[Need]) -> tuple[Sheet]:
    """The needs of a year with the reason of each."""
    headers = (
        _("MFI"), _("Topic"), _("Known from"), _("Reason"), _("People"), _("Urgency (1 to 3)"), _("State"),
        _("Course that answers it"), _("Note on the decision"), _("Proposed on"), _("Decided on"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            one.institution.name if one.institution else _("The association itself"),
            one.get_topic_display(),
            one.get_source_display(),
            one.reason,
            one.people,
            one.urgency,
            one.get_state_display(),
            one.course.title if one.course else "",
            one.decision,
            one.proposed_at.date().isoformat(),
            one.decided_at.date().isoformat() if one.decided_at else "",
        )
        for one in needs
    ]
    return (Sheet(_("Needs"), headers, tuple(rows)),)


def replies_sheets(survey: NeedsSurvey, found: Replies) -> tuple[Sheet, Sheet, Sheet]:
    """Members by topics (people), every line with its note, and the totals of topics."""
    table: list[tuple[Cell, ...]] = [
        (
            row.institution.name,
            _("yes") if row.reply else _("no"),
            *(wish.people for wish in row.wishes),
            row.reply.answer if row.reply else "",
        )
        for row in found.rows
    ]
    lines: list[tuple[Cell, ...]] = [
        (row.institution.name, str(topic.label), wish.people, wish.urgency, wish.note)
        for row in found.rows
        for topic, wish in zip(found.topics, row.wishes, strict=True)
        if wish.people
    ]
    totals: list[tuple[Cell, ...]] = [
        (str(one.topic.label), one.members, one.people, one.urgent) for one in found.totals
    ]
    return (
        Sheet(
            _("Replies"),
            (
                _("MFI"),
                _("Replied"),
                *(str(topic.label) for topic in found.topics),
                survey.question or _("Answer to the question"),
            ),
            tuple(table),
        ),
        Sheet(
            _("Lines"),
            (_("MFI"), _("Topic"), _("People"), _("Urgency (1 to 3)"), _("Note")),
            tuple(lines),
        ),
        Sheet(
            _("Totals"),
            (_("Topic"), _("Members"), _("People"), _("Members for whom it is urgent")),
            tuple(totals),
        ),
    )


def plan_sheets(whole: YearPlan) -> tuple[Sheet]:
    """Each topic: what members need, what is planned, what was held, and the differences."""
    headers = (
        _("Year"), _("Topic"), _("Members in need"), _("People in need"), _("Planned sessions"), _("Planned people"),
        _("Plan less need (people)"), _("Budget"), _("Currency"), _("Announced sessions"), _("Held sessions"),
        _("People trained"), _("Trained less plan (people)"), _("Costs"), _("Left of the budget"), _("Note"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            whole.year,
            str(line.topic.label),
            line.members,
            line.needed,
            line.planned_sessions,
            line.planned_people,
            line.plan_less_need,
            float(line.plan.budget) if line.plan else None,
            line.plan.currency if line.plan else "",
            line.announced,
            line.held,
            line.trained,
            line.held_less_plan,
            "; ".join(f"{amount:.2f} {currency}" for currency, amount in line.costs),
            float(line.left) if line.left is not None else None,
            line.plan.note if line.plan else "",
        )
        for line in whole.told
    ]
    return (Sheet(_("Training plan"), headers, tuple(rows)),)
