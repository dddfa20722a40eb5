"""What the PDFs of an association are laid out with: the style sheet, its colour and its logo."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from django.conf import settings

from members.models import Association
from spm_portal.common.colours import ink_on, readable_on


def assets_of(association: Association, *sheets: str) -> dict[str, bytes]:
    """The files by the names that templates give them: style sheets, accent.css, and the logo if it can be read."""
    accent = association.accent_colour  # a checked hex colour
    colours = (
        f":root{{--accent:{accent};--on-accent:{ink_on(accent)};--strong:{readable_on('#ffffff', accent)}}}"
    )
    folder = settings.BASE_DIR / "static" / "css"
    found = {sheet: (folder / sheet).read_bytes() for sheet in ("report.css", *sheets)}
    found["accent.css"] = colours.encode()
    logo = association.logo
    if logo and logo.name:
        try:
            with logo.open("rb") as stored:
                found[f"logo{PurePosixPath(logo.name).suffix.lower()}"] = stored.read()
        except OSError:
            pass  # a report without its logo is better than none
    return found


def logo_of(assets: Iterable[str]) -> str:
    """The name of the logo among the files of a PDF; nothing where there is none."""
    return next((name for name in assets if name.startswith("logo")), "")
