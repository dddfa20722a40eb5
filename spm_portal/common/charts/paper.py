"""How charts look on paper: the fonts of the PDF, and the accent of who hands it out."""

from spm_portal.common.charts.model import Palette, Style
from spm_portal.common.colours import readable_on
from spm_portal.common.pdf import joined

FONT = "'Noto Sans', 'Noto Sans Arabic'"


def paper_style(accent: str, *, width: int = 600) -> Style:
    """Fonts that the PDF has, Arabic letters joined, the description in the title, which is all that readers get."""
    palette = Palette(series=(readable_on("#ffffff", accent), *Palette().series[1:]))
    # rtl stays off: unlike a browser, WeasyPrint anchors the text of an SVG from left to right in every document
    return Style(width=width, palette=palette, font_family=FONT, shape=joined, alt_in_title=True)
