"""docs/permissions.md says what the matrix says, and the matrix can be read."""

from tests.permissions import matrix, pages


def test_the_page_says_what_the_matrix_says() -> None:
    wanted = pages.written(matrix.load())
    found = pages.FILE.read_text(encoding="utf-8") if pages.FILE.exists() else ""
    if found != wanted:
        pages.FILE.write_text(wanted, encoding="utf-8")
    assert found == wanted, (
        "docs/permissions.md was old and is written anew: look at the difference and commit it."
    )


def test_the_rows_of_an_area_stand_together() -> None:
    areas = [row.area for row in matrix.load()]
    blocks = [area for place, area in enumerate(areas) if place == 0 or areas[place - 1] != area]
    assert len(blocks) == len(set(blocks)), f"Sort matrix.csv by area: {blocks}"


def test_what_is_said_is_said_once() -> None:
    """A row without words is one that nobody needs to read: everybody is refused."""
    told = [(row.area, row.what) for row in matrix.load() if row.what]
    assert len(told) == len(set(told))
    silent = [
        row.key
        for row in matrix.load()
        if not row.what and any(cell & {"200", "204", "302"} for cell in row.cells.values())
    ]
    assert not silent, f"Say in words what these rows are about: {silent}"
