"""An association's accent colour as a stylesheet in which every word stays readable."""

from spm_portal.common.colours import ink_on, mix, readable_on

# The grounds of the two looks, as in the portal's own stylesheet.
PAPER, SURFACE_DARK, DARK = "#f7f6f2", "#1b2023", "#14181a"


def tokens(accent: str) -> tuple[dict[str, str], dict[str, str]]:
    """The tokens of the light and of the dark look for one accent colour ("#rrggbb")."""
    soft, soft_dark = mix(accent, PAPER, 0.88), mix(accent, DARK, 0.78)
    bright = readable_on(SURFACE_DARK, mix(accent, "#ffffff", 0.25), least=7)
    light = {
        "accent": accent,
        "accent-ink": ink_on(accent),
        "accent-soft": soft,
        "link": readable_on(soft, accent),
        "s1": readable_on(PAPER, accent, least=3),
    }
    dark = {
        "accent-soft": soft_dark,
        "link": bright,
        "button": bright,
        "button-ink": ink_on(bright, dark="#0e1618"),
        "s1": bright,
    }
    return light, dark


def stylesheet(accent: str) -> str:
    """The tokens as CSS, for both looks."""
    light, dark = tokens(accent)
    return f":root{{{_rules(light)}}}\n@media (prefers-color-scheme:dark){{:root{{{_rules(dark)}}}}}\n"


def _rules(found: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in found.items())
