"""Writing one rater's scores: version-checked, so that no older page writes over a newer word; handing them in."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capacity.enums import Stage
from capacity.frameworks import Framework, Item
from capacity.models import Rater, Score
from capacity.selectors.frameworks import framework_of
from capacity.selectors.rating import Lack, raters, scores_herself, sheet_of
from capacity.services.assessments import locked_assessment
from capacity.services.raters import link_lives
from members.access import forget
from members.enums import Role
from members.models import RoleAssignment, User
from members.services.letters import Letter, letter, tell
from spm_portal.common.audit import acting, record
from spm_portal.common.origin import address_of
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line, paragraphs

MAX_REASON, MAX_NOTE = 500, 4000


class RatingForbidden(Refused):
    """The person may not score here, or nobody may now."""


class Incomplete(Refused):
    """Something is missing before everything can be handed in; `missing` names the items with what they need."""

    def __init__(self, missing: Sequence[tuple[Item, Lack]]) -> None:
        self.missing = tuple(missing)
        super().__init__(
            ngettext(
                "Not handed in: %(number)s item still needs something. It is listed here.",
                "Not handed in: %(number)s items still need something. They are listed here.",
                len(self.missing),
            )
            % {"number": len(self.missing)}
        )


@dataclass(frozen=True, slots=True)
class Word:
    """What a rater says of an item; `version` is the one that was on the screen (0: no score yet)."""

    item: str
    level: int | None = None
    not_applicable: bool = False
    reason: str = ""
    note: str = ""
    version: int = 0


@dataclass
class SaveResult:
    """What became of the words, by item; `scores` are as they stand now."""

    saved: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    clashes: dict[str, Score | None] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether every word is stored now."""
        return not self.clashes and not self.refused


def save_scores(
    *, rater_id: UUID, words: Iterable[Word], by: User | None, at: datetime, source: str = "page"
) -> SaveResult:
    """Save what one rater says, each item for itself; `by` None stands for the rater whose link was opened.

    A word typed on an older version is not written but told as a clash, unless it says the same. An unknown item, a
    level outside the scale, and "not applicable" without a reason are refused with a sentence; the other words are
    saved all the same. Raises RatingForbidden.
    """
    with transaction.atomic(), _scoring(rater_id, by, at, source) as rater:
        _allow_changes(rater)
        result = _write(rater, list(words), at)
        _tell_trail(rater, result, by, at, source)
    return result


def import_scores(*, rater_id: UUID, words: Iterable[Word], by: User, at: datetime) -> SaveResult:
    """Write the scores of a workbook: all or none. Raises RatingForbidden, and Refused with what is in the way."""
    with transaction.atomic(), _scoring(rater_id, by, at, "workbook") as rater:
        _allow_changes(rater)
        result = _write(rater, list(words), at)
        if not result.is_clean:
            told = [f"{code}: {text}" for code, text in result.refused.items()]
            told += [
                _("%(item)s: the score was changed since the file was read.") % {"item": code}
                for code in result.clashes
            ]
            raise Refused("\n".join([_("Nothing was written. Upload the file again."), *told]))
        _tell_trail(rater, result, by, at, "workbook")
    return result


def hand_in(*, rater_id: UUID, by: User | None, at: datetime) -> Rater:
    """Hand in a rater's scores; a second time changes nothing. Raises Incomplete, RatingForbidden."""
    with transaction.atomic(), _scoring(rater_id, by, at, "page") as rater:
        if rater.submitted_at is not None:
            return rater
        _allow_changes(rater)
        sheet = sheet_of(rater)
        if sheet.missing:
            raise Incomplete(sheet.missing)
        rater.submitted_at = at
        rater.save(update_fields=["submitted_at"])
        _record("capacity.scores_handed_in", rater, by, at)
        _tell_all_in(rater, at)
    return rater


def reopen(*, rater_id: UUID, by: User | None, at: datetime) -> Rater:
    """Take back what was handed in, to change it while the others score. Raises RatingForbidden.

    Staff who handed in may read what others gave on paper: from then on their own scores stay, as they would no longer
    be made alone.
    """
    with transaction.atomic(), _scoring(rater_id, by, at, "page") as rater:
        if rater.submitted_at is None:
            return rater
        if rater.assessment.stage != Stage.RATING:
            raise RatingForbidden(_("The session has begun: scores stay as they were handed in."))
        if rater.user_id is not None and _has_seen_paper(rater):
            raise RatingForbidden(
                _(
                    "Scores given on paper are keyed in since, and you can read them: so yours stay as you handed them"
                    " in."
                )
            )
        rater.submitted_at = None
        rater.save(update_fields=["submitted_at"])
        _record("capacity.scores_reopened", rater, by, at)
    return rater


def check_word(framework: Framework, word: Word) -> str:
    """What is wrong with a word; empty where nothing is."""
    if not framework.has(word.item):
        return _("The framework has no item “%(item)s”.") % {"item": word.item[:60]}
    if word.not_applicable and word.level is not None:
        return _("An item has a level or does not apply, not both. Choose one.")
    if word.level is None and not word.not_applicable:
        return _("Choose a level, or say that the item does not apply.")
    if word.level is not None and word.level not in framework.levels:
        return _("There is no level %(level)s: the scale goes from %(lowest)s to %(highest)s.") % {
            "level": word.level,
            "lowest": framework.levels[0],
            "highest": framework.highest,
        }
    if word.not_applicable and not one_line(word.reason):
        return _("Say why the item does not apply to your association.")
    if len(word.reason) > MAX_REASON:
        return _("The reason has %(count)s characters, more than %(limit)s. Shorten it.") % {
            "count": len(word.reason),
            "limit": MAX_REASON,
        }
    if len(word.note) > MAX_NOTE:
        return _("The note has %(count)s characters, more than %(limit)s. Shorten it.") % {
            "count": len(word.note),
            "limit": MAX_NOTE,
        }
    return ""


def allow_scoring(rater: Rater, by: User | None, *, at: datetime) -> None:
    """Raise RatingForbidden unless this person, or the opener of the link (`by` None), may see and fill in the form."""
    if rater.removed_at is not None:
        raise RatingForbidden(_("You are not among the raters any more."))
    if by is None:
        if not link_lives(rater, at=at):
            raise RatingForbidden(_("The link has ended."))
        return
    if by.has_perm("capacity.rate", rater) and by.has_perm(
        "capacity.view_capacity", rater.assessment.association
    ):
        return
    if not rater.on_paper or not by.has_perm("capacity.key_scores", rater):
        raise RatingForbidden(_("These are somebody else's scores."))
    if scores_herself(rater.assessment_id, by):
        raise RatingForbidden(
            _("Hand in your own scores first: then you may key in what others wrote on paper.")
        )


@contextmanager
def _scoring(rater_id: UUID, by: User | None, at: datetime, source: str) -> Iterator[Rater]:
    """The rater under the lock of the assessment, if this person scores here; history is told who."""
    assessment = locked_assessment(Rater.objects.values_list("assessment_id", flat=True).get(pk=rater_id))
    rater: Rater = raters().get(pk=rater_id)
    rater.assessment = assessment
    if by is not None:
        forget(by)
    allow_scoring(rater, by, at=at)
    with pghistory.context(rater=str(rater.pk)), acting(by, source=source):
        yield rater


def _allow_changes(rater: Rater) -> None:
    if rater.assessment.stage != Stage.RATING:
        raise RatingForbidden(_("The session has begun: scores stay as they were handed in."))
    if rater.submitted_at is not None:
        raise RatingForbidden(_("These scores are handed in. Open them again to change them."))


def _write(rater: Rater, words: Sequence[Word], at: datetime) -> SaveResult:
    framework = framework_of(rater.assessment.framework)
    kept = {score.item: score for score in Score.objects.filter(rater=rater)}
    result = SaveResult(scores=kept)
    for word in words:
        fault = check_word(framework, word)
        if fault:
            result.refused[word.item] = fault
            continue
        score = kept.get(word.item)
        said = {
            "level": word.level,
            "not_applicable": word.not_applicable,
            "reason": one_line(word.reason) if word.not_applicable else "",
            "note": paragraphs(word.note),
        }
        if score is not None and all(getattr(score, name) == value for name, value in said.items()):
            result.same.append(word.item)
        elif word.version != (score.version if score is not None else 0):
            result.clashes[word.item] = score
        else:
            kept[word.item] = _put(rater, word.item, score, said, at)
            result.saved.append(word.item)
    return result


def _put(
    rater: Rater, item: str, score: Score | None, said: dict[str, int | bool | str | None], at: datetime
) -> Score:
    if score is None:
        score = Score(
            association_id=rater.association_id,
            assessment_id=rater.assessment_id,
            rater=rater,
            item=item,
            version=0,
        )
    for name, value in said.items():
        setattr(score, name, value)
    score.version += 1
    score.saved_at = at
    score.save()
    return score


def _tell_trail(rater: Rater, result: SaveResult, by: User | None, at: datetime, source: str) -> None:
    if not result.saved:
        return
    if rater.token_hash is not None and by is None:
        Rater.objects.filter(pk=rater.pk).update(last_used_at=at)
    verb = "capacity.scores_keyed" if rater.on_paper else "capacity.scores_saved"
    _record(verb, rater, by, at, items=list(result.saved), source=source)


def _has_seen_paper(rater: Rater) -> bool:
    """Whether scores given on paper are here: whoever handed in may read them while keying."""
    return Score.objects.filter(
        rater__assessment=rater.assessment, rater__on_paper=True, rater__removed_at=None
    ).exists()


def _tell_all_in(rater: Rater, at: datetime) -> None:
    """Tell the managers once that the session can be held; anew after somebody reopened and handed in again."""
    assessment = rater.assessment
    if Rater.objects.filter(assessment=assessment, removed_at=None, submitted_at=None).exists():
        return
    managers = RoleAssignment.objects.live().filter(
        association_id=assessment.association_id, role=Role.ASSOCIATION_MANAGER
    )
    page = address_of("assessment", assessment.association.slug, assessment.pk)

    def words(_reader: User) -> Letter:
        values = {"title": assessment.title}
        return letter(
            _("All raters of “%(title)s” have handed in") % values,
            _("All raters of “%(title)s” have handed in. The session can begin.") % values,
            "",
            page,
        )

    tell(
        User.objects.filter(pk__in=managers.values("user_id")).order_by("email"),
        words,
        purpose="capacity.all_handed_in",
        about=f"{assessment.pk}:{at:%Y-%m-%dT%H:%M}",
        at=at,
        association_id=assessment.association_id,
    )


def _record(verb: str, rater: Rater, by: User | None, at: datetime, **data: Any) -> None:
    record(
        verb,
        rater,
        by=by,
        at=at,
        association_id=rater.association_id,
        assessment=str(rater.assessment_id),
        **data,
    )
