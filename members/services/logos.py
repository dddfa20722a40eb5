"""Re-encoding an uploaded logo: what is stored was drawn by us, never by the person who sent it."""

import io
from typing import Final

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

MAX_BYTES: Final = 1024 * 1024
MAX_PIXELS: Final = 12_000_000
BOX: Final = (640, 240)  # enough for print at the size in which reports show it
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")


def redraw(upload: "UploadedFile[bytes]") -> "ContentFile[bytes]":
    """The logo as a PNG of at most 640 by 240 pixels without metadata. Raises ValidationError with the fix."""
    if (upload.size or 0) > MAX_BYTES:
        raise ValidationError(
            {"logo": _("The file is larger than 1 MB. Save the logo smaller, as PNG or JPEG.")}
        )
    unreadable = ValidationError(
        {"logo": _("This is not a picture that can be read. Save the logo as PNG, JPEG, WebP or GIF.")}
    )
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(
                    {"logo": _("The picture has more than 12 million pixels. Save the logo smaller.")}
                )
            drawn = picture.convert("RGBA")
    except ValidationError:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise unreadable from error
    drawn.thumbnail(BOX, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    drawn.save(out, format="PNG", optimize=True)
    return ContentFile(out.getvalue())
