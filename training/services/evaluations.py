"""Evaluations by participants after a session and six months later, and the mails that ask for them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.services.letters import Letter, letter
from spm_portal.common.audit import acting, record
from spm_portal.common.clocks import clock_of
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import paragraphs
from training.enums import EvaluationStage, RegistrationState, SessionState
from training.evaluating import QUESTIONS, marks, without_mark
from training.models import Evaluation, Registration, SessionNotice, SessionTrainer, TrainingSession
from training.selectors.attendance import took_part
from training.selectors.own_learning import takes_steps
from training.services.person_links import link_of
from training.services.session_letters import to_person
from training.windows import asking_window, evaluation_window

MAX_WORDS = 2000
TEXTS = ("liked", "missed", "applied")


class Unmarked(Refused):
    """Sentences or trainers that need a mark; `codes` are those of sentences, `trainers` the ids of trainers."""

    def __init__(self, codes: list[str], trainers: list[str]) -> None:
        super().__init__(
            _("Choose a mark from 1 to 5 everywhere, then send; what you chose and wrote is kept below.")
        )
        self.codes, self.trainers = tuple(codes), tuple(trainers)


def give(
    *,
    registration_id: UUID,
    stage: str,
    ratings: Mapping[str, Any],
    trainers: Mapping[str, Any],
    texts: Mapping[str, str],
    by: None = None,
    at: datetime,
) -> Evaluation:
    """Keep what the person of a registration thinks; once for each stage, the same once more is harmless.

    Nobody but the opener of the person's link gives it (`by` is None). `ratings` maps codes of sentences to marks,
    `trainers` ids of trainers; `texts` has liked, missed and applied.
    Raises Unmarked and Refused.
    """
    with transaction.atomic(), acting(None):
        rows = Registration.objects.select_related("session").select_for_update(of=("self",))
        registration: Registration = rows.get(pk=registration_id)
        if stage not in EvaluationStage.values:
            raise Refused(_("Sessions are evaluated after they end and six months later."))
        if not takes_steps(registration):
            raise Refused(_("Evaluations are for people who had a seat in a session that takes place."))
        experts = trainers_asked(registration.session, stage)
        said = {name: paragraphs(texts.get(name, "")) for name in TEXTS}
        fields = {
            "ratings": marks(QUESTIONS[stage], ratings),
            "trainers": marks([str(pk) for pk in experts], trainers),
            **said,
        }
        there = Evaluation.objects.filter(registration=registration, stage=stage).first()
        if there is not None:
            if all(getattr(there, name) == value for name, value in fields.items()):
                return there
            raise Refused(_("You evaluated this already, thank you. Your first answers are kept."))
        _check_window(registration.session, stage, at)
        codes = without_mark(QUESTIONS[stage], ratings)
        unrated = without_mark([str(pk) for pk in experts], trainers)
        if codes or unrated:
            raise Unmarked(codes, unrated)
        if any(len(words) > MAX_WORDS for words in said.values()):
            raise Refused(
                _("Please say it in at most %(limit)d characters for each question.") % {"limit": MAX_WORDS}
            )
        made = Evaluation.objects.create(
            association_id=registration.association_id,
            registration=registration,
            stage=stage,
            given_at=at,
            **fields,
        )
        record(
            "training.evaluation_given",
            made,
            by=None,
            at=at,
            association_id=registration.association_id,
            session=str(registration.session_id),
            stage=stage,
        )
    return made


def trainers_asked(session: TrainingSession, stage: str) -> dict[UUID, str]:
    """The trainers who are rated, by name; after six months nobody is asked about them again."""
    if stage != EvaluationStage.AFTER:
        return {}
    taught = SessionTrainer.objects.filter(session=session).order_by("expert__name", "pk")
    return dict(taught.values_list("expert_id", "expert__name"))


def ask_due(*, at: datetime) -> int:
    """Write to everybody whose evaluation is due at a moment, each once for each stage; how many mails were new."""
    return sum(_ask(stage, at) for stage in EvaluationStage.values)


def _ask(stage: str, at: datetime) -> int:
    step, new = f"evaluation_{stage}", 0
    longest = asking_window(stage, at)
    ended = (at - (longest.ends_at - at), at - (longest.starts_at - at))
    due = took_part(
        Registration.objects.filter(
            session__state__in=(SessionState.ANNOUNCED, SessionState.HELD),
            session__ends_at__gt=ended[0],
            session__ends_at__lte=ended[1],
            participant__erased_at__isnull=True,
        )
    )
    due = due.exclude(evaluations__stage=stage).exclude(notices__step=step).order_by("pk")
    for pk in due.values_list("pk", flat=True):
        new += _ask_one(pk, stage, step, at)
    return new


def _ask_one(pk: UUID, stage: str, step: str, at: datetime) -> bool:
    """Write one mail and its row of the ledger; nothing where another worker did or the seat is gone by now."""
    with transaction.atomic():
        rows = Registration.objects.select_related("association", "session", "participant")
        one: Registration = rows.select_for_update(of=("self",)).get(pk=pk)
        if one.state != RegistrationState.CONFIRMED:
            return False
        _notice, is_new = SessionNotice.objects.get_or_create(
            association_id=one.association_id,
            session=one.session,
            registration=one,
            step=step,
            defaults={"at": at},
        )
        if is_new:
            _write(one, stage, at)
    return is_new


def _write(one: Registration, stage: str, at: datetime) -> None:
    session, link = one.session, link_of(one)
    until = evaluation_window(stage, session.ends_at).ends_at

    def words() -> Letter:
        values = {
            "name": one.participant.name,
            "title": session.title,
            "association": one.association.label,
            "until": clock_of(until, session.time_zone),
        }
        after = stage == EvaluationStage.AFTER
        subject = (
            _("What did you think of “%(title)s”?")
            if after
            else _("Six months later: what came of “%(title)s”?")
        )
        asks = (
            _(
                "Thank you for having been at “%(title)s”. Please tell us what you think of it; it takes two minutes."
            )
            if after
            else _(
                "Half a year ago you were at “%(title)s”. Please tell us what you could use of it, and what stood "
                "in the way; it takes two minutes."
            )
        )
        return letter(
            subject % values,
            _("Hello %(name)s,") % values,
            "",
            asks % values,
            "",
            link,
            "",
            _("You can answer until %(until)s. Staff and trainers see the answers without names.") % values,
            _("The link is for you alone: please do not pass it on."),
        )

    to_person(one, words, purpose="training.evaluation", about=stage, at=at)


def _check_window(session: TrainingSession, stage: str, at: datetime) -> None:
    window = evaluation_window(stage, session.ends_at)
    if at < window.starts_at:
        raise Refused(
            _("You can answer from %(when)s on.")
            % {"when": clock_of(window.starts_at, session.time_zone, weekday=True)}
        )
    if at >= window.ends_at:
        raise Refused(
            _("These questions closed on %(when)s.")
            % {"when": clock_of(window.ends_at, session.time_zone, weekday=True)}
        )
