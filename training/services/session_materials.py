"""Works of the library that a session gives its participants beside the course's own."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from training.enums import Moment, SessionState
from training.models import SessionMaterial, Work
from training.services.waiting_list import locked_session


def give(*, session_id: UUID, work_id: UUID, moment: str, by: User, at: datetime) -> SessionMaterial:
    """Give a work at a moment; one that is there already is given at this moment instead. Raises Refused."""
    with transaction.atomic(), acting(by):
        session = locked_session(session_id, by, "training.run_session")
        if session.state == SessionState.CANCELLED:
            raise Refused(_("This session is cancelled. Nothing of it changes any more."))
        if moment not in Moment.values:
            raise Refused(_("Choose when participants get it."))
        work = Work.objects.filter(pk=work_id, association=session.association_id).first()
        if work is None or work.retired_at is not None:
            raise Refused(_("This work is not in the library any more. Choose another one."))
        made, _is_new = SessionMaterial.objects.update_or_create(
            session=session,
            work=work,
            defaults={"association_id": session.association_id, "moment": moment},
        )
        record(
            "session.material_given",
            session,
            by=by,
            at=at,
            association_id=session.association_id,
            work=str(work.pk),
        )
    return made


def take_back(*, session_id: UUID, material_id: UUID, by: User, at: datetime) -> None:
    """Give a work no longer. Twice is harmless."""
    with transaction.atomic(), acting(by):
        session = locked_session(session_id, by, "training.run_session")
        found = SessionMaterial.objects.filter(session=session, pk=material_id).first()
        if found is not None:
            work = str(found.work_id)
            found.delete()
            record(
                "session.material_taken",
                session,
                by=by,
                at=at,
                association_id=session.association_id,
                work=work,
            )
