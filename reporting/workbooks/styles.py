"""The look of the workbook: formats by name, in the colours of the association."""

from typing import Any

from reporting.catalogue import Indicator
from spm_portal.common.colours import ink_on, readable_on

_FONT = "Calibri"
_INK, _MUTED, _LINE = "#1f2a2a", "#5d6b6a", "#d9dedd"
_INPUT, _NEEDED, _BAD, _LOCKED = "#fffdf5", "#fdf0c2", "#f8c9c4", "#f3f5f4"


def number_format(indicator: Indicator) -> str:
    """How Excel shows the figure; "" for what is no number."""
    if not indicator.type.is_number:
        return ""
    if indicator.unit == "year":
        return "0"
    decimals = indicator.decimals or 0
    return "#,##0" + ("." + "0" * decimals if decimals else "")


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any, accent: str) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        strong = readable_on("#ffffff", accent)
        self.band = self._make(bg_color=accent)
        self.title = self._make(bold=True, font_size=20, valign="vcenter")
        self.subtitle = self._make(font_size=13, font_color=strong)
        self.heading = self._make(bold=True, font_size=13, bottom=1, bottom_color=_LINE)
        self.heading_end = self._make(bold=True, bottom=1, bottom_color=_LINE, align="right")
        self.plain = self._make()
        self.wrapped = self._make(text_wrap=True, valign="top")
        self.muted = self._make(font_color=_MUTED)
        self.lede = self._make(font_color=_MUTED, text_wrap=True, valign="top")
        self.link = self._make(font_color=strong, underline=1, bottom=1, bottom_color=_LINE)
        self.row = self._make(bottom=1, bottom_color=_LINE)
        self.row_number = self._make(bottom=1, bottom_color=_LINE, num_format="0")
        head = {
            "bold": True,
            "bg_color": accent,
            "font_color": ink_on(accent),
            "valign": "vcenter",
            "border": 0,
        }
        self.head = self._make(**head)
        self.head_end = self._make(**head, align="right")
        base: dict[str, Any] = {"bottom": 1, "bottom_color": _LINE, "valign": "top", "text_wrap": True}
        self._base = base
        self.number = self._make(**base, font_color=_MUTED)
        self.question = self._make(**base)
        self.child = self._make(**base, indent=2)
        self.entry = self._make(**base, indent=2, font_color=_MUTED)
        self.unit = self._make(**base, font_color=_MUTED)
        self.quiet = self._make(**base)
        self.locked_value = self._make(**base, font_color=_MUTED, italic=True, bg_color=_LOCKED)
        self.bad = self._bare(bg_color=_BAD)
        self.needed = self._bare(bg_color=_NEEDED)
        border = {"border": 1, "border_color": _LINE}
        self.legend_needed = self._make(**border, bg_color=_NEEDED)
        self.legend_input = self._make(**border, bg_color=_INPUT)
        self.legend_bad = self._make(**border, bg_color=_BAD)
        self.legend_locked = self._make(**border, bg_color=_LOCKED)

    def input(self, number: str, *, centred: bool = False) -> Any:
        """A cell to fill in."""
        more: dict[str, Any] = {"num_format": number} if number else {"text_wrap": True}
        if centred:
            more["align"] = "center"
        return self._make(border=1, border_color=_LINE, bg_color=_INPUT, locked=False, valign="top", **more)

    def last(self, number: str) -> Any:
        """Last year's value: locked and quiet."""
        return self._make(
            **self._base, font_color=_MUTED, align="right", **({"num_format": number} if number else {})
        )

    def _make(self, **looks: Any) -> Any:
        """A format, the same for the same looks."""
        return self._bare(**{"font_name": _FONT, "font_size": 11, "font_color": _INK, **looks})

    def _bare(self, **looks: Any) -> Any:
        key = tuple(sorted(looks.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(looks)
        return self._made[key]
