"""Looks at an uploaded workbook before anything opens it: size, parts, bombs, macros.

Runs in the child process and knows no Django: a refusal is a code with parts, which the parent puts into words.
"""

import io
import zipfile

MAX_BYTES = 5 * 2**20
MAX_UNPACKED = 50 * 2**20
MAX_PARTS = 300
MAX_RATIO = 200
RATIO_FROM = 2**20  # small parts may be packed as tightly as they like
MAX_ROWS = 2_000
MAX_COLUMNS = 60

_CHUNK = 2**16
_OLE = b"\xd0\xcf\x11\xe0"
_MACROS = ("vbaproject", "vbadata", "macrosheets/", "activex/", "customui/")


class Refused(Exception):
    """The file is not opened; `code` and `parts` say why."""

    def __init__(self, code: str, **parts: object) -> None:
        super().__init__(code)
        self.code = code
        self.parts = parts


def guard(content: bytes) -> None:
    """Refuse what is no plain workbook of bounded size; raises Refused."""
    if len(content) > MAX_BYTES:
        raise Refused("too_large", limit=MAX_BYTES // 2**20)
    if content.startswith(_OLE):
        raise Refused("old_or_locked")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _guard_parts(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
        raise Refused("not_a_workbook") from fault
    except (ValueError, OSError, UnicodeError, zipfile.zlib.error) as fault:  # type: ignore[attr-defined]
        raise Refused("not_a_workbook") from fault


def _guard_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise Refused("too_many_parts", limit=MAX_PARTS)
    names = [part.filename for part in parts]
    if len(set(names)) != len(names):
        raise Refused("not_a_workbook")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Refused("not_a_workbook")
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused("unpacks_too_large", limit=MAX_UNPACKED // 2**20)
    left = MAX_UNPACKED
    for part in parts:
        _guard_name(part.filename)
        if part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise Refused("unpacks_too_large", limit=MAX_UNPACKED // 2**20)
        data = _unpacked(archive, part, left)
        left -= len(data)
        if part.filename.endswith((".xml", ".rels", ".vml")):
            _guard_text(part.filename, data)


def _guard_name(name: str) -> None:
    lower = name.lower()
    if any(word in lower for word in _MACROS) or lower.endswith((".vbs", ".exe", ".dll", ".js")):
        raise Refused("macros")
    if "externallinks/" in lower or lower.endswith("connections.xml"):
        raise Refused("links_to_files")
    if "embeddings/" in lower:
        raise Refused("embedded")


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> bytes:
    """A part read in pieces, whatever its header claims; the checksum is compared at its end."""
    pieces, size = [], 0
    with archive.open(part) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > left:
                raise Refused("unpacks_too_large", limit=MAX_UNPACKED // 2**20)
            pieces.append(piece)
    return b"".join(pieces)


def _guard_text(name: str, data: bytes) -> None:
    # a document type hides in UTF-16 too, where its letters are apart
    plain = data.replace(b"\x00", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise Refused("entities")
    if name == "[Content_Types].xml" and b"macroEnabled" in plain:
        raise Refused("macros")
