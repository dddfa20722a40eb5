"""Taking the short test of a course before and after a session: by the person, or keyed in by staff from paper."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import User
from members.services.permission import permit
from spm_portal.common.audit import acting, record
from spm_portal.common.clocks import clock_of
from spm_portal.common.refusal import Refused
from training.enums import TestStage
from training.models import Registration, TestSheet
from training.scoring import cleaned, score, unanswered
from training.selectors.own_learning import keys_of, questions_of, takes_steps, window_of_test


class Unfinished(Refused):
    """Questions that have no answer yet; `missing` are their ids, in order."""

    def __init__(self, missing: Sequence[str], places: Sequence[int]) -> None:
        words = ngettext(
            "Question %(numbers)s has no answer yet. Answer it, then send the test; what you chose is kept below.",
            "Questions %(numbers)s have no answer yet. Answer them, then send the test; what you chose is kept "
            "below.",
            len(missing),
        )
        super().__init__(words % {"numbers": ", ".join(str(place) for place in places)})
        self.missing = tuple(missing)


def take(
    *, registration_id: UUID, stage: str, answers: Mapping[str, Sequence[int]], by: User | None, at: datetime
) -> TestSheet:
    """Keep a person's answers and score them; `by` is the person of the staff who keys in a test on paper, None for
    the person whose link it is.

    One try each: the same answers once more give the sheet that is there. Raises Unfinished, Refused, and
    PermissionDenied.
    """
    with transaction.atomic(), acting(by):
        registration = _locked(registration_id)
        if by is not None:
            permit(by, "training.run_session", registration.session)
        if stage not in TestStage.values:
            raise Refused(_("There is a test before and a test after the session."))
        if not takes_steps(registration):
            raise Refused(_("Tests are for people who have a seat in a session that takes place."))
        questions = questions_of(registration)
        keys = keys_of(questions)
        kept = cleaned(keys, answers)
        there = TestSheet.objects.filter(registration=registration, stage=stage).first()
        if there is not None:
            if there.answers == kept:
                return there
            raise Refused(
                _("This test was taken already; everybody has one try. The first answers are kept.")
            )
        if not questions:
            raise Refused(_("This course has no test."))
        _check_window(registration, stage, at, on_paper=by is not None)
        missing = unanswered(keys, kept)
        if missing:
            places = [place for place, key in enumerate(keys, 1) if key.question in missing]
            raise Unfinished(missing, places)
        sheet = TestSheet.objects.create(
            association_id=registration.association_id,
            registration=registration,
            stage=stage,
            answers=kept,
            score=score(keys, kept),
            taken_at=at,
            keyed_by=by,
        )
        record(
            "training.test_taken",
            sheet,
            by=by,
            at=at,
            association_id=registration.association_id,
            registration=str(registration.pk),
            stage=stage,
            on_paper=by is not None,
        )
    return sheet


def _locked(pk: UUID) -> Registration:
    """The registration, so that a second sending waits for the first."""
    rows = Registration.objects.select_related("session__course", "participant").select_for_update(
        of=("self",)
    )
    found: Registration = rows.get(pk=pk)
    return found


def _check_window(registration: Registration, stage: str, at: datetime, *, on_paper: bool) -> None:
    window = window_of_test(registration, stage)
    zone = registration.session.time_zone
    if at < window.starts_at:
        raise Refused(
            _("This test opens on %(when)s.") % {"when": clock_of(window.starts_at, zone, weekday=True)}
        )
    # what was written on paper in time may be keyed in later
    if at >= window.ends_at and not on_paper:
        raise Refused(
            _(
                "This test closed on %(when)s. If you took it on paper, the association’s staff can still key "
                "it in."
            )
            % {"when": clock_of(window.ends_at, zone, weekday=True)}
        )
