"""Writing works of the library: what is known of a work, putting it away, and which others belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from members.access import forget
from members.models import Association, User
from members.services.permission import permit
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line
from training.enums import Audience, Dimension, Topic, WorkKind
from training.models import Work, WorkRelation, WorkVersion
from training.services.work_versions import VersionFields, checked, fill_version, locked_work

MANAGE = "training.manage_training"
FIRST_YEAR = 1900
MOST_RELATED = 20
LONGEST_NOTE = 200
TWO_CLICKS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFields:
    """What is known of a work, whatever its languages."""

    kind: str
    topics: Sequence[str] = ()
    dimensions: Sequence[int] = ()
    audiences: Sequence[str] = ()
    licence: str = ""
    source: str = ""
    published_in: int | None = None
    review_by: date | None = None
    is_public: bool = False


def add_work(
    *,
    association: Association,
    values: WorkFields,
    version: VersionFields,
    by: User,
    at: datetime,
    upload: "UploadedFile[bytes] | None" = None,
) -> Work:
    """Take a work into the library, with its first language version, which is the original.

    A second click gives the work that the first one made. Raises PermissionDenied, ValidationError by field, Refused.
    """
    forget(by)
    permit(by, MANAGE, association)
    file = checked(upload)
    title = one_line(version.title)
    with transaction.atomic(), acting(by):
        Association.objects.select_for_update(no_key=True).get(pk=association.pk)
        same = WorkVersion.objects.filter(
            association=association,
            title=title,
            language=version.language,
            work__kind=values.kind,
            work__added_by=by,
            work__added_at__gte=at - TWO_CLICKS,
        ).select_related("work")
        twice = same.first()
        if twice is not None:
            return twice.work
        work = Work(association=association, added_at=at, added_by=by)
        _fill(work, values, at)
        work.save()
        made = WorkVersion(association=association, work=work, is_original=True)
        fill_version(made, version, file)
        record("library.work_added", work, by=by, at=at, association_id=association.pk, title=made.title)
    return work


def change_work(*, work_id: UUID, values: WorkFields, by: User, at: datetime) -> Work:
    """Correct what is known of a work. Raises PermissionDenied and ValidationError by field."""
    with transaction.atomic(), acting(by):
        work = locked_work(work_id, by)
        _fill(work, values, at)
        work.save()
        record("library.work_changed", work, by=by, at=at, association_id=work.association_id)
    return work


def put_away(*, work_id: UUID, by: User, at: datetime) -> Work:
    """Take a work off the shelf: staff still find it, nobody else does. One that is away stays so."""
    with transaction.atomic(), acting(by):
        work = locked_work(work_id, by)
        if work.retired_at is None:
            work.retired_at = at
            work.save(update_fields=["retired_at"])
            record("library.work_put_away", work, by=by, at=at, association_id=work.association_id)
    return work


def bring_back(*, work_id: UUID, by: User, at: datetime) -> Work:
    """Put a work back on the shelf."""
    with transaction.atomic(), acting(by):
        work = locked_work(work_id, by)
        if work.retired_at is not None:
            work.retired_at = None
            work.save(update_fields=["retired_at"])
            record("library.work_brought_back", work, by=by, at=at, association_id=work.association_id)
    return work


def relate(*, work_id: UUID, other_id: UUID, by: User, at: datetime, note: str = "") -> None:
    """Say that two works belong together, and how; saying it again, from either side, changes the note alone."""
    with transaction.atomic(), acting(by):
        work = locked_work(work_id, by)
        other = Work.objects.filter(association_id=work.association_id, pk=other_id).first()
        if other is None or other.pk == work.pk:
            raise Refused(_("Choose another work of this library."))
        words = one_line(note)[:LONGEST_NOTE]
        known = relations_of(work.pk)
        said = known.filter(Q(other=other) | Q(work=other)).first()
        if said is not None and said.note == words:
            return
        if said is None and known.count() >= MOST_RELATED:
            raise Refused(
                _("A work has at most %(count)s related works. Remove one first.") % {"count": MOST_RELATED}
            )
        if said is None:
            said = WorkRelation(association_id=work.association_id, work=work, other=other)
        said.note = words
        said.save()
        record(
            "library.works_related",
            work,
            by=by,
            at=at,
            association_id=work.association_id,
            other=str(other.pk),
        )


def unrelate(*, work_id: UUID, other_id: UUID, by: User, at: datetime) -> None:
    """Say that two works no longer belong together; it does not matter from which side it was said."""
    with transaction.atomic(), acting(by):
        work = locked_work(work_id, by)
        gone, _rows = relations_of(work.pk).filter(Q(other=other_id) | Q(work=other_id)).delete()
        if gone:
            record(
                "library.works_parted",
                work,
                by=by,
                at=at,
                association_id=work.association_id,
                other=str(other_id),
            )


def relations_of(work_id: UUID) -> "QuerySet[WorkRelation]":
    """What is said to belong to a work, from both sides."""
    return WorkRelation.objects.filter(Q(work=work_id) | Q(other=work_id))


def _fill(work: Work, values: WorkFields, at: datetime) -> None:
    if values.kind not in WorkKind.values:
        raise ValidationError({"kind": _("Choose the type of the work.")})
    if values.published_in is not None and not FIRST_YEAR <= values.published_in <= at.year + 1:
        raise ValidationError({"published_in": _("Write the year in four digits, such as 2024.")})
    work.kind = values.kind
    work.topics = [one for one in Topic.values if one in values.topics]
    work.dimensions = [one for one in Dimension.values if one in values.dimensions]
    work.audiences = [one for one in Audience.values if one in values.audiences]
    work.licence, work.source = one_line(values.licence), one_line(values.source)
    work.published_in, work.review_by = values.published_in, values.review_by
    work.is_public = values.is_public
