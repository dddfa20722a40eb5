"""Writing down where works were used: at an event, in a speech or article, handed out, in a training."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import User
from spm_portal.common.audit import acting, record
from spm_portal.common.languages import is_language
from spm_portal.common.typed import one_line, paragraphs
from training.enums import UseKind
from training.models import WorkUse
from training.services.work_versions import locked_work

MOST_PEOPLE, MOST_COPIES = 10_000_000, 1_000_000
_is_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True, kw_only=True)
class UseFields:
    """What is told of one use; `audience` are people reached, `copies` those handed out."""

    kind: str
    occasion: str
    used_on: date
    place: str = ""
    used_by: str = ""
    audience: int | None = None
    copies: int | None = None
    language: str = ""
    url: str = ""
    note: str = ""


def save_use(
    *, work_id: UUID, values: UseFields, by: User, at: datetime, use_id: UUID | None = None
) -> WorkUse:
    """Write down a use, or correct the one of this key. The same use sent twice is written once.

    Raises PermissionDenied and ValidationError by field.
    """
    _check(values, at)
    with transaction.atomic(), acting(by):
        work = locked_work(work_id, by)
        uses = WorkUse.objects.select_for_update(of=("self",), no_key=True).filter(work=work)
        if use_id is None:
            same = uses.filter(
                kind=values.kind, occasion=one_line(values.occasion), used_on=values.used_on
            ).first()
            if same is not None and same.language == values.language:
                return same
            use = WorkUse(association_id=work.association_id, work=work)
        else:
            found = uses.filter(pk=use_id).first()
            if found is None:
                raise PermissionDenied
            use = found
        use.kind, use.used_on, use.language = values.kind, values.used_on, values.language
        use.occasion, use.place = one_line(values.occasion), one_line(values.place)
        use.used_by, use.note = one_line(values.used_by), paragraphs(values.note)
        use.audience, use.copies, use.url = values.audience, values.copies, values.url.strip()
        use.written_at, use.written_by = at, by
        use.save()
        record("library.use_written", use, by=by, at=at, association_id=work.association_id)
    return use


def remove_use(*, work_id: UUID, use_id: UUID, by: User, at: datetime) -> None:
    """Take back a use that was written down by mistake; one that is gone already is no fault."""
    with transaction.atomic(), acting(by):
        work = locked_work(work_id, by)
        use = WorkUse.objects.filter(work=work, pk=use_id).first()
        if use is not None:
            record(
                "library.use_removed",
                use,
                by=by,
                at=at,
                association_id=work.association_id,
                occasion=use.occasion,
            )
            use.delete()


def _check(values: UseFields, at: datetime) -> None:
    if values.kind not in UseKind.values:
        raise ValidationError({"kind": _("Choose how the work was used.")})
    if not one_line(values.occasion):
        raise ValidationError({"occasion": _("Write what the occasion was.")})
    if values.used_on > at.date():
        raise ValidationError({"used_on": _("Write it down once it was: the day is still to come.")})
    for name, most in (("audience", MOST_PEOPLE), ("copies", MOST_COPIES)):
        value = getattr(values, name)
        if value is not None and not 0 < value <= most:
            raise ValidationError({name: _("Write a number from 1 to %(most)s, or none.") % {"most": most}})
    if values.language and not is_language(values.language):
        raise ValidationError({"language": _("Choose the language.")})
    if values.url.strip():
        try:
            _is_web_address(values.url.strip())
        except ValidationError:
            raise ValidationError(
                {"url": _("Write a whole address of the web, such as https://example.org/news.")}
            ) from None
