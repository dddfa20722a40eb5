"""Charts as PNG pictures, for files that take no SVG; the only module that knows resvg."""

import re
from functools import lru_cache

from django.conf import settings

_NAMES_OTHERS = re.compile(r"<image|<use|href|@import|<!", re.IGNORECASE)
SCALE = 2.5  # a chart of 600 units becomes 1500 pixels: sharp in print over the width of a page


@lru_cache(maxsize=1)
def _fonts() -> tuple[str, ...]:
    return tuple(str(one) for one in sorted((settings.BASE_DIR / "static" / "fonts").glob("*.ttf")))


def png_of(svg: str) -> bytes:
    """The picture on white. ValueError for a picture that names others: charts draw everything themselves."""
    if _NAMES_OTHERS.search(svg):
        raise ValueError("A chart may not name other files.")
    import resvg_py  # late: only workers draw

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            background="#ffffff",
            zoom=SCALE,
            skip_system_fonts=True,
            font_files=list(_fonts()),
            font_family="Noto Sans",
        )
    )
