"""Photos that people hand in: what is stored was drawn by us, without metadata and no larger than print needs."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from spm_portal.common.uploads import UploadRefused, read_upload

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MAX_PIXELS: Final = 40_000_000
LONGEST: Final = 1600  # pixels; the width of a text column in print at 240 dots an inch
FORMATS: Final = ("PNG", "JPEG")
SMALL_BYTES: Final = 12_000
"""What a photo may weigh on a page that is to arrive over a bad line."""
_SMALL: Final = ((400, 80), (400, 65), (400, 50), (320, 45), (240, 40), (160, 35))


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as a JPEG of our own making, its fingerprint, and the same small enough for a page."""

    content: bytes
    sha256: str
    small: bytes


def read_photo(upload: "UploadedFile[bytes]") -> Photo:
    """The photo, drawn anew from its pixels. Raises UploadRefused, which says what would be taken."""
    checked = read_upload(upload, accept=("jpg", "png"))
    try:
        with warnings.catch_warnings():
            # the limit below is the one that holds
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(checked.content), formats=FORMATS) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise UploadRefused(
                        _("“%(name)s” has more than 40 million pixels. Save the photo smaller.")
                        % {"name": checked.name}
                    )
                # large photos are read at a fraction of their size, which costs a fraction of the memory
                picture.draft("RGB", (LONGEST * 2, LONGEST * 2))
                turned = ImageOps.exif_transpose(picture)
                drawn = _on_white(turned)
    except UploadRefused:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UploadRefused(
            _("“%(name)s” cannot be read as a photo. Save it again as JPEG or PNG.") % {"name": checked.name}
        ) from error
    drawn.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    content = _jpeg(drawn, 85)
    return Photo(content, hashlib.sha256(content).hexdigest(), _small(drawn))


def small_name(name: str) -> str:
    """Where the small photo stands beside the photo of this name."""
    return f"{name.removesuffix('.jpg')}.small.jpg"


def _small(picture: Image.Image) -> bytes:
    """The largest and clearest of a few small ones that keeps to the weight; else the smallest."""
    content = b""
    for longest, quality in _SMALL:
        drawn = picture.copy()
        drawn.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        content = _jpeg(drawn, quality)
        if len(content) <= SMALL_BYTES:
            break
    return content


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, format="JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """The pixels alone, in RGB; what is transparent becomes white."""
    rgba = picture.convert("RGBA")
    white = Image.new("RGB", rgba.size, "white")
    white.paste(rgba, mask=rgba.getchannel("A"))
    return white
