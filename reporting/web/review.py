"""The review page in words: each value formatted once, so that its tables only place ready texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.catalogue import Derived, Indicator, IndicatorType
from reporting.datasets.wording import change_text, value_text
from reporting.models import Submission
from reporting.selectors.evidence import Citation
from reporting.selectors.questions import Thread, by_code
from reporting.selectors.reviews import Problem, Review, ReviewRow, ReviewSection
from reporting.values import Value
from reporting.web.levels import marks_of_levels

ALL = "all"
DERIVED = "derived"
NONE = "–"
# A longer answer does not fit a column beside those of other years: it gets the width of the table.
LONGEST_IN_A_COLUMN = 18
LONGEST_EARLIER_TEXT = 200


@dataclass(frozen=True, slots=True)
class Source:
    """A document that an answer cites; without an address where the MFI keeps it to itself."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One question or derived value in words.

    `now` is the value or why there is none (`is_given` tells which). An answer that `is_wide` says in `earlier` what
    it was; any other has its columns.
    """

    code: str
    label: str
    now: str
    is_given: bool
    is_wide: bool
    last: str
    change: str
    before_last: str
    earlier: str = ""
    file_url: str = ""
    is_new: bool = False
    was: str = ""  # what it was when staff last looked
    note: str = ""
    problems: Sequence[Problem] = ()
    threads: Sequence[Thread] = ()
    is_asked: bool = False  # the form that asks about it is open
    peers: str = NONE  # the middle half of the members, as the newest release tells it
    n_band: str = ""
    sources: Sequence[Source] = ()
    level: str = ""  # how far it was checked, after a dot; nothing for self-reported

    @property
    def is_plain(self) -> bool:
        """Whether it is a value beside those of other years and nothing else."""
        more = self.is_wide or self.is_new or self.note or self.sources
        return self.is_given and not (more or self.problems or self.threads or self.is_asked)

    @property
    def is_stop(self) -> bool:
        """Whether the keys for the next and the previous one stop here: a problem, a change or a question."""
        return self.is_new or bool(self.problems) or any(not one.is_resolved for one in self.threads)


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under a heading; `anchor` names it in the page."""

    anchor: str
    title: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class SectionLink:
    """A section as the list of sections shows it."""

    title: str
    url: str
    new: int
    with_problems: int
    current: bool


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What is shown: first what to look at, a section alone, or all on one page."""

    tables: Sequence[Table]
    links: Sequence[SectionLink]
    is_first: bool
    is_all: bool
    before: SectionLink | None = None
    after: SectionLink | None = None
    hidden: Sequence[Thread] = ()  # questions on values that are not asked now


@dataclass(frozen=True, slots=True)
class _Frame:
    """What every line needs beside its row."""

    submission: Submission
    slug: str
    threads: Mapping[str, Sequence[Thread]]
    asked: str
    levels: Mapping[str, str]


def review_page(
    review: Review,
    submission: Submission,
    slug: str,
    shown: str = "",
    *,
    threads: Sequence[Thread] = (),
    asked: str = "",
) -> ReviewPage:
    """The page `shown`: a section's code, `all`, or (anything else) what a reviewer looks at first.

    `asked` is the code beside which the form stands that asks about it.
    """
    of_code = by_code(threads)
    frame = _Frame(submission, slug, of_code, asked, marks_of_levels())
    there = {row.part.code for section in review.sections for row in section.rows}
    hidden = [thread for thread in threads if thread.code not in there]
    names = [section.code or DERIVED for section in review.sections]
    links = [
        SectionLink(_title(section), f"?section={name}", section.new, section.with_problems, name == shown)
        for name, section in zip(names, review.sections, strict=True)
    ]
    is_all = shown == ALL
    if shown in names:
        place = names.index(shown)
        return ReviewPage(
            tables=[_table(review.sections[place], frame)],
            links=links,
            is_first=False,
            is_all=False,
            before=links[place - 1] if place else None,
            after=links[place + 1] if place + 1 < len(links) else None,
        )
    if is_all:
        tables = [_table(section, frame) for section in review.sections]
    else:
        unsettled = {thread.code for thread in threads if not thread.is_resolved}
        notable = (
            row
            for section in review.sections
            for row in section.rows
            if row.is_notable or row.part.code in unsettled
        )
        tables = [Table("notable", _("Problems, changes and large moves"), _lines(notable, frame))]
    return ReviewPage(
        tables=tables, links=links, is_first=not is_all, is_all=is_all, after=links[0], hidden=hidden
    )


def _title(section: ReviewSection) -> str:
    return section.title if section.code else _("Derived values")


def _table(section: ReviewSection, frame: _Frame) -> Table:
    anchor = f"section-{section.code or DERIVED}"
    return Table(anchor, _title(section), _lines(section.rows, frame))


def _lines(rows: Iterable[ReviewRow], frame: _Frame) -> list[Line]:
    return [_line(row, frame) for row in rows]


def _line(row: ReviewRow, frame: _Frame) -> Line:
    submission = frame.submission
    part, currency, answer = row.part, submission.currency, row.answer
    now = value_text(part, row.value, currency)
    is_wide = _is_wide(part)
    # this year names the currency; most answers are those of last year
    bare = now if part.unit != "currency" else ""
    last = bare if bare and row.last == row.value else value_text(part, row.last)
    before_last = last if row.before_last == row.last else value_text(part, row.before_last)
    return Line(
        code=part.code,
        label=part.label,
        now=now or row.missing or _("no answer"),
        is_given=bool(now),
        is_wide=is_wide,
        last=last or NONE,
        change=change_text(row.change, in_points=row.in_points) or NONE,
        before_last=before_last or NONE,
        earlier=_earlier(now, last, before_last) if is_wide else "",
        file_url=(
            reverse("attachment", args=[frame.slug, submission.pk, answer.file_id])
            if answer is not None and answer.file_id
            else ""
        ),
        is_new=row.is_new,
        was=_was(row, currency) if row.is_new else "",
        note=answer.note if answer is not None else "",
        problems=row.problems,
        threads=frame.threads.get(part.code, ()),
        is_asked=part.code == frame.asked,
        peers=_peers(row),
        n_band=f"n = {row.peers.n_band}" if row.peers else "",
        sources=[_source(one, frame) for one in row.citations],
        level=frame.levels.get(answer.verification, "") if answer is not None else "",
    )


def _peers(row: ReviewRow) -> str:
    """The range without a currency, which the column of this year names already."""
    if row.peers is None:
        return NONE
    return f"{value_text(row.part, row.peers.lower)} – {value_text(row.part, row.peers.upper)}"


def _source(cited: Citation, frame: _Frame) -> Source:
    if not cited.is_open:
        return Source(_("A document of %(year)s that the MFI keeps to itself") % {"year": cited.year})
    words = f"{cited.title} ({cited.year})"
    address = reverse("citation_file", args=[frame.slug, frame.submission.pk, cited.pk])
    return Source(f"{words}, {cited.place}" if cited.place else words, address)


def _is_wide(part: Indicator | Derived) -> bool:
    """Whether its answers are words that need room."""
    if isinstance(part, Derived) or part.type.is_number or part.type is IndicatorType.BOOLEAN:
        return False
    if part.type is IndicatorType.SINGLE_CHOICE:
        return any(len(choice.label) > LONGEST_IN_A_COLUMN for choice in part.choices)
    return True


def _earlier(now: str, last: str, before_last: str) -> str:
    """What both years before said, in one line."""
    if now and now == last == before_last:
        return _("The same in both years before")
    told = []
    if last:
        told.append(_("last year: %(answer)s") % {"answer": _short(last, now)})
    if before_last:
        told.append(_("year before: %(answer)s") % {"answer": _short(before_last, now)})
    line = "; ".join(told)
    return line[:1].upper() + line[1:]


def _short(text: str, now: str) -> str:
    return _("the same") if text == now else truncatechars(text, LONGEST_EARLIER_TEXT)


def _was(row: ReviewRow, currency: str) -> str:
    earlier = row.earlier
    if earlier is None:
        return _("was not answered")
    words = earlier.missing or _("no answer")
    value: Value = earlier.value
    is_file = isinstance(row.part, Indicator) and row.part.type is IndicatorType.FILE
    if value is not None and not is_file:
        words = value_text(row.part, value, currency)
    return " ".join([pgettext("earlier value", "was"), words])
