"""The results of sessions as pictures and as tables of a workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from spm_portal.common import charts
from spm_portal.common.charts import Chart, Note, Spec, Style
from spm_portal.common.charts.model import Number
from spm_portal.common.numbers import format_number, format_percent
from spm_portal.common.table_files import Cell, Sheet
from training.enums import Aspect, EvaluationStage
from training.evaluating import HIGHEST
from training.models import TrainingSession
from training.selectors.learning import SessionResults, StageResult


@dataclass(frozen=True, slots=True)
class Pair:
    """One chart drawn for a page and for a phone."""

    wide: Chart
    narrow: Chart


@dataclass(frozen=True, slots=True)
class StagePictures:
    """The charts of one stage's evaluation; None where there is nothing to draw."""

    stage: StageResult
    title: str
    marks: Pair | None
    trainers: Pair | None
    words: tuple[tuple[str, tuple[str, ...]], ...]


QUESTION_WORDS = {
    ("after", "liked"): lambda: _("What helped you most?"),
    ("after", "missed"): lambda: _("What was missing, or should be done otherwise?"),
    ("after", "applied"): lambda: _("What will you do otherwise in your work?"),
    ("six_months", "applied"): lambda: _("What changed in your work?"),
    ("six_months", "missed"): lambda: _("What hindered you to use what you learned?"),
}


def one_decimal(value: Number) -> str:
    """A figure with one decimal in the reader's language."""
    return format_number(float(value), language=get_language() or "en", decimals=1)


def percent(value: Number) -> str:
    """A score with its sign."""
    return format_percent(float(value), language=get_language() or "en", decimals=1)


def test_picture(results: SessionResults) -> Pair | None:
    """What was known before and after; None where nobody was tested."""
    tests = results.tests
    if tests.pre is None and tests.post is None:
        return None
    rows = (
        charts.Bar(_("Test before"), _value(tests.pre), detail=_count(tests.pre_count)),
        charts.Bar(_("Test after"), _value(tests.post), detail=_count(tests.post_count), emphasis=True),
    )
    note = Note(formula=_("mean of all who took the test, in percent of its questions"))
    return _pair("tests", _("What did people know before and after?"), percent, note, rows, 100)


def stage_pictures(results: SessionResults) -> list[StagePictures]:
    """The evaluations, each stage with its charts and words."""
    return [_stage_pictures(stage) for stage in results.stages]


def course_picture(rows: Sequence[SessionResults]) -> Pair | None:
    """The tests of a course, session by session; None where nobody was tested."""
    tested = [one for one in rows if one.tests.pre is not None or one.tests.post is not None]
    if not tested:
        return None
    dots = tuple(
        charts.DotRow(
            _where_and_when(one),
            (_value(one.tests.post), _value(one.tests.pre)),
        )
        for one in tested
    )
    names = (_("Test after"), _("Test before"))

    def draw(style: Style, suffix: str) -> Chart:
        spec = Spec(
            id=f"course-tests{suffix}",
            title=_("Does every session teach as much?"),
            format=percent,
            note=Note(formula=_("mean of all who took the test, in percent of its questions")),
            style=style,
        )
        return charts.dots(spec, names, dots, low=0, high=100)

    return Pair(*(draw(style, suffix) for style, suffix in _styles()))


def result_sheets(results: SessionResults, *, with_people: bool) -> list[Sheet]:
    """The results of one session as tables; people by name for staff alone."""
    sheets = [_summary(results), _evaluation(results), _words(results)]
    return [*sheets, _people(results)] if with_people else sheets


def course_sheets(rows: Sequence[SessionResults]) -> list[Sheet]:
    """The sessions of a course beside each other."""
    headers = (
        _("Session"),
        _("From"),
        _("Took part"),
        _("Test before (%)"),
        _("Test after (%)"),
        _("Change (points)"),
        _("Passed (%)"),
        _("Evaluation (1–5)"),
        _("Answered (%)"),
        _("Used at work (1–5)"),
    )
    lines = tuple(
        (
            one.session.title,
            _date(one.session, one.session.starts_at),
            one.participants,
            _cell(one.tests.pre),
            _cell(one.tests.post),
            _cell(one.tests.improvement),
            _cell(one.tests.share_passed),
            _cell(one.after.overall),
            _cell(one.after.response),
            _cell(one.stages[1].marks["used"].value),
        )
        for one in rows
    )
    return [Sheet(_("Sessions"), headers, lines)]


def _stage_pictures(stage: StageResult) -> StagePictures:
    labels = dict(Aspect.choices)
    title = str(dict(EvaluationStage.choices)[stage.stage])
    note = Note(formula=_("mean of the marks from 1, not at all, to 5, fully"))
    marks = trainers = None
    if stage.given and not stage.is_withheld:
        bars = tuple(
            charts.Bar(str(labels[code]), _value(found.value)) for code, found in stage.marks.items()
        )
        question = (
            _("What did people think of it?")
            if stage.stage == EvaluationStage.AFTER
            else _("What came of it at work?")
        )
        marks = _pair(f"marks-{stage.stage}", question, one_decimal, note, bars, HIGHEST)
        rated = tuple(
            charts.Bar(name, _value(found.value), detail=_count(found.count))
            for name, found in stage.trainers.values()
            if found.count
        )
        if rated:
            trainers = _pair(
                "trainers", _("How well did the trainers help?"), one_decimal, note, rated, HIGHEST
            )
    words = tuple(
        (QUESTION_WORDS[stage.stage, name](), texts) for name, texts in stage.words.items() if texts
    )
    return StagePictures(stage, title, marks, trainers, words)


def _pair(
    name: str,
    title: str,
    write: charts.Formatter,
    note: Note,
    rows: tuple[charts.Bar, ...],
    maximum: int,
) -> Pair:
    def draw(style: Style, suffix: str) -> Chart:
        spec = Spec(id=f"l-{name}{suffix}", title=title, format=write, note=note, style=style)
        return charts.bars(spec, rows, maximum=maximum)

    return Pair(*(draw(style, suffix) for style, suffix in _styles()))


def _styles() -> tuple[tuple[Style, str], tuple[Style, str]]:
    rtl = get_language_bidi()
    return (Style(rtl=rtl), ""), (Style(width=360, rtl=rtl), "-n")


def _summary(results: SessionResults) -> Sheet:
    tests, session = results.tests, results.session
    rows: list[tuple[Cell, ...]] = [
        (_("Session"), session.title),
        (_("From"), _date(session, session.starts_at)),
        (_("Until"), _date(session, session.ends_at)),
        (_("Took part"), results.participants),
        (_("Attendance (%)"), _cell(results.attended)),
        (_("Test before (%)"), _cell(tests.pre)),
        (_("Taken before"), tests.pre_count),
        (_("Test after (%)"), _cell(tests.post)),
        (_("Taken after"), tests.post_count),
        (_("Change of those who took both (points)"), _cell(tests.improvement)),
        (_("Passed (%)"), _cell(tests.share_passed)),
    ]
    for stage in results.stages:
        label = str(dict(EvaluationStage.choices)[stage.stage])
        rows.append((_("Answered (%%): %(stage)s") % {"stage": label}, _cell(stage.response)))
    return Sheet(_("Results"), (_("Figure"), _("Value")), tuple(rows))


def _evaluation(results: SessionResults) -> Sheet:
    stages, labels = dict(EvaluationStage.choices), dict(Aspect.choices)
    rows: list[tuple[Cell, ...]] = []
    for stage in results.stages:
        when = str(stages[stage.stage])
        rows += [
            (when, str(labels[code]), _cell(found.value), found.count) for code, found in stage.marks.items()
        ]
        rows += [
            (when, _("Trainer: %(name)s") % {"name": name}, _cell(found.value), found.count)
            for name, found in stage.trainers.values()
        ]
    return Sheet(_("Evaluation"), (_("When"), _("Sentence"), _("Mean (1–5)"), _("Marks")), tuple(rows))


def _words(results: SessionResults) -> Sheet:
    stages = dict(EvaluationStage.choices)
    rows = tuple(
        (str(stages[stage.stage]), QUESTION_WORDS[stage.stage, name](), text)
        for stage in results.stages
        for name, texts in stage.words.items()
        for text in texts
    )
    return Sheet(_("In their words"), (_("When"), _("Question"), _("Answer")), rows)


def _people(results: SessionResults) -> Sheet:
    headers = (
        _("Name"),
        _("MFI"),
        _("Attendance (%)"),
        _("Test before (%)"),
        _("Test after (%)"),
        _("Change (points)"),
        _("Passed"),
    )
    said = {True: _("yes"), False: _("no"), None: ""}
    rows = tuple(
        (
            one.registration.participant.name,
            one.registration.institution.name if one.registration.institution else "",
            one.attended,
            _cell(one.pre),
            _cell(one.post),
            _cell(one.improvement),
            said[one.passed],
        )
        for one in results.people
    )
    return Sheet(_("Participants"), headers, rows)


def _where_and_when(results: SessionResults) -> str:
    session = results.session
    where = _("Online") if session.is_online else session.place
    day = date_format(_there(session, session.starts_at), "DATE_FORMAT")
    return f"{day}, {where}" if where else day


def _there(session: TrainingSession, at: datetime) -> datetime:
    """A moment as the clocks at the session's place show it."""
    return at.astimezone(ZoneInfo(session.time_zone))


def _date(session: TrainingSession, at: datetime) -> str:
    return _there(session, at).date().isoformat()


def _value(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _cell(value: Decimal | None) -> Cell:
    return None if value is None else float(value)


def _count(number: int) -> str:
    return _("%(count)s people") % {"count": number}
