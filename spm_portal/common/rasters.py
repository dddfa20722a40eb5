"""Charts as PNG pictures, for files that take no SVG; the only module that knows resvg."""

from functools import lru_cache

from django.conf import settings

SCALE = 2.5  # a chart of 600 units becomes 1500 pixels: sharp in print over the width of a page


@lru_cache(maxsize=1)
def _fonts() -> tuple[str, ...]:
    return tuple(str(one) for one in sorted((settings.BASE_DIR / "static" / "fonts").glob("*.ttf")))


def png_of(svg: str) -> bytes:
    """The picture on white; it loads nothing but the vendored fonts."""
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
