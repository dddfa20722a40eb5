"""Photos are drawn anew: no metadata, no hidden content, no bombs."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from spm_portal.common.pictures import LONGEST, SMALL_BYTES, read_photo
from spm_portal.common.uploads import UploadRefused


def upload(content: bytes, name: str = "photo.jpg") -> "SimpleUploadedFile":
    return SimpleUploadedFile(name, content)


def jpeg(size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#336699").save(out, format="JPEG", **options)
    return out.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A small file that says it is large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_metadata_and_what_hangs_on_are_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = "CANARY"
    content = jpeg(exif=exif, comment=b"CANARY") + b"PK\x03\x04CANARY<script>"
    assert b"CANARY" in content
    photo = read_photo(upload(content))
    assert b"CANARY" not in photo.content
    with Image.open(io.BytesIO(photo.content)) as picture:
        assert picture.format == "JPEG"
        assert not picture.getexif()


def test_a_turned_photo_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(read_photo(upload(jpeg((60, 40), exif=exif))).content)) as picture:
        assert picture.size == (40, 60)


def test_large_photos_are_made_smaller() -> None:
    with Image.open(io.BytesIO(read_photo(upload(jpeg((4000, 1000)))).content)) as picture:
        assert picture.size == (LONGEST, LONGEST // 4)


def test_a_small_one_keeps_to_its_weight_whatever_the_photo_shows() -> None:
    noise = Image.effect_noise((1600, 1200), 120).convert("RGB")
    out = io.BytesIO()
    noise.save(out, format="JPEG", quality=95)
    photo = read_photo(upload(out.getvalue()))
    assert len(photo.content) > 100_000
    assert len(photo.small) <= SMALL_BYTES
    with Image.open(io.BytesIO(photo.small)) as picture:
        assert picture.width / picture.height == pytest.approx(4 / 3, abs=0.02)
    with Image.open(io.BytesIO(read_photo(upload(jpeg((1600, 1200)))).small)) as picture:
        assert picture.size == (400, 300)


def test_what_is_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, format="PNG")
    with Image.open(io.BytesIO(read_photo(upload(out.getvalue(), "a.png")).content)) as picture:
        assert picture.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (png_bomb(60_000, 60_000), "a.png", "million pixels|cannot be read"),
        (png_bomb(9_000, 9_000), "a.png", "million pixels"),
        (b"\xff\xd8\xff" + b"x" * 50, "a.jpg", "cannot be read"),
        (jpeg()[:200], "a.jpg", "cannot be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "not a kind of file"),
        (b"<svg/>", "a.png", "content is something else"),
        (b"", "a.jpg", "is empty"),
        (jpeg() + b"x" * 6_000_000, "a.jpg", "at most"),
    ],
)
def test_others_are_refused_with_a_way_out(content: bytes, name: str, words: str) -> None:
    with pytest.raises(UploadRefused, match=words):
        read_photo(upload(content, name))
