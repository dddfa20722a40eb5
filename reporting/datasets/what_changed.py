"""What changed as pages and files tell it: participants' institutions against the others, and a case's own member."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.datasets.draft import NO, PARTLY, YES, Draft, bounded
from reporting.datasets.figure_values import Edition, edition_of
from reporting.disclosure import Kind, Relation
from reporting.models import Release, WhatChanged
from reporting.selectors.what_changed import COURSE, OwnChange
from spm_portal.common.numbers import format_number
from spm_portal.common.table_files import Cell as FileCell
from spm_portal.common.table_files import Sheet
from training.enums import Topic
from training.models import Case

CHOICES = (YES, PARTLY, NO)
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Told:
    """A figure before or after: its words, and the exact number of a share or median where there is one."""

    words: str
    published: bool
    number: float | None = None
    band: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One of both groups: before, after, and the difference of the published numbers in words."""

    before: Told
    after: Told
    change: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator that was meant to move. `what` says what the numbers are."""

    code: str
    label: str
    what: str
    those: Side
    others: Side

    @property
    def is_whole(self) -> bool:
        """Whether both sides are published in both years; such lines come first."""
        return all(one.published for side in (self.those, self.others) for one in (side.before, side.after))

    @property
    def is_told(self) -> bool:
        """Whether anything of it is published."""
        return any(one.published for side in (self.those, self.others) for one in (side.before, side.after))


@dataclass(frozen=True, slots=True)
class Block:
    """A course or a topic with its lines."""

    key: str
    name: str
    kind: str
    sessions: int
    people: int
    cases: int
    lines: tuple[Line, ...]

    @property
    def anchor(self) -> str:
        """Its id on the page, to which courses link: course-<key> or topic-<code>."""
        return self.key.replace(":", "-")

    @property
    def course_id(self) -> str:
        """The key of its course; empty for a topic."""
        return self.key.partition(":")[2] if self.is_course else ""

    @property
    def is_told(self) -> bool:
        """Whether any of its figures is published."""
        return any(line.is_told for line in self.lines)

    @property
    def is_course(self) -> bool:
        """Whether it is one course, not all work on a topic."""
        return self.kind == COURSE


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of two years, ready to be shown."""

    before: Release
    after: Release
    study: WhatChanged
    blocks: tuple[Block, ...]

    @property
    def has_figures(self) -> bool:
        """Whether anything is published."""
        return any(line.is_told for block in self.blocks for line in block.lines)


def caveats() -> tuple[str, ...]:
    """Why a difference is no proof; on the page and in every file."""
    return (
        _(
            "This is no proof that training caused a change. MFIs that take part chose to, and may have changed "
            "anyway."
        ),
        _(
            "Other things happened in the same year: new rules, new managers, crises, training given by others."
        ),
        _("“The others” may have taken the same course in another year or elsewhere."),
        _("Groups are small. A difference of a few points can be one MFI."),
    )


def comparison_of(study: WhatChanged, language: str) -> Comparison:
    """The figures of a comparison in words."""
    drafts = {
        when: edition_of(release, (), language).draft
        for when, release in (("before", study.before), ("after", study.after))
    }
    rows = {(row["set"], row["code"], row["side"], row["when"]): row for row in study.cells}
    blocks = []
    for one in study.sets:
        codes = list(dict.fromkeys(row["code"] for row in study.cells if row["set"] == one["key"]))
        lines = tuple(
            sorted(
                (_line(drafts, one["key"], code, rows) for code in codes), key=lambda line: not line.is_whole
            )
        )
        name = one["name"] or str(Topic(one["topic"]).label)
        blocks.append(
            Block(one["key"], name, one["kind"], one["sessions"], one["people"], one["cases"], lines)
        )
    return Comparison(study.before, study.after, study, tuple(blocks))


def _line(drafts: Mapping[str, Draft], key: str, code: str, rows: Mapping[Any, dict[str, Any]]) -> Line:
    draft = drafts["after"]
    statistic = rows[key, code, "those", "after"]["statistic"]
    sides = {
        side: _side(drafts, code, {w: rows[key, code, side, w] for w in drafts})
        for side in ("those", "others")
    }
    what = {
        Kind.MEDIAN: _("median"),
        Kind.SHARE_YES: _("share that answers yes"),
    }.get(Kind(statistic), _("shares of the answers"))
    return Line(code, draft.label(code), what, sides["those"], sides["others"])


def _side(drafts: Mapping[str, Draft], code: str, rows: Mapping[str, dict[str, Any]]) -> Side:
    before, after = (_told(drafts[when], code, rows[when]) for when in ("before", "after"))
    if before.number is None or after.number is None:
        return Side(before, after, "")
    change = round(after.number - before.number, 4)
    is_share = rows["after"]["statistic"] != Kind.MEDIAN
    return Side(before, after, _signed(change, drafts["after"], code, is_share), change)


def _signed(change: float, draft: Draft, code: str, is_share: bool) -> str:
    in_points = is_share or draft.writer(code).unit == "%"
    size = abs(change)
    words = draft.writer(code)(size) if not in_points else _points(size, draft)
    return f"+{words}" if change > 0 else f"{MINUS}{words}" if change < 0 else words


def _points(size: float, draft: Draft) -> str:
    return _("%(number)s points") % {"number": format_number(size, language=draft.language)}


def _told(draft: Draft, code: str, row: dict[str, Any]) -> Told:
    if not row["published"]:
        return Told(_("not published"), published=False)
    band = str(row["n_band"]).replace("-", "–")
    if row["parts"]:
        words, number = _parts(draft, code, row["parts"])
        return Told(words, published=True, number=number, band=band)
    value = float(row["value"])
    write = draft.percent if row["statistic"] == Kind.SHARE_YES else draft.writer(code)
    exact = value if row["relation"] == Relation.EQUAL else None
    return Told(bounded(write(value), row["relation"]), published=True, number=exact, band=band)


def _parts(draft: Draft, code: str, parts: Sequence[Any]) -> tuple[str, float | None]:
    """The shares of choices as they are told, alone or together, and that of yes where it stands alone."""
    labels = _labels(draft, code)
    joined = " " + pgettext("answers", "or") + " "
    words = [
        f"{joined.join(labels.get(choice, choice) for choice in choices)} {draft.percent(share)}"
        for choices, share in parts
    ]
    alone = next((float(share) for choices, share in parts if choices == [YES]), None)
    return " · ".join(words), alone


def _labels(draft: Draft, code: str) -> dict[str, str]:
    """The words of a question's choices; those of yes, partly and no are everywhere the same."""
    labels = {str(one.value): one.label for one in getattr(draft.catalogue.find(code), "choices", ())}
    if labels and labels.keys() <= set(CHOICES):
        return {
            YES: pgettext("answer", "yes"),
            PARTLY: pgettext("answer", "partly"),
            NO: pgettext("answer", "no"),
        }
    return labels


def sheets(shown: Comparison) -> tuple[Sheet, Sheet]:
    """The figures as a table, and what must be said beside them."""
    headers = (
        _("Course or topic"), _("Kind"), _("Sessions"), _("People"), _("Cases"), _("Code"), _("Indicator"),
        _("Figure"), _("Group"), _("Year before"), _("Before"), _("Year after"), _("After"), _("Difference"),
        _("Contributors"),
    )  # fmt: skip
    rows: list[tuple[FileCell, ...]] = [
        (
            block.name,
            _("Course") if block.is_course else _("Topic"),
            block.sessions,
            block.people,
            block.cases,
            line.code,
            line.label,
            line.what,
            name,
            shown.before.method["year"],
            _number(side.before),
            shown.after.method["year"],
            _number(side.after),
            side.number if side.number is not None else "",
            side.after.band or side.before.band,
        )
        for block in shown.blocks
        for line in block.lines
        for name, side in ((_("Participants’ MFIs"), line.those), (_("The others"), line.others))
    ]
    said: list[tuple[FileCell, ...]] = [(words,) for words in caveats()]
    return (
        Sheet(_("What changed"), headers, tuple(rows)),
        Sheet(_("No proof"), (_("What must be said beside these figures"),), tuple(said)),
    )


def _number(told: Told) -> FileCell:
    return told.number if told.number is not None else told.words


@dataclass(frozen=True, slots=True)
class OwnLine:
    """An indicator of a case: what its member reported before and after, and what is published of all members."""

    label: str
    before: str
    after: str
    all_before: str
    all_after: str


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case with its member's own figures; the years are None where there is no edition."""

    case: Case
    before: int | None
    after: int | None
    lines: tuple[OwnLine, ...]


def own_cases(found: Sequence[OwnChange], language: str) -> list[OwnCase]:
    """Each case with the member's own values, in words."""
    cases = []
    for one in found:
        editions = [
            edition_of(member.release, one.cells[member.release_id], language) if member else None
            for member in (one.before, one.after)
        ]
        drafts = [edition.draft if edition else None for edition in editions]
        lines = []
        for code in dict.fromkeys(one.case.indicators):
            known = next((draft for draft in reversed(drafts) if draft and draft.catalogue.find(code)), None)
            words = [
                _own(draft, code, member.values.get(code)) if draft and member else "–"
                for draft, member in zip(drafts, (one.before, one.after), strict=True)
            ]
            words += [_of_all(edition, code) if edition else "–" for edition in editions]
            lines.append(OwnLine(known.label(code) if known else code, *words))
        cases.append(
            OwnCase(
                one.case,
                one.before.release.method["year"] if one.before else None,
                one.after.release.method["year"] if one.after else None,
                tuple(lines),
            )
        )
    return cases


def _of_all(edition: Edition, code: str) -> str:
    """What an edition publishes of all members beside one member's value: the median, or the share of yes."""
    draft = edition.draft
    median = draft.cell(code, Kind.MEDIAN)
    if median is not None:
        if not median.published or median.value is None:
            return _("not published")
        return _("median %(value)s") % {
            "value": bounded(draft.writer(code)(median.value), median.relation or Relation.EQUAL)
        }
    value = edition.value(code)
    has_yes = value.statistic == Kind.SHARE_YES or YES in _labels(draft, code)
    if not has_yes or value.statistic not in (Kind.SHARE_YES, Kind.DISTRIBUTION):
        return "–"
    return _("%(share)s yes") % {"share": value.words} if value.number is not None else value.words


def _own(draft: Draft, code: str, value: Any) -> str:
    if value is None:
        return _("no answer")
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    part = draft.catalogue.find(code)
    labels = _labels(draft, code)
    if isinstance(value, list):
        return ", ".join(labels.get(str(each), str(each)) for each in value)
    if str(value) in labels:
        return str(labels[str(value)])
    if not isinstance(value, int | float):
        return str(value)
    decimals = getattr(part, "decimals", None)
    return draft.writer(code)(round(value, 1 if decimals is None else decimals))
