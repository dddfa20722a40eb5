"""People whom members sent to sessions: taking their personal data out of the register."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from members.services.permission import permit
from spm_portal.common import audit
from spm_portal.common.refusal import Refused
from training.enums import LIVE_REGISTRATIONS
from training.models import Participant, Registration


def erase(*, participant_id: UUID, by: User, at: datetime) -> Participant:
    """Take name, job and address of a person out of the register; sex and country stay, as figures count them.

    Certificates keep the name that they were issued to: they would prove nothing without it. The personal links end.
    Raises PermissionDenied, and Refused while the person is registered for a session to come. Twice changes nothing.
    """
    with transaction.atomic(), audit.acting(by):
        person = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant_id)
        permit(by, "training.erase_person", person)
        if person.erased_at is not None:
            return person
        coming = Registration.objects.filter(
            participant=person, state__in=LIVE_REGISTRATIONS, session__ends_at__gt=at
        )
        if coming.exists():
            raise Refused(
                _("%(name)s is registered for a session to come. Cancel that registration first.")
                % {"name": person.name}
            )
        person.name, person.job = _("Erased"), ""
        person.email, person.erased_at = f"erased-{person.pk}@invalid.example", at
        person.save(update_fields=["name", "job", "email", "erased_at"])
        Registration.objects.filter(participant=person).update(token_hash=None)
        audit.record("training.person_erased", person, by=by, at=at, association_id=person.association_id)
    return person
