"""What happened to a return or to one of its values: answers, reasons, questions and moves in one timeline."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import User
from reporting.catalogue import Catalogue, Indicator, IndicatorType
from reporting.datasets.wording import value_text
from reporting.enums import AnswerSource, MissingReason, Move, VerificationLevel
from reporting.models import (
    Answer,
    Attachment,
    Explanation,
    PaperEntry,
    QuestionMessage,
    Submission,
    Transition,
)
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.notices import title_of
from reporting.selectors.verification import VERIFIED
from reporting.values import to_engine
from spm_portal.common.models import AuditEvent

ANSWER, REASON, QUESTION, MOVE, LEVEL = "answer", "reason", "question", "move", "level"
BEGUN, KEYED, CONFIRMED = "paper-begun", "paper-keyed", "paper-confirmed"
REMOVED = "delete"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened. `old` and `new` are values in words and empty where the kind has none."""

    kind: str
    title: str
    at: datetime
    by: str
    code: str = ""
    old: str = ""
    new: str = ""
    why: str = ""
    source: str = ""
    strong: bool = False


def history_of(submission: Submission, code: str = "") -> QuerySet[Any]:
    """Keys of all that happened, the newest first: page it, then read a page with `lines_of`.

    With `code` only what concerns this value, and the moves that signed, approved or re-opened it.
    """
    answers = _events(Answer).filter(submission_id=submission.pk).exclude(_is_level_alone())
    levels = AuditEvent.objects.about(submission).filter(verb=VERIFIED)
    messages = QuestionMessage.objects.filter(submission=submission)
    moves = Transition.objects.filter(submission=submission)
    parts = []
    if code:
        answers = answers.filter(code=code)
        levels = levels.filter(data__codes__contains=[code])
        messages = messages.filter(question__code=code)
        moves = moves.filter(move__in=[Move.SUBMIT, Move.APPROVE, Move.REOPEN])
    else:
        reasons = _events(Explanation).filter(submission_id=submission.pk)
        parts.append(_keys(reasons, REASON, "pgh_id", _moment("given_at")))
        papers = PaperEntry.objects.filter(submission=submission)
        parts.append(_keys(papers, BEGUN, "pk", F("opened_at")))
        parts.append(_keys(papers.exclude(closed_at=None), KEYED, "pk", F("closed_at")))
        parts.append(_keys(papers.exclude(confirmed_at=None), CONFIRMED, "pk", F("confirmed_at")))
    parts.append(_keys(messages, QUESTION, "pk", F("at")))
    parts.append(_keys(moves, MOVE, "pk", F("at")))
    parts.append(_keys(levels, LEVEL, "pk", F("at")))
    return (
        _keys(answers, ANSWER, "pgh_id", _moment("changed_at"))
        .union(*parts, all=True)
        .order_by("-moment", "-kind", "-key")
    )


def lines_of(submission: Submission, keys: Iterable[Mapping[str, Any]]) -> list[HistoryLine]:
    """The lines of one page of `history_of`, in at most ten queries."""
    wanted: dict[str, list[str]] = defaultdict(list)
    order = [(key["kind"], key["key"]) for key in keys]
    for kind, key in order:
        wanted[kind].append(key)
    catalogue = catalogue_of(submission.round.catalogue)
    found: dict[tuple[str, str], HistoryLine] = {}
    found |= _answers(submission, catalogue, wanted[ANSWER])
    found |= _reasons(wanted[REASON])
    for message in QuestionMessage.objects.filter(pk__in=wanted[QUESTION]).select_related("by", "question"):
        label = catalogue.labels.get(message.question.code, message.question.code)
        title = _("Question: %(step)s") % {"step": message.get_step_display()}
        found[QUESTION, str(message.pk)] = HistoryLine(
            QUESTION,
            f"{title} · {label}",
            message.at,
            str(message.by),
            message.question.code,
            why=message.text,
        )
    for move in Transition.objects.filter(pk__in=wanted[MOVE]).select_related("by"):
        found[MOVE, str(move.pk)] = HistoryLine(
            MOVE, title_of(move), move.at, str(move.by or ""), why=move.comment, strong=True
        )
    found |= _levels(catalogue, wanted[LEVEL])
    found |= _papers({*wanted[BEGUN], *wanted[KEYED], *wanted[CONFIRMED]})
    return [found[key] for key in order if key in found]


def _levels(catalogue: Catalogue, keys: Sequence[str]) -> dict[tuple[str, str], HistoryLine]:
    """What was said of how far answers were checked: one line for each time, however many answers it was about."""
    found = {}
    for event in AuditEvent.objects.filter(pk__in=keys).select_related("actor") if keys else ():
        codes, label = event.data["codes"], VerificationLevel(event.data["level"]).label
        what = (
            catalogue.labels.get(codes[0], codes[0])
            if len(codes) == 1
            else ngettext("%(count)s answer", "%(count)s answers", len(codes)) % {"count": len(codes)}
        )
        title = f"{label}: {what}"
        found[LEVEL, str(event.pk)] = HistoryLine(
            LEVEL, title, event.at, str(event.actor or ""), why=event.reason
        )
    return found


def _is_level_alone() -> Exists:
    """Whether an event changed only how far an answer was checked: the answer's version stayed. See `_levels`."""
    before = _events(Answer).filter(
        pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"), version=OuterRef("version")
    )
    return Exists(before.filter(pgh_label="update") | before.filter(pgh_label="insert"))


def _papers(keys: set[str]) -> dict[tuple[str, str], HistoryLine]:
    """What was keyed from paper: begun, finished and confirmed, each under its own moment and name."""
    found = {}
    for entry in PaperEntry.objects.filter(pk__in=keys).select_related("opened_by", "confirmed_by"):
        assert isinstance(entry, PaperEntry)
        keyer, key = str(entry.opened_by), str(entry.pk)
        found[BEGUN, key] = HistoryLine(
            BEGUN, _("Keying from paper begun"), entry.opened_at, keyer, why=entry.reason
        )
        if entry.closed_at is not None:
            found[KEYED, key] = HistoryLine(KEYED, _("Keyed from paper"), entry.closed_at, keyer)
        if entry.confirmed_at is not None:
            found[CONFIRMED, key] = HistoryLine(
                CONFIRMED,
                _("What was keyed from paper confirmed"),
                entry.confirmed_at,
                str(entry.confirmed_by),
                strong=True,
            )
    return found


def _events(model: Any) -> QuerySet[Any]:
    events: QuerySet[Any] = model.pgh_event_model.objects.all()
    return events


def _moment(field: str) -> Case:
    """When it happened: a removed row still carries the moment of its last change."""
    return Case(When(pgh_label=REMOVED, then=F("pgh_created_at")), default=F(field))


def _keys(rows: QuerySet[Any], kind: str, key: str, moment: Any) -> QuerySet[Any]:
    text = CharField()
    return rows.order_by().values(kind=Value(kind, output_field=text), key=Cast(key, text), moment=moment)


def _answers(
    submission: Submission, catalogue: Catalogue, keys: Sequence[str]
) -> dict[tuple[str, str], HistoryLine]:
    before = (
        _events(Answer)
        .filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
        .order_by("-pgh_id")
    )
    events = list(
        _events(Answer)
        .filter(pgh_id__in=keys)
        .annotate(before_id=Subquery(before.values("pgh_id")[:1]))
        .select_related("pgh_context")
    )
    earlier = {one.pgh_id: one for one in _events(Answer).filter(pgh_id__in=[e.before_id for e in events])}
    names = _names(_who(event) for event in events)
    files = dict(
        Attachment.objects.filter(
            pk__in={one.file_id for one in [*events, *earlier.values()] if one.file_id is not None}
        ).values_list("pk", "name")
    )

    def words(event: Any) -> str:
        return _words(submission, catalogue.find(event.code), event, files) if event is not None else ""

    found = {}
    for event in events:
        removed = event.pgh_label == REMOVED
        old = earlier.get(event.before_id)
        was, now = words(old), "" if removed else words(event)
        note = event.note if not removed and event.note != (old.note if old is not None else "") else ""
        found[ANSWER, str(event.pgh_id)] = HistoryLine(
            kind=ANSWER,
            title=catalogue.labels.get(event.code, event.code),
            at=event.pgh_created_at if removed else event.changed_at,
            by=_called(event, names),
            code=event.code,
            old=was or (_("no answer") if old is None or was == "" else ""),
            new=now or _("no answer"),
            why="; ".join(filter(None, (note, _fallen(old, event)))),
            source=str(AnswerSource(event.source).label) if event.source in AnswerSource.values else "",
        )
    return found


def _fallen(old: Any, event: Any) -> str:
    """That an answer is no longer checked, since it changed."""
    if old is None or event.pgh_label == REMOVED or old.verification == event.verification:
        return ""
    return _("no longer “%(level)s”") % {"level": VerificationLevel(old.verification).label}


def _who(event: Any) -> UUID | None:
    """Who changed it; a removed row says so in its context alone."""
    if event.pgh_label != REMOVED:
        changed: UUID | None = event.changed_by_id if hasattr(event, "changed_by_id") else event.given_by_id
        return changed
    user = (event.pgh_context.metadata or {}).get("user") if event.pgh_context is not None else None
    return UUID(user) if user else None


def _called(event: Any, names: Mapping[UUID | None, str]) -> str:
    """Who changed it, by name; a guest acts in the name of the person who made the link, and both are told."""
    person = names.get(_who(event), "")
    guest = (event.pgh_context.metadata or {}).get("guest") if event.pgh_context is not None else None
    return _("%(guest)s (guest of %(person)s)") % {"guest": guest, "person": person} if guest else person


def _words(submission: Submission, part: Any, event: Any, files: Mapping[UUID, str]) -> str:
    if event.missing:
        return str(MissingReason(event.missing).label)
    if event.file_id is not None:
        return files.get(event.file_id, _("a file"))
    if not isinstance(part, Indicator) or part.type is IndicatorType.FILE:
        return event.text or ""
    return value_text(part, to_engine(part, event), submission.currency)


def _reasons(keys: Sequence[str]) -> dict[tuple[str, str], HistoryLine]:
    events = list(_events(Explanation).filter(pgh_id__in=keys).select_related("pgh_context"))
    names = _names(_who(event) for event in events)
    found = {}
    for event in events:
        removed = event.pgh_label == REMOVED
        title = (
            _("Reason for a warning taken back (%(rule)s)")
            if removed
            else _("Reason for a warning (%(rule)s)")
        )
        found[REASON, str(event.pgh_id)] = HistoryLine(
            kind=REASON,
            title=title % {"rule": event.rule},
            at=event.pgh_created_at if removed else event.given_at,
            by=names.get(_who(event), ""),
            why=event.reason,
        )
    return found


def _names(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    return {user.pk: str(user) for user in User.objects.filter(pk__in={pk for pk in ids if pk is not None})}
