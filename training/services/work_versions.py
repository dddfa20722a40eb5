"""Writing the language versions of a work: title, summary, link and file."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import forget
from members.models import User
from members.services.permission import permit
from spm_portal.common.audit import acting, record
from spm_portal.common.languages import is_language
from spm_portal.common.typed import one_line, paragraphs
from spm_portal.common.uploads import WITH_SLIDES, CheckedFile, read_upload
from spm_portal.common.web_visits import leads_inside
from training.enums import LinkState
from training.models import Work, WorkVersion

CHANGE = "training.change_work"
LONGEST_TITLE, LONGEST_SUMMARY = 300, 5000
_is_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFields:
    """A work in one language."""

    language: str
    title: str
    summary: str = ""
    url: str = ""
    is_original: bool = False


def add_version(
    *,
    work_id: UUID,
    values: VersionFields,
    by: User,
    at: datetime,
    upload: "UploadedFile[bytes] | None" = None,
) -> WorkVersion:
    """Add a work in another language. Raises PermissionDenied, ValidationError by field, UploadRefused."""
    file = checked(upload)
    with transaction.atomic(), acting(by):
        work = locked_work(work_id, by)
        if work.versions.filter(language=values.language).exists():
            raise ValidationError(
                {"language": _("There is a version in this language already. Change that one.")}
            )
        version = WorkVersion(association_id=work.association_id, work=work)
        fill_version(version, values, file)
        record(
            "library.version_added",
            work,
            by=by,
            at=at,
            association_id=work.association_id,
            language=version.language,
        )
    return version


def change_version(
    *,
    version_id: UUID,
    values: VersionFields,
    by: User,
    at: datetime,
    upload: "UploadedFile[bytes] | None" = None,
    remove_file: bool = False,
) -> WorkVersion:
    """Correct a language version; a new file takes the place of the old one.

    Raises PermissionDenied, ValidationError by field, UploadRefused.
    """
    file = checked(upload)
    with transaction.atomic(), acting(by):
        known = WorkVersion.objects.filter(pk=version_id).values_list("work_id", flat=True).first()
        if known is None:
            raise PermissionDenied
        work = locked_work(known, by)
        version = WorkVersion.objects.defer("words").get(pk=version_id)
        others = work.versions.exclude(pk=version.pk)
        if others.filter(language=values.language).exists():
            raise ValidationError(
                {"language": _("There is a version in this language already. Change that one.")}
            )
        fill_version(version, values, file, remove_file=remove_file)
        record(
            "library.version_changed",
            work,
            by=by,
            at=at,
            association_id=work.association_id,
            language=version.language,
            file=version.sha256,
        )
    return version


def checked(upload: "UploadedFile[bytes] | None") -> CheckedFile | None:
    """What was handed in, checked by its bytes; None where nothing was. Raises UploadRefused."""
    return read_upload(upload, accept=WITH_SLIDES) if upload is not None else None


def fill_version(
    version: WorkVersion, values: VersionFields, file: CheckedFile | None, *, remove_file: bool = False
) -> None:
    """Write the version with its file, inside the caller's transaction. Raises ValidationError by field."""
    title = one_line(values.title)
    if not title:
        raise ValidationError({"title": _("Write the title.")})
    if len(title) > LONGEST_TITLE or len(values.summary) > LONGEST_SUMMARY:
        raise ValidationError(
            _("A title has at most %(title)s signs, a summary %(summary)s.")
            % {"title": LONGEST_TITLE, "summary": LONGEST_SUMMARY}
        )
    if not is_language(values.language):
        raise ValidationError({"language": _("Choose the language.")})
    address = values.url.strip()
    if address:
        try:
            _is_web_address(address)
        except ValidationError:
            raise ValidationError(
                {"url": _("Write a whole address of the web, such as https://example.org/guide.pdf.")}
            ) from None
        if leads_inside(address):
            raise ValidationError(
                {"url": _("This address leads into a private network, where readers cannot go.")}
            )
    if address != version.url:
        version.link_state, version.link_checked_at, version.link_problem = LinkState.UNCHECKED, None, ""
    version.language, version.title, version.url = values.language, title, address
    version.summary = paragraphs(values.summary)
    if values.is_original and not version.is_original:
        version.work.versions.exclude(pk=version.pk).filter(is_original=True).update(is_original=False)
        version.is_original = True
    _keep(version, file, remove_file)


def _keep(version: WorkVersion, file: CheckedFile | None, remove_file: bool) -> None:
    storage, before = WorkVersion._meta.get_field("file").storage, version.file.name
    if file is None and not remove_file:
        version.save()
        return
    if file is None:
        version.file, version.name, version.content_type = "", "", ""
        version.size, version.sha256 = None, ""
        version.save()
    else:
        version.name, version.content_type = file.name, file.content_type
        version.size, version.sha256 = len(file.content), file.sha256
        try:
            # nothing of the given name reaches the file system
            place = f"library/{version.association_id}/{version.pk}-{file.sha256[:12]}.{file.kind}"
            version.file.save(place, ContentFile(file.content), save=False)
            version.save()
        except BaseException:
            version.file.delete(save=False)
            raise
    if before and before != version.file.name:
        transaction.on_commit(lambda: storage.delete(before))


def locked_work(work_id: UUID, by: User) -> Work:
    """The work under its row lock, for somebody who may change it. Raises PermissionDenied."""
    work = Work.objects.select_for_update(no_key=True).filter(pk=work_id).first()
    forget(by)
    if work is None:
        raise PermissionDenied
    permit(by, CHANGE, work)
    return work
