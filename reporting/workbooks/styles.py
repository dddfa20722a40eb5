"""The look of the workbook: formats by name, in the colours of the association."""

from typing import Any

from reporting.catalogue import Indicator
from spm_portal.common.colours import ink_on, readable_on

_FONT = "Calibri"
_INK, _MUTED, _LINE = "#1f2a2a", "#5d6b6a", "#d9dedd"
INPUT = "#fffbe8"  # a cell to fill in
_NEEDED, _BAD, _ODD, _LOCKED = "#fdf0c2", "#f8c9c4", "#fde0bd", "#eceff0"
# The ink of the words beside an answer.
_SAID = {"bad": "#9b1c12", "odd": "#8a4b00", "off": _MUTED, "needed": "#75590a", "good": "#1c6b43"}


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

    def __init__(self, book: Any, accent: str, *, todo: str, done: str, right_to_left: bool = False) -> None:
        self._book = book
        # with it, words of another language stand on the right side too
        self._order: dict[str, Any] = {"reading_order": 2} if right_to_left else {}
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        strong = readable_on("#ffffff", accent)
        self.accent = accent
        self.jump = self._make(font_color=strong, underline=1, valign="vcenter")
        self.fact = self._make(bold=True, text_wrap=True, valign="top")
        self.status = self._make(
            bottom=1, bottom_color=_LINE, num_format=f';;;"{todo}"', font_color=_SAID["needed"]
        )
        self.finished = self._bare(num_format=f';;;"✓ {done}"', font_color=_SAID["good"])
        self.band = self._make(bg_color=accent)
        self.title = self._make(bold=True, font_size=20, valign="vcenter")
        self.subtitle = self._make(font_size=13, font_color=strong)
        self.heading = self._make(bold=True, font_size=13, bottom=1, bottom_color=_LINE)
        self.heading_end = self._make(bold=True, bottom=1, bottom_color=_LINE, align="right", indent=2)
        self.heading_status = self._make(bold=True, bottom=1, bottom_color=_LINE)
        self.plain = self._make()
        self.wrapped = self._make(text_wrap=True, valign="top")
        self.muted = self._make(font_color=_MUTED)
        self.lede = self._make(font_color=_MUTED, text_wrap=True, valign="top")
        self.link = self._make(font_color=strong, underline=1, bottom=1, bottom_color=_LINE)
        self.row = self._make(bottom=1, bottom_color=_LINE)
        self.row_end = self._make(bottom=1, bottom_color=_LINE, align="right", indent=2)
        head = {
            "bold": True,
            "bg_color": accent,
            "font_color": ink_on(accent),
            "valign": "vcenter",
            "border": 0,
        }
        self.head = self._make(**head)
        self.head_end = self._make(**head, align="right", indent=1)
        base: dict[str, Any] = {"bottom": 1, "bottom_color": _LINE, "valign": "top", "text_wrap": True}
        self._base = base
        self.number = self._make(**base, font_color=_MUTED)
        self.question = self._make(**base)
        self.child = self._make(**base, indent=2)
        self.entry = self._make(**base, indent=2, font_color=_MUTED)
        self.unit = self._make(**base, font_color=_MUTED)
        self.quiet = self._make(**base)
        self.locked_value = self._make(**base, font_color=_MUTED, italic=True, bg_color=_LOCKED)
        self.help = self._make(font_size=9, font_color=_MUTED)
        self.condition = self._make(font_size=9, font_color=strong, italic=True)
        self.label = self._make(bold=True)
        self.child_label = self._make()
        self.check = self._make(**base, num_format=";;;", font_size=10)
        self.tones = {
            "bad": self._bare(bg_color=_BAD),
            "odd": self._bare(bg_color=_ODD),
            "off": self._bare(bg_color=_LOCKED, font_color=_MUTED),
            "needed": self._bare(bg_color=_NEEDED),
        }
        border = {"border": 1, "border_color": _LINE}
        self.legend_needed = self._make(**border, bg_color=_NEEDED)
        self.legend_input = self._make(**border, bg_color=INPUT)
        self.legend_odd = self._make(**border, bg_color=_ODD)
        self.legend_bad = self._make(**border, bg_color=_BAD)
        self.legend_locked = self._make(**border, bg_color=_LOCKED)

    def input(self, number: str, *, centred: bool = False) -> Any:
        """A cell to fill in."""
        more: dict[str, Any] = {"num_format": number} if number else {"text_wrap": True}
        if centred:
            more["align"] = "center"
        return self._make(border=1, border_color=_LINE, bg_color=INPUT, locked=False, valign="top", **more)

    def saying(self, tone: str, number: str) -> Any:
        """A conditional format that shows words (as `number`) beside an answer."""
        return self._bare(num_format=number, font_color=_SAID[tone])

    def last(self, number: str) -> Any:
        """Last year's value: locked and quiet."""
        return self._make(
            **self._base,
            font_color=_MUTED,
            align="right",
            indent=1,
            **({"num_format": number} if number else {}),
        )

    def _make(self, **looks: Any) -> Any:
        """A format, the same for the same looks."""
        return self._bare(**{"font_name": _FONT, "font_size": 11, "font_color": _INK, **self._order, **looks})

    def _bare(self, **looks: Any) -> Any:
        key = tuple(sorted(looks.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(looks)
        return self._made[key]
