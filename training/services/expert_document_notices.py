"""Mails about documents of experts that expire: to staff, and to the expert; each step once, by the ledger of mails."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import User
from members.selectors.readers import staff_of
from members.services.letters import Letter, letter, tell, tell_address
from spm_portal.common.origin import address_of
from training.lifetimes import STEPS, newest_step
from training.models import Expert, ExpertDocument
from training.selectors.roster import documents_ending

PURPOSE = "training.document_ends"


def send_due(*, at: datetime) -> int:
    """Tell of documents that expire in 90, 60, 30 or 7 days; how many mails to staff were new.

    Run as often as wanted: the ledger knows each step of each day, and a later day of the same document begins anew.
    After an outage only the newest missed step is sent.
    """
    horizon = (at + timedelta(days=STEPS[0] + 1)).date()
    return sum(_remind(one, at) for one in documents_ending(((at - timedelta(days=1)).date(), horizon)))


def _remind(document: ExpertDocument, at: datetime) -> int:
    expert, ends = document.expert, document.expires_on
    zone = ZoneInfo(expert.association.time_zone)
    if ends is None:
        return 0
    kept_on = document.uploaded_at.astimezone(zone).date()
    step = newest_step(ends, today=at.astimezone(zone).date(), issued_on=kept_on)
    if step is None:
        return 0
    about = f"{document.pk}:{ends}:{step}"
    _tell_expert(expert, _words_of_expert(document, ends), about, at)
    return tell(
        staff_of(expert.association_id),
        _words_of_staff(document, ends),
        purpose=PURPOSE,
        about=about,
        at=at,
        association_id=expert.association_id,
    )


def _tell_expert(expert: Expert, words: Callable[..., Letter], about: str, at: datetime) -> None:
    """By account in the person's own language, else to the address on the roster; nothing where there is none."""
    if expert.user is not None:
        tell([expert.user], words, purpose=PURPOSE, about=about, at=at, association_id=expert.association_id)
    elif expert.email:
        tell_address(
            expert.email,
            expert.association.language,
            words,
            purpose=PURPOSE,
            key=f"{PURPOSE}:{about}:{expert.pk}",
            at=at,
            association_id=expert.association_id,
        )


def _words_of_staff(document: ExpertDocument, ends: date) -> Callable[[User], Letter]:
    expert = document.expert

    def words(_reader: User) -> Letter:
        told = _values(document, ends)
        return letter(
            _("A document of %(name)s expires on %(day)s: %(title)s") % told,
            _("On the roster, “%(title)s” of %(name)s expires on %(day)s.") % told,
            "",
            _("Ask for a new one, or put it there yourself and take the old one away:"),
            address_of("expert", expert.association.slug, expert.pk),
        )

    return words


def _words_of_expert(document: ExpertDocument, ends: date) -> Callable[..., Letter]:
    def words(_reader: User | None = None) -> Letter:
        told = _values(document, ends)
        where = (
            [_("Please put a new one on your own page:"), address_of("my_teaching_account")]
            if document.expert.user_id is not None
            else [
                _(
                    "Please put a new one on your own page: the link is in the mail that %(association)s sent you."
                )
                % told
            ]
        )
        return letter(
            _("Your document expires on %(day)s: %(title)s") % told,
            _("Hello %(name)s,") % told,
            "",
            _("“%(title)s”, which %(association)s keeps of you on its roster, expires on %(day)s.") % told,
            "",
            *where,
        )

    return words


def _values(document: ExpertDocument, ends: date) -> dict[str, str]:
    return {
        "name": document.expert.name,
        "title": document.title,
        "day": date_format(ends, "DATE_FORMAT"),
        "association": document.expert.association.label,
    }
