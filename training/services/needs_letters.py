"""Mails to members about a needs assessment: that it is open, and once before it closes."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from members.models import User
from members.selectors.readers import people_of_each
from members.services.letters import Letter, letter, tell
from spm_portal.common.clocks import clock_of
from spm_portal.common.origin import address_of
from training.models import NeedsSurvey


def opened(survey: NeedsSurvey, institutions: Iterable[UUID], *, at: datetime) -> None:
    """Ask the people of these members to say what they need."""

    def words(_reader: User) -> Letter:
        facts = _facts(survey)
        return letter(
            _("%(association)s asks what you need: %(title)s") % facts,
            _("Tell us which topics your people need training or help with, for how many, and how urgently.")
            % facts,
            "",
            _("It takes five minutes. Please answer by %(closes)s:\n%(page)s") % facts,
        )

    _tell(survey, institutions, words, "needs.opened", at)


def reminded(survey: NeedsSurvey, institutions: Iterable[UUID], *, at: datetime) -> int:
    """Remind the people of members that have not replied; nobody twice about the same assessment."""

    def words(_reader: User) -> Letter:
        facts = _facts(survey)
        return letter(
            _("Still open: %(title)s") % facts,
            _("%(association)s plans its training by what members reply. Your MFI has not replied yet.")
            % facts,
            "",
            _("Please answer by %(closes)s:\n%(page)s") % facts,
        )

    return _tell(survey, institutions, words, "needs.reminder", at)


def _facts(survey: NeedsSurvey) -> dict[str, str]:
    return {
        "association": survey.association.name,
        "title": survey.title,
        "closes": clock_of(survey.closes_at, survey.association.time_zone),
        "page": address_of("needs_survey", survey.association.slug, survey.pk),
    }


def _tell(
    survey: NeedsSurvey, institutions: Iterable[UUID], words: object, purpose: str, at: datetime
) -> int:
    people = {user.pk: user for users in people_of_each(institutions).values() for user in users}
    return tell(
        people.values(),
        words,  # type: ignore[arg-type]
        purpose=purpose,
        about=survey.pk,
        at=at,
        association_id=survey.association_id,
    )
