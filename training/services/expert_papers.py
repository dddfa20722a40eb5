"""Documents and conflicts of interest of experts, kept up to date by managers and by the experts themselves."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import Membership, User
from members.selectors.readers import staff_of
from members.services.letters import Letter, letter, tell
from spm_portal.common.audit import acting, record
from spm_portal.common.origin import address_of
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from spm_portal.common.uploads import read_upload
from training.enums import ConflictKind
from training.models import Expert, ExpertConflict, ExpertDocument
from training.services.roster import expert_under_lock

MAX_TITLE, MAX_NOTE = 200, 300
MOST_DOCUMENTS, MOST_CONFLICTS = 30, 60


def add_document(
    *,
    expert_id: UUID,
    title: str,
    upload: "UploadedFile[bytes]",
    expires_on: date | None,
    by: User | None,
    at: datetime,
) -> ExpertDocument:
    """Keep a document of an expert; the same content is there already and only gets the new title and day.

    `by` None is the expert by personal link. Raises Refused (also UploadRefused).
    """
    file = read_upload(upload)
    words = one_line(title) or file.name
    if len(words) > MAX_TITLE:
        raise Refused(_("Give the document a title of at most %(limit)s characters.") % {"limit": MAX_TITLE})
    if expires_on is not None and expires_on < at.date():
        raise Refused(
            _("This document expired on %(day)s. Add the one that is valid now.")
            % {"day": date_format(expires_on, "DATE_FORMAT")}
        )
    with transaction.atomic(), acting(by):
        expert = _own(expert_id, by)
        live = ExpertDocument.objects.filter(expert=expert, removed_at__isnull=True)
        document = live.filter(sha256=file.sha256).first()
        if document is not None:
            document.title, document.expires_on = words, expires_on
            document.save(update_fields=["title", "expires_on"])
            _record("roster.document", expert, by, at, document=str(document.pk))
            return document
        if live.count() >= MOST_DOCUMENTS:
            raise Refused(
                _("There are %(limit)s documents already. Take one away first.") % {"limit": MOST_DOCUMENTS}
            )
        document = ExpertDocument(
            association_id=expert.association_id,
            expert=expert,
            title=words,
            name=file.name,
            content_type=file.content_type,
            size=len(file.content),
            sha256=file.sha256,
            expires_on=expires_on,
            uploaded_at=at,
            uploaded_by=by,
        )
        try:
            # nothing of the given name reaches the file system
            document.file.save(
                f"training/experts/{expert.pk}/{document.pk}.{file.kind}",
                ContentFile(file.content),
                save=False,
            )
            document.save(force_insert=True)
            _record("roster.document", expert, by, at, document=str(document.pk))
        except BaseException:
            document.file.delete(save=False)
            raise
    return document


def remove_document(*, expert_id: UUID, document_id: UUID, by: User | None, at: datetime) -> None:
    """Take a document away from the pages; one that is gone already is no fault."""
    with transaction.atomic(), acting(by):
        expert = _own(expert_id, by)
        found = ExpertDocument.objects.filter(expert=expert, pk=document_id, removed_at__isnull=True).first()
        if found is not None:
            found.removed_at = at
            found.save(update_fields=["removed_at"])
            _record("roster.document_removed", expert, by, at, document=str(found.pk))


def declare_conflict(
    *,
    expert_id: UUID,
    institution_id: UUID,
    kind: str,
    note: str,
    since: date | None,
    until: date | None,
    by: User | None,
    at: datetime,
) -> ExpertConflict:
    """Say why an expert is not neutral towards an institution; staff are told of what experts declare themselves.

    Raises Refused with what to correct.
    """
    words = one_line(note)
    if kind not in ConflictKind.values:
        raise Refused(_("Choose why the expert is not neutral."))
    if kind == ConflictKind.OTHER and not words:
        raise Refused(_("Say in the note why the expert is not neutral."))
    if len(words) > MAX_NOTE:
        raise Refused(_("Write the note in at most %(limit)s characters.") % {"limit": MAX_NOTE})
    if since is not None and until is not None and until < since:
        raise Refused(_("The last day comes before the first one."))
    with transaction.atomic(), acting(by):
        expert = _own(expert_id, by)
        known = Membership.objects.filter(association=expert.association_id, institution=institution_id)
        if not known.exists():
            raise Refused(_("Choose one of the association’s members."))
        held = ExpertConflict.objects.filter(expert=expert)
        same = held.filter(institution=institution_id, kind=kind, until__isnull=True).first()
        if same is None and held.count() >= MOST_CONFLICTS:
            raise Refused(_("An expert has at most %(limit)s conflicts.") % {"limit": MOST_CONFLICTS})
        conflict = same or ExpertConflict(
            association_id=expert.association_id, expert=expert, institution_id=institution_id, kind=kind
        )
        conflict.note, conflict.since, conflict.until = words, since, until
        conflict.save()
        _record("roster.conflict", expert, by, at, conflict=str(conflict.pk))
        _tell_staff(expert, conflict, by, at, ended=False)
    return conflict


def end_conflict(
    *, expert_id: UUID, conflict_id: UUID, until: date, by: User | None, at: datetime
) -> ExpertConflict:
    """Say on which day a conflict ends or ended. Raises Refused."""
    with transaction.atomic(), acting(by):
        expert = _own(expert_id, by)
        conflict = ExpertConflict.objects.filter(expert=expert, pk=conflict_id).first()
        if conflict is None:
            raise PermissionDenied
        if conflict.since is not None and until < conflict.since:
            raise Refused(_("The last day comes before the first one."))
        if conflict.until != until:
            conflict.until = until
            conflict.save(update_fields=["until"])
            _record("roster.conflict_ended", expert, by, at, conflict=str(conflict.pk))
            _tell_staff(expert, conflict, by, at, ended=True)
    return conflict


def _own(expert_id: UUID, by: User | None) -> Expert:
    """The entry under its lock, for managers of the association and for the expert, by account or by link."""
    expert = expert_under_lock(expert_id)
    if by is not None and by.has_perm("training.change_expert", expert):
        return expert
    is_self = by is None or expert.user_id == by.pk
    if not is_self or expert.retired_at is not None:
        raise PermissionDenied
    return expert


def _tell_staff(
    expert: Expert, conflict: ExpertConflict, by: User | None, at: datetime, *, ended: bool
) -> None:
    """Staff learn of what an expert says of himself or herself; what managers write they know."""
    if by is not None and by.has_perm("training.change_expert", expert):
        return
    association = expert.association

    def words(_reader: User) -> Letter:
        values = {
            "name": expert.name,
            "institution": conflict.institution.name,
            "kind": conflict.get_kind_display(),
            "note": conflict.note or "–",
            "day": date_format(conflict.until, "DATE_FORMAT") if conflict.until else "–",
        }
        told = (
            _("%(name)s says that a conflict of interest with %(institution)s ends on %(day)s.")
            if ended
            else _("%(name)s declares a conflict of interest with %(institution)s.")
        )
        return letter(
            _("Conflict of interest: %(name)s") % values,
            told % values,
            "",
            _("Why: %(kind)s. Note: %(note)s") % values,
            "",
            address_of("expert", association.slug, expert.pk),
        )

    tell(
        staff_of(association.pk),
        words,
        purpose="training.conflict",
        about=f"{conflict.pk}:{conflict.until or ''}:{at.isoformat()}",
        at=at,
        association_id=association.pk,
    )


def _record(verb: str, expert: Expert, by: User | None, at: datetime, **data: Any) -> None:
    record(verb, expert, by=by, at=at, association_id=expert.association_id, **data)
