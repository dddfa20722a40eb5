"""Who passed a session: attendance and the test after it, against what the course asks for."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from spm_portal.common.numbers import format_percent
from training.enums import RegistrationState, TestStage
from training.models import Certificate, Registration, TestSheet, TrainingSession
from training.selectors.attendance import attended_share


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who had a seat: shares in percent, `lacks` says in sentences what is missing for a certificate."""

    registration: Registration
    attended: int
    score: Decimal | None
    lacks: tuple[str, ...]
    certificate: Certificate | None

    @property
    def passed(self) -> bool:
        """Whether nothing is missing."""
        return not self.lacks


def passing(session: TrainingSession) -> list[Candidate]:
    """Everybody with a seat, by name. Takes the same number of queries however many there are."""
    seats = list(
        Registration.objects.filter(session=session, state=RegistrationState.CONFIRMED)
        .select_related("participant", "institution")
        .order_by("participant__name", "pk")
    )
    keys = [one.pk for one in seats]
    attended = attended_share(keys)
    scores = dict(
        TestSheet.objects.filter(registration__in=keys, stage=TestStage.POST).values_list(
            "registration_id", "score"
        )
    )
    held = {
        one.registration_id: one
        for one in Certificate.objects.filter(
            registration__in=keys, revoked_at__isnull=True, renews__isnull=True
        )
    }
    course = session.course
    return [
        Candidate(
            registration=one,
            attended=attended.get(one.pk, 0),
            score=scores.get(one.pk),
            lacks=_lacks(
                attended.get(one.pk, 0), scores.get(one.pk), course.needed_attendance, course.pass_mark
            ),
            certificate=held.get(one.pk),
        )
        for one in seats
    ]


def _lacks(attended: int, score: Decimal | None, needed: int, pass_mark: int | None) -> tuple[str, ...]:
    found = []
    if attended < needed:
        found.append(
            _("Was there %(attended)s of the time; the course asks for %(needed)s.")
            % {"attended": _percent(attended), "needed": _percent(needed)}
        )
    if pass_mark is not None and score is None:
        found.append(_("Has not taken the test after the session."))
    elif pass_mark is not None and score is not None and score < pass_mark:
        found.append(
            _("Scored %(score)s in the test; the course asks for %(needed)s.")
            % {"score": _percent(score), "needed": _percent(pass_mark)}
        )
    return tuple(found)


def _percent(value: Decimal | int) -> str:
    return format_percent(value, language=get_language() or "en", decimals=0)
