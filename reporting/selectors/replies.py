"""Reads of the right of reply: the time for replies before an edition, who said what, and what still blocks."""

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.access import access_of
from members.enums import ConsentPurpose
from members.models import Association, Consent, User
from reporting.due import days_between
from reporting.enums import ReplyKind, ReturnState
from reporting.models import ChapterText, Release, Reply, ReplyWindow, Round, Story, Submission
from reporting.selectors.releases import Candidate, Preview, preview
from spm_portal.common.clocks import clock_of


class Block(StrEnum):
    """What still stands between a round and its publication."""

    TOO_FEW = "too_few"
    NOT_ASKED = "not_asked"
    OPEN = "open"
    NOT_SHOWN = "not_shown"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why a round cannot be published now, in words that say what to do."""

    kind: Block
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A named member and what it said in the newest time for replies, the oldest first."""

    candidate: Candidate
    replies: tuple[Reply, ...]

    @property
    def newest(self) -> Reply | None:
        """The word that counts."""
        return self.replies[-1] if self.replies else None


@dataclass(frozen=True)
class Hearing:
    """How the right of reply stands before the next edition of a round."""

    seen: Preview
    windows: tuple[ReplyWindow, ...]
    replies: tuple[Reply, ...]
    agreed_at: dict[UUID, datetime]
    published: Release | None = None

    @cached_property
    def named(self) -> tuple[Candidate, ...]:
        """Members that would count and be named."""
        return tuple(one for one in self.seen.counting if one.named)

    @property
    def window(self) -> ReplyWindow | None:
        """The newest time for replies before this edition."""
        return self.windows[-1] if self.windows else None

    def is_open(self, at: datetime) -> bool:
        """Whether members may reply at this moment; the very moment of closing is still in time."""
        return self.window is not None and is_open(self.window, at)

    @cached_property
    def heard(self) -> tuple[Heard, ...]:
        """Each named member with what it said in the newest time for replies."""
        said: dict[UUID, list[Reply]] = {}
        for one in self.replies:
            if self.window is not None and one.window_id == self.window.pk:
                said.setdefault(one.institution_id, []).append(one)
        return tuple(Heard(one, tuple(said.get(one.institution.pk, ()))) for one in self.named)

    @property
    def replied(self) -> int:
        """Named members that said something."""
        return sum(bool(one.replies) for one in self.heard)

    @property
    def everybody_replied(self) -> bool:
        """Whether nobody is left to wait for."""
        return bool(self.heard) and self.replied == len(self.heard)

    @cached_property
    def unanswered(self) -> tuple[Reply, ...]:
        """Corrections that staff have not answered."""
        return tuple(
            one for one in self.replies if one.kind == ReplyKind.CORRECTION and one.answered_at is None
        )

    @cached_property
    def not_shown(self) -> tuple[Candidate, ...]:
        """Named members whose figures, or whose agreement to be named, are newer than the time for replies."""
        if self.window is None:
            return ()
        end = ended(self.window)
        return tuple(
            one
            for one in self.named
            if one.submission.state_since > end or self.agreed_at.get(one.institution.pk, end) > end
        )

    def blockers(self, at: datetime) -> tuple[Blocker, ...]:
        """What stands between the named members' right and publication, in the order in which it is to be done."""
        if self.seen.round.imported:
            return ()
        found = []
        if self.named and self.window is None:
            found.append(Blocker(Block.NOT_ASKED, _not_asked(len(self.named), self.published)))
        elif self.named and self.window is not None and self.is_open(at):
            found.append(Blocker(Block.OPEN, self._still_open(self.window)))
        elif self.not_shown:
            found.append(Blocker(Block.NOT_SHOWN, _not_shown(self.not_shown)))
        if self.unanswered:
            found.append(Blocker(Block.UNANSWERED, _unanswered(len(self.unanswered))))
        return tuple(found)

    def _still_open(self, window: ReplyWindow) -> str:
        zone = self.seen.round.association.time_zone
        return _(
            "Named members may reply until %(moment)s. %(replied)d of %(named)d have. Publishing waits until then, "
            "until all have replied, or until a manager ends it with a reason."
        ) % {"moment": clock_of(window.closes_at, zone), "replied": self.replied, "named": len(self.named)}


def hearing_of(of_round: Round, seen: Preview | None = None) -> Hearing:
    """The right of reply before the round's next edition; a constant number of queries."""
    seen = seen or preview(of_round)
    published = Release.objects.filter(round=of_round).order_by("-number").first()
    windows = ReplyWindow.objects.filter(round=of_round).order_by("opened_at", "pk")
    if published is not None:
        windows = windows.filter(opened_at__gt=published.published_at)
    found = tuple(windows)
    agreed = Consent.objects.live().filter(association=of_round.association_id, purpose=ConsentPurpose.NAMED)
    return Hearing(
        seen=seen,
        windows=found,
        replies=tuple(
            Reply.objects.filter(window__in=[one.pk for one in found])
            .select_related("institution", "submission", "by", "answered_by")
            .order_by("at", "pk")
        ),
        agreed_at=dict(agreed.values_list("institution_id", "given_at")),
        published=published,
    )


def heard_of(of_round: Round) -> Hearing | None:
    """How the right of reply stands, where a time for replies was opened before the next edition; else nothing."""
    if not ReplyWindow.objects.filter(round=of_round).exists():
        return None
    found = hearing_of(of_round)
    return found if found.window else None


def blockers(hearing: Hearing, at: datetime) -> tuple[Blocker, ...]:
    """Everything that stands between a round and its publication at this moment."""
    seen = hearing.seen
    few: tuple[Blocker, ...] = ()
    if not seen.enough:
        words = ngettext(
            "%(count)d contributor would count so far; at least %(minimum)d are needed.",
            "%(count)d contributors would count so far; at least %(minimum)d are needed.",
            seen.owners,
        ) % {"count": seen.owners, "minimum": seen.minimum}
        few = (Blocker(Block.TOO_FEW, words),)
    return (*few, *hearing.blockers(at))


def is_open(window: ReplyWindow, at: datetime) -> bool:
    """Whether a time for replies runs; its last moment belongs to it."""
    return window.ended_at is None and window.opened_at <= at <= window.closes_at


def ended(window: ReplyWindow) -> datetime:
    """When a time for replies ended, or will end if nothing happens."""
    return min(window.closes_at, window.ended_at or window.closes_at)


def said_by(submission: Submission) -> QuerySet[Reply]:
    """Everything that an MFI said about one return, before whichever edition, the oldest first."""
    return (
        Reply.objects.filter(submission=submission)
        .select_related("institution", "by", "answered_by")
        .order_by("at", "pk")
    )


def comments_of(hearing: Hearing) -> list[dict[str, Any]]:
    """What named members want published with the edition: the newest comment of each, unless it said later that
    there is nothing to add; with the answer of staff."""
    named = {one.institution.pk for one in hearing.named}
    newest: dict[UUID, Reply] = {}
    for one in hearing.replies:
        if one.institution_id in named and one.kind != ReplyKind.CORRECTION:
            newest[one.institution_id] = one
    said = [one for one in newest.values() if one.kind == ReplyKind.COMMENT]
    return [
        {
            "institution": str(one.institution_id),
            "name": one.institution.name,
            "text": one.text,
            "at": one.at.isoformat(),
            "answer": one.answer,
        }
        for one in sorted(said, key=lambda one: (one.institution.name, str(one.institution_id)))
    ]


def asked_until(submission: Submission, at: datetime) -> datetime | None:
    """Until when this MFI may reply, where it is named and a time for replies runs."""
    if submission.state != ReturnState.APPROVED:
        return None
    window = windows_running(at).filter(round=submission.round_id).order_by("-opened_at").first()
    named = Consent.objects.live().filter(
        association=submission.association_id,
        institution=submission.institution_id,
        purpose=ConsentPurpose.NAMED,
    )
    return window.closes_at if window is not None and named.exists() else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A return of a named MFI whose people may reply now: until when, and what it said in this time for replies."""

    submission: Submission
    closes_at: datetime
    days_left: int
    may_reply: bool
    said: Reply | None = None

    @property
    def closes(self) -> str:
        """The last moment by the clocks of the association."""
        return clock_of(self.closes_at, self.submission.association.time_zone, weekday=True)


def asked_of(user: User, association: Association, *, at: datetime) -> Sequence[Asked]:
    """Where the person's MFIs may reply now, soonest closing first; three queries, one where no time runs."""
    running = {one.round_id: one for one in windows_running(at).filter(association=association)}
    if not running:
        return ()
    access, zone = access_of(user), zoneinfo.ZoneInfo(association.time_zone)
    agreed = Consent.objects.live().filter(association=association, purpose=ConsentPurpose.NAMED)
    returns = (
        Submission.objects.visible_to(user)
        .filter(
            association=association,
            round__in=running,
            institution__in=access.works_for,
            institution_id__in=agreed.values("institution_id"),
            state=ReturnState.APPROVED,
        )
        .select_related("association", "institution", "round")
        .order_by("institution__name", "pk")
    )
    said = {
        one.submission_id: one
        for one in Reply.objects.filter(
            window__in=[one.pk for one in running.values()], institution__in=access.works_for
        ).order_by("at", "pk")
    }
    found = [
        Asked(
            submission=one,
            closes_at=window.closes_at,
            days_left=max(0, days_between(at, window.closes_at, zone)),
            may_reply=one.institution_id in access.signs,
            said=said.get(one.pk),
        )
        for one in returns
        for window in [running[one.round_id]]
    ]
    return sorted(found, key=lambda one: one.closes_at)


def windows_running(at: datetime) -> QuerySet[ReplyWindow]:
    """Times for replies that run at this moment."""
    return ReplyWindow.objects.filter(ended_at=None, opened_at__lte=at, closes_at__gte=at).select_related(
        "round__association"
    )


def windows_over(since: datetime, at: datetime) -> QuerySet[ReplyWindow]:
    """Times for replies whose last moment passed since then."""
    return ReplyWindow.objects.filter(ended_at=None, closes_at__lt=at, closes_at__gte=since).select_related(
        "round__association"
    )


@dataclass(frozen=True, slots=True)
class Naming:
    """A text of the coming report that names a member."""

    title: str
    text: str


def texts_naming(submission: Submission) -> Sequence[Naming]:
    """Editors' words and cases of the round that are about this MFI or name it."""
    institution = submission.institution
    names = Q(text__icontains=institution.name)
    if institution.short_name:
        names |= Q(text__icontains=institution.short_name)
    of_round = submission.round_id
    chapters = ChapterText.objects.filter(names, round=of_round).order_by("chapter", "language")
    stories = Story.objects.filter(names | Q(institution=institution), round=of_round)
    return [
        *(Naming(f"{one.chapter} ({one.language})", one.text) for one in chapters),
        *(Naming(one.title, one.text) for one in stories.order_by("position", "pk")),
    ]


def _not_asked(count: int, published: Release | None) -> str:
    words = ngettext(
        "%(count)d member would be named and was not asked yet. Open the time for replies.",
        "%(count)d members would be named and were not asked yet. Open the time for replies.",
        count,
    ) % {"count": count}
    if published is None:
        return words
    before = _("Edition %(number)d is published; a new edition is shown to named members first.")
    return before % {"number": published.number} + " " + words


def _not_shown(members: Sequence[Candidate]) -> str:
    return _(
        "Since the time for replies the figures changed, or the agreement to be named was given, of: %(members)s. "
        "Open the time for replies once more."
    ) % {"members": ", ".join(one.institution.label for one in members)}


def _unanswered(count: int) -> str:
    return ngettext(
        "%(count)d correction that a member asked for has no answer.",
        "%(count)d corrections that members asked for have no answer.",
        count,
    ) % {"count": count}
