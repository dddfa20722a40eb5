"""All that can be read in the bytes of an answer: pages, JSON, CSV, and the parts of PDF, Word, Excel and ZIP."""

import html
import io
import re
import subprocess
import zipfile
import zlib
from collections.abc import Iterator

_TAG = re.compile(r"<[^<>]*>")
_STREAM = re.compile(rb"(<<(?:[^<>]|<<.*?>>|<[0-9A-Fa-f]*>)*>>)\s*stream\r?\n(.*?)\r?\nendstream", re.S)
_LITERAL = re.compile(rb"\(((?:[^()\\]|\\.)*)\)", re.S)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]{8,})>")
_BODY = re.compile(rb"stream\r?\n.*?endstream", re.S)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.S)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r\n": b""}
_JSON = re.compile(r"\\u([0-9a-fA-F]{4})")
_UTF_16 = b"\xfe\xff"
DEEPEST = 3


def readable(content: bytes, depth: int = 0) -> str:
    """All text of an answer or file; archives are opened, also archives inside them."""
    if content.startswith(b"%PDF"):
        return "\n".join(_of_pdf(content))
    if content.startswith(b"PK\x03\x04") and depth < DEEPEST:
        return "\n".join(_of_archive(content, depth))
    text = content.decode("utf-8", errors="replace")
    if text.startswith(("{", "[")):
        text = _JSON.sub(lambda found: chr(int(found[1], 16)), text)
    return html.unescape(text)


def _of_archive(content: bytes, depth: int) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        yield archive.comment.decode("utf-8", errors="replace")
        for part in archive.infolist():
            yield f"{part.filename}\n{part.comment.decode('utf-8', errors='replace')}"
            inside = readable(archive.read(part), depth + 1)
            yield inside
            if part.filename.startswith("word/"):
                yield _TAG.sub("", inside)  # Word cuts a number into runs


def _of_pdf(content: bytes) -> Iterator[str]:
    """What is printed, what is said of it (metadata, names, words for a screen reader), and the files inside."""
    for command in (("pdftotext", "-raw", "-", "-"), ("pdfinfo", "-")):
        told = subprocess.run(command, input=content, capture_output=True, check=False, timeout=60)
        # what is no PDF but begins like one, as people may hand it in, is read as it is
        yield (told.stdout if told.returncode == 0 else content).decode("utf-8", errors="replace")
    objects = _BODY.sub(b"", content)
    yield objects.decode("latin-1")  # names, and whatever else is not packed
    yield from _strings(objects)
    for found in _STREAM.finditer(content):
        about, packed = found[1], found[2]
        if b"/Image" in about or b"/Length1" in about or b"/CIDFontType0C" in about:
            continue  # pictures and fonts
        plain = _unpacked(packed) if b"/FlateDecode" in about else packed
        if b"/EmbeddedFile" in about or b"/Metadata" in about or plain.lstrip().startswith(b"<?xpacket"):
            yield readable(plain, 1)
        elif b"/ObjStm" in about:
            yield from _strings(plain)


def _unpacked(packed: bytes) -> bytes:
    return zlib.decompressobj().decompress(packed)


def _strings(plain: bytes) -> Iterator[str]:
    """The strings of PDF objects, such as the words for a picture."""
    for literal in _LITERAL.finditer(plain):
        yield _said(_ESCAPE.sub(_unescaped, literal[1]))
    for written in _HEX.finditer(plain):
        digits = b"".join(written[1].split())
        raw = bytes.fromhex(digits.decode() if len(digits) % 2 == 0 else f"{digits.decode()}0")
        if raw.startswith(_UTF_16):
            yield _said(raw)


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    if code[0] in b"01234567":
        return bytes([int(code, 8) & 0xFF])
    return _NAMED.get(code, code)


def _said(raw: bytes) -> str:
    if raw.startswith(_UTF_16):
        return raw[2:].decode("utf-16-be", errors="replace")
    return raw.decode("latin-1")
