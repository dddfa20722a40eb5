"""Checks of files that people hand in: what they are by their bytes, how large, and what they may be called."""

import hashlib
import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from spm_portal.common.refusal import Refused

MAX_NAME = 120
_OFFICE = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_MAGIC = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
KINDS = ("pdf", "png", "jpg", "docx", "xlsx", "csv")
WITH_SLIDES = (*KINDS, "pptx")  # where works are kept that people teach with
_ALIASES = {"jpeg": "jpg"}
_UNSAFE = re.compile(r"[\\/:*?\"<>|;%\u202a-\u202e\u2066-\u2069]+")


class UploadRefused(Refused):
    """A file that is not taken; the text says why and what would be."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that passed: its cleaned name, its kind (pdf, png, ...), and its fingerprint."""

    name: str
    kind: str
    content_type: str
    content: bytes
    sha256: str


def read_upload(
    upload: "UploadedFile[bytes]", *, accept: Collection[str] = KINDS, max_bytes: int | None = None
) -> CheckedFile:
    """What came with a form, checked as by `check_upload`; without `max_bytes` at most what the settings allow."""
    limit = settings.UPLOAD_MAX_BYTES if max_bytes is None else max_bytes
    # one byte more than fits tells that it is too large without reading it all
    content = upload.read(limit + 1)
    return check_upload(
        upload.name or "", content, max_bytes=limit, accept=accept, size=max(upload.size or 0, len(content))
    )


def check_upload(
    name: str,
    content: bytes,
    *,
    max_bytes: int,
    accept: Collection[str] = KINDS,
    size: int | None = None,
) -> CheckedFile:
    """The file, checked by extension and content. Raises UploadRefused.

    `accept` are the kinds that are wanted here; others, and a content that is not what the extension says, are
    refused. Nothing is opened by a library that could be attacked: only the first bytes and the list of a zip.
    `size` is that of the whole file where `content` is only its beginning.
    """
    cleaned = clean_name(name)
    extension = cleaned.rpartition(".")[2].lower()
    kind = _ALIASES.get(extension, extension)
    wanted = [one for one in _TYPES if one in accept]
    if "." not in cleaned or kind not in wanted:
        raise UploadRefused(
            _("“%(name)s” is not a kind of file that fits here. Choose one of: %(kinds)s.")
            % {"name": cleaned, "kinds": ", ".join(wanted)}
        )
    if not content:
        raise UploadRefused(_("“%(name)s” is empty. Choose the file again.") % {"name": cleaned})
    size = len(content) if size is None else size
    if size > max_bytes:
        raise UploadRefused(
            _("“%(name)s” has %(size)s MB; at most %(limit)s MB fit. Make it smaller or split it.")
            % {
                "name": cleaned,
                # rounded up: “5.0 MB; at most 5 MB fit” would puzzle
                "size": f"{math.ceil(size * 10 / 2**20) / 10:.1f}",
                "limit": f"{max_bytes / 2**20:.0f}",
            }
        )
    if not _is(kind, content):
        raise UploadRefused(
            _("“%(name)s” ends in .%(kind)s but its content is something else. Save it again as %(kind)s.")
            % {"name": cleaned, "kind": kind}
        )
    return CheckedFile(cleaned, kind, _TYPES[kind], content, hashlib.sha256(content).hexdigest())


def clean_name(name: str) -> str:
    """The given name without folders, control characters and signs that a file system or a header minds."""
    last = re.split(r"[\\/]", name)[-1]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    plain = " ".join(_UNSAFE.sub(" ", plain).split()).lstrip(".")
    stem, dot, extension = plain.rpartition(".")
    if not dot:
        return plain[:MAX_NAME] or "file"
    return f"{stem[: MAX_NAME - 10].strip() or 'file'}.{extension[:9]}"


def _is(kind: str, content: bytes) -> bool:
    if kind in _MAGIC:
        return content.startswith(_MAGIC[kind])
    if kind in _OFFICE:
        return _is_office(content, _OFFICE[kind])
    return _is_text(content)


def _is_office(content: bytes, folder: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeDecodeError):
        return False
    # a macro workbook renamed to .xlsx still carries its macros
    return (
        "[Content_Types].xml" in names
        and any(name.startswith(folder) for name in names)
        and not any(name.endswith("vbaProject.bin") for name in names)
    )


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    if content.lstrip()[:64].lower().startswith((b"<!doctype", b"<html", b"<script", b"<?xml", b"<svg")):
        return False
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(c in "\t\r\n" or unicodedata.category(c) != "Cc" for c in text)
    return False
