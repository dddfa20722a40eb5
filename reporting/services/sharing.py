"""Consents to show values: given by the MFI's signatory for a purpose and a time, withdrawn, never deleted."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Association, Donor, Institution, Membership, SharingAgreement, User
from members.services.permission import permit
from reporting.consenting import Grant
from reporting.enums import Recipient
from reporting.models import Round, Submission, ValueConsent
from reporting.selectors.releases import minimum_of
from reporting.selectors.sharing import gives_others_away, section_codes
from spm_portal.common import audit
from spm_portal.common.refusal import Refused

EVERY_GROUP = ("",)
MAX_PURPOSE = 300

_GIVES_OTHERS_AWAY = gettext_lazy(
    "Figures of this round are published. With your values beside those that other members show, this reader could "
    "work out what single members reported. Choose a round that is not published yet."
)


def give(
    *,
    association: Association,
    institution: Institution,
    recipient: str,
    purpose: str,
    by: User | None,
    at: datetime,
    donor: Donor | None = None,
    sections: Collection[str] = EVERY_GROUP,
    of_round: Round | None = None,
    until: date | None = None,
) -> list[ValueConsent]:
    """Let one recipient read the MFI's values of these groups; one consent for each group, "" for every group.

    `of_round` None means every round, `until` the last day (None: until withdrawn). What is given already with the same
    words stays as it is, so that a double click gives once; other words or another end take its place. Raises Refused
    or ValidationError (by field) for what cannot be, PermissionDenied for anybody but the MFI's signatory.
    """
    permit(by, "members.give_consent", institution)
    recipient, purpose = Recipient(recipient), purpose.strip()
    with transaction.atomic(), audit.acting(by, reason="consent to show values given"):
        Institution.objects.select_for_update().get(pk=institution.pk)  # a double click gives once
        _check_parties(association, institution, recipient, donor)
        _check_scope(association, institution, sections, of_round)
        _check_words(purpose, until, at)
        new = [
            Grant(
                institution.pk, recipient, donor.pk if donor else None, one, of_round.pk if of_round else None
            )
            for one in sections
        ]
        if gives_others_away(association, new, minimum=minimum_of(association)):
            raise ValidationError({"round": _GIVES_OTHERS_AWAY})
        return [
            _give_one(
                ValueConsent(
                    association=association,
                    institution=institution,
                    recipient=recipient,
                    donor=donor,
                    section=section,
                    round=of_round,
                    purpose=purpose,
                    until=until,
                    given_at=at,
                    given_by=by,
                ),
                by,
                at,
            )
            for section in dict.fromkeys(sections)
        ]


def withdraw(
    *,
    association: Association,
    institution: Institution,
    consents: Collection[UUID],
    by: User | None,
    at: datetime,
) -> list[ValueConsent]:
    """Withdraw consents of the MFI, also after it left; those withdrawn already are left out. It counts at once."""
    permit(by, "members.give_consent", institution)
    with transaction.atomic(), audit.acting(by, reason="consent to show values withdrawn"):
        found = list(
            ValueConsent.objects.select_for_update(of=("self",)).filter(
                association=association,
                institution=institution,
                pk__in=list(consents),
                withdrawn_at__isnull=True,
            )
        )
        for consent in found:
            _withdraw_one(consent, by, at)
    return found


def _give_one(wanted: ValueConsent, by: User | None, at: datetime) -> ValueConsent:
    held = (
        ValueConsent.objects.select_for_update(of=("self",))
        .filter(
            association=wanted.association,
            institution=wanted.institution,
            recipient=wanted.recipient,
            donor=wanted.donor,
            section=wanted.section,
            round=wanted.round,
            withdrawn_at__isnull=True,
        )
        .first()
    )
    if held is not None:
        if (held.purpose, held.until) == (wanted.purpose, wanted.until):
            return held
        _withdraw_one(held, by, at)
    wanted.save(force_insert=True)
    _record("values.consent_given", wanted, by, at)
    return wanted


def _withdraw_one(consent: ValueConsent, by: User | None, at: datetime) -> None:
    consent.withdrawn_at, consent.withdrawn_by = at, by
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _record("values.consent_withdrawn", consent, by, at)


def _check_parties(
    association: Association, institution: Institution, recipient: Recipient, donor: Donor | None
) -> None:
    if not Membership.objects.current().filter(association=association, institution=institution).exists():
        raise Refused(_("%(name)s is not a member of this association today.") % {"name": institution.name})
    if recipient != Recipient.DONOR:
        if donor is not None:
            raise ValueError("Only a consent for a donor names one.")
        return
    if donor is None:
        raise ValidationError({"recipient": _("Name the donor.")})
    if not SharingAgreement.objects.current().filter(association=association, donor=donor).exists():
        message = _("The association does not share with %(name)s today. Choose another donor.")
        raise ValidationError({"recipient": message % {"name": donor.name}})


def _check_scope(
    association: Association, institution: Institution, sections: Collection[str], of_round: Round | None
) -> None:
    if not sections:
        raise ValidationError({"sections": _("Choose every group of questions, or tick single ones.")})
    if "" in sections and len(set(sections)) > 1:
        raise ValidationError({"sections": _("Either every group of questions or single ones, not both.")})
    invited = Submission.objects.filter(association=association, institution=institution)
    if of_round is not None and not invited.filter(round=of_round).exists():
        raise ValidationError({"round": _("The MFI was not invited to this round. Choose another one.")})
    named = set(sections) - {""}
    if named and not named <= section_codes(association):
        raise ValidationError({"sections": _("The association does not ask this group of questions.")})


def _check_words(purpose: str, until: date | None, at: datetime) -> None:
    if not purpose:
        raise ValidationError({"purpose": _("Say for what the values may be used.")})
    if len(purpose) > MAX_PURPOSE:
        raise ValidationError({"purpose": _("Use at most %(count)d characters.") % {"count": MAX_PURPOSE}})
    if until is not None and until < at.astimezone(timezone.get_current_timezone()).date():
        raise ValidationError({"until": _("This day is over. Choose today or a later day, or none.")})


def _record(verb: str, consent: ValueConsent, by: User | None, at: datetime) -> None:
    audit.record(
        verb,
        consent,
        by=by,
        at=at,
        association_id=consent.association_id,
        institution=str(consent.institution_id),
        recipient=consent.recipient,
        donor=str(consent.donor_id) if consent.donor_id else None,
        section=consent.section,
        round=str(consent.round_id) if consent.round_id else None,
        until=consent.until.isoformat() if consent.until else None,
    )
