"""Filling in the questions of a return as people do: key by key with scripts, or a page at a time without them."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from reporting.catalogue import Indicator, IndicatorType
from tests.factories.reporting import PDF, default_catalogue, sample

VALUES: dict[str, Any] = sample()["values"]


def spelled(value: Any) -> list[str]:
    """The values of the controls that stand for an answer."""
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [str(one) for one in (value if isinstance(value, list) else [value])]


def answer_by_keyboard(page: Page, code: str, value: Any, file: Path) -> None:
    """Answer one question without the mouse, leave it, and wait for its saved mark."""
    indicator = default_catalogue().indicator(code)
    box = page.locator(f"#v-{code}")
    expect(box).to_be_attached()
    kind = box.evaluate("one => one.type")
    if kind == "file":
        box.set_input_files(file)  # the chooser is the browser's own window, which nothing can type into
    elif kind in {"radio", "checkbox"}:
        for option in spelled(value):
            page.locator(f'[name="v-{code}"][value="{option}"]').focus()
            page.keyboard.press("Space")
    elif kind == "select-one":
        box.focus()
        choose_by_arrows(page, box, spelled(value)[0])
    else:
        box.focus()
        page.keyboard.press("Control+A")
        page.keyboard.type(typed(indicator, value))
        page.keyboard.press("Tab")
    saved = page.locator(f"#s-{code} .field-saved:not(.is-busy)")
    expect(saved).to_contain_text("Saved")


def choose_by_arrows(page: Page, box: Locator, value: str) -> None:
    """Step down a closed list to an option."""
    steps = box.evaluate(
        "(one, value) => [...one.options].findIndex((option) => option.value === value) - one.selectedIndex",
        value,
    )
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")


def typed(indicator: Indicator, value: Any) -> str:
    """What an English reader types: large figures with separators."""
    if indicator.type in {IndicatorType.INTEGER, IndicatorType.MONEY} and indicator.unit != "year":
        return f"{value:,}"
    return str(value)


def fill_section(page: Page, section: str, file: Path, values: dict[str, Any] = VALUES) -> None:
    """Fill in a section on a page without scripts; questions that depend on others come after saving."""
    done: set[str] = set()
    while True:
        asked = [
            one.code
            for one in default_catalogue().section(section).indicators
            if one.code in values and one.code not in done and page.locator(f"#v-{one.code}").count()
        ]
        if not asked:
            return
        for code in asked:
            _set(page, code, values[code], file)
        done.update(asked)
        page.locator("#sheet").get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def _set(page: Page, code: str, value: Any, file: Path) -> None:
    box = page.locator(f"#v-{code}")
    kind = box.get_attribute("type") or box.evaluate("one => one.tagName.toLowerCase()")
    if kind == "file":
        box.set_input_files(file)
    elif kind in {"radio", "checkbox"}:
        for option in spelled(value):
            page.locator(f'[name="v-{code}"][value="{option}"]').check()
    elif kind == "select":
        box.select_option(spelled(value)[0])
    else:
        box.fill(typed(default_catalogue().indicator(code), value))


def a_pdf(folder: Path) -> Path:
    """A small file to hand in as evidence."""
    file = folder / "evidence.pdf"
    file.write_bytes(PDF)
    return file
