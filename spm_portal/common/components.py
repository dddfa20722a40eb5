"""The registry of the template components: what each is for, and examples that the gallery and the tests render."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django.core.paginator import Paginator

from spm_portal.common import chart_examples
from spm_portal.common.badges import BADGES

Context = Mapping[str, Any]


@dataclass(frozen=True)
class Example:
    """One way to use a component: what it shows and the context it is rendered with."""

    title: str
    context: Context


@dataclass(frozen=True)
class Component:
    """A template under ``templates/components/`` with its purpose; ``examples`` is called in the reader's language."""

    name: str
    template: str
    purpose: str
    examples: Callable[[], tuple[Example, ...]]

    @property
    def anchor(self) -> str:
        return self.name.lower().replace(" ", "-")


def _one(title: str, /, **context: Any) -> Callable[[], tuple[Example, ...]]:
    return lambda: (Example(title, context),)


def _badges() -> tuple[Example, ...]:
    return tuple(
        Example(key, {"state": key, "icon_name": badge.icon, "label": badge.label})
        for key, badge in BADGES.items()
    )


def _notices() -> tuple[Example, ...]:
    return (
        Example(
            "information",
            {
                "kind": "info",
                "title": "Imported from last year",
                "text": "18 answers that seldom change were filled in for you. Check them once.",
            },
        ),
        Example("success", {"kind": "success", "text": "The return was submitted on 12 March at 16:40."}),
        Example(
            "warning",
            {
                "kind": "warning",
                "title": "Four days left",
                "text": "34 of 98 required answers are missing.",
                "url": "#",
                "action": "Go to the first one",
            },
        ),
        Example(
            "error",
            {
                "kind": "error",
                "title": "The workbook was not imported",
                "text": "Sheet Outreach, cell D14: 3,20 can be read as 3.20 or 320. Type 3.2 or 320.",
            },
        ),
    )


def _empty() -> tuple[Example, ...]:
    return (
        Example(
            "with a next step",
            {
                "icon_name": "chart",
                "title": "No round has been published yet",
                "text": "The association's figures will be here. First open a round and ask the members to report.",
                "url": "#",
                "action": "Open a round",
            },
        ),
    )


def _tiles() -> tuple[Example, ...]:
    tiles = (
        {"label": "Members reporting", "figure": "21 of 24", "note": "88 % of borrowers"},
        {"label": "Active borrowers", "figure": "1,204,300", "note": "+6 % on the same 19 members"},
        {"label": "Women borrowers", "figure": "64 %", "note": "median of 21 members"},
        {
            "label": "Poverty rate of new clients",
            "figure": "not published",
            "note": "three used the same tool",
            "withheld": True,
        },
    )
    return (Example("key figures of a release", {"tiles": tiles}),)


def _problems() -> tuple[Example, ...]:
    problems = {
        "errors": [
            {
                "label": "Women borrowers",
                "text": "14,200 is more than all active borrowers (12,850). Correct one of the two.",
                "url": "#id_demo_women",
            },
            {
                "label": "Staff at year end",
                "text": "Type a whole number, for example 214.",
                "url": "#id_demo_women",
            },
        ],
        "warnings": [
            {
                "label": "Portfolio at risk, 30 days",
                "text": "38 % is far above last year's 6 %. Correct it, or say why it is right.",
                "url": "#id_demo_women",
            }
        ],
        "notes": [{"label": "Rural borrowers", "text": "Same value as last year.", "url": "#id_demo_women"}],
    }
    return (Example("three severities", {"problems": problems}),)


def _timeline() -> tuple[Example, ...]:
    events = (
        {
            "title": "Returned to the member",
            "by": "Amina Rahman, association",
            "at": datetime(2026, 3, 14, 9, 12, tzinfo=UTC),
            "text": "Please check the number of women borrowers: it is higher than the total.",
            "strong": True,
        },
        {
            "title": "Submitted",
            "by": "Joseph Okello, signatory",
            "at": datetime(2026, 3, 12, 16, 40, tzinfo=UTC),
        },
        {"title": "Started", "by": "Grace Achieng", "at": datetime(2026, 2, 2, 8, 5, tzinfo=UTC)},
    )
    told = [SimpleNamespace(**{"text": "", "strong": False} | event) for event in events]
    return (Example("the course of a return", {"events": told}),)


def _sections() -> tuple[Example, ...]:
    rows = (
        ("Profile", 4, 4, 0, 0, False),
        ("Mission and goals", 14, 14, 0, 1, False),
        ("Outreach", 5, 7, 2, 0, True),
        ("Client protection", 3, 15, 0, 0, False),
        ("Staff", 0, 15, 0, 0, False),
    )
    names = ("label", "answered", "required", "errors", "warnings", "current")
    sections = [SimpleNamespace(url="#", **dict(zip(names, row, strict=True))) for row in rows]
    return (Example("progress by section", {"sections": sections}),)


def _steps() -> tuple[Example, ...]:
    steps = (
        {"label": "Freeze the approved answers", "state": "done"},
        {"label": "Check what may be published", "state": "done"},
        {"label": "Draw 24 figures", "state": "current"},
        {"label": "Lay out 38 pages", "state": "todo"},
    )
    return (Example("a report being made", {"steps": steps}),)


def _answer() -> tuple[Example, ...]:
    common = {
        "label": "Active borrowers who are women",
        "code": "OUT-02",
        "help": "People with at least one open loan on the last day of the year.",
        "unit": "people",
        "name": "women",
    }
    return (
        Example(
            "saved, with last year beside it",
            common
            | {
                "control_id": "id_demo_saved",
                "value": "12,850",
                "last": "2024: 12,110",
                "change": "+6 %",
                "saved": "Saved",
                "definition": "Count each woman once, however many loans she has. Evidence: the list of open loans.",
            },
        ),
        Example(
            "with an error",
            common
            | {
                "control_id": "id_demo_women",
                "value": "14,200",
                "last": "2024: 12,110",
                "change": "+17 %",
                "error": "14,200 is more than all active borrowers (12,850). Correct one of the two.",
            },
        ),
        Example(
            "with a warning, optional",
            common
            | {
                "control_id": "id_demo_warning",
                "value": "6,020",
                "last": "2024: 12,110",
                "change": "−50 %",
                "warning": "Half of last year's number. Correct it, or say below why it is right.",
                "optional": True,
            },
        ),
    )


def _table() -> tuple[Example, ...]:
    columns = (
        {"label": "Member"},
        {"label": "Answered", "numeric": True},
        {"label": "Errors", "numeric": True},
        {"label": "Last touched"},
    )
    rows = (
        ("Ruwenzori Savings Company", "98 of 98", "0", "Grace Achieng, yesterday"),
        ("Kilimo Finance", "64 of 98", "3", "Joseph Okello, 12 March"),
        ("Umoja Women's Trust", "0 of 98", "0", "never"),
    )
    return (Example("rows of text", {"columns": columns, "rows": rows, "caption": "Returns for 2025"}),)


def _charts() -> tuple[Example, ...]:
    return tuple(
        Example(name, {"chart": wide, "narrow": narrow}) for name, wide, narrow in chart_examples.all_charts()
    )


COMPONENTS: tuple[Component, ...] = (
    Component(
        "Page head",
        "components/page_head.html",
        "Opens every page: where I am, and what I can do here.",
        _one(
            "with a state and actions",
            sample=True,
            kicker="Reporting year 2025",
            title="Kilimo Finance",
            state="returned",
            lede="64 of 98 required answers, 3 errors, due in 12 days.",
            actions=[{"label": "Download", "url": "#"}, {"label": "Continue", "url": "#", "primary": True}],
        ),
    ),
    Component(
        "Breadcrumbs",
        "components/breadcrumbs.html",
        "The way back up.",
        _one(
            "two levels",
            crumbs=[{"label": "Rounds", "url": "#"}, {"label": "2025", "url": "#"}],
        ),
    ),
    Component(
        "Next step",
        "components/next_step.html",
        "Home says what to do next.",
        _one(
            "a member in the middle of its return",
            title="Report for 2025",
            text="64 of 98 answered, 3 problems, due in 12 days.",
            url="#",
            action="Continue",
            value=64,
            total=98,
        ),
    ),
    Component("State badge", "components/badge.html", "A state in words, shape and colour.", _badges),
    Component("Notice", "components/notice.html", "Something to know about this page.", _notices),
    Component(
        "Key figures", "components/tiles.html", "A few figures that answer the first question.", _tiles
    ),
    Component("Progress", "components/progress.html", "How far along.", _one("64 of 98", value=64, total=98)),
    Component(
        "Section list",
        "components/section_list.html",
        "The sections of a return, each with its state.",
        _sections,
    ),
    Component(
        "Steps",
        "components/steps.html",
        "The course of a long job that can be left and come back to.",
        _steps,
    ),
    Component(
        "Problem panel",
        "components/problem_panel.html",
        "All problems at once, each a link to its field.",
        _problems,
    ),
    Component("Answer field", "components/answer_field.html", "One question of a return.", _answer),
    Component("Timeline", "components/timeline.html", "What happened, when, by whom.", _timeline),
    Component("Table", "components/data_table.html", "Rows that become cards on a phone.", _table),
    Component(
        "Pagination",
        "components/pagination.html",
        "From page to page.",
        lambda: (Example("in the middle", {"page": Paginator(range(240), 20).page(5)}),),
    ),
    Component("Empty state", "components/empty.html", "What will be here, and the next step.", _empty),
    Component(
        "Chart", "components/chart.html", "A question, its picture, its fine print and its data.", _charts
    ),
)
