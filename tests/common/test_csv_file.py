"""Tables as CSV: no text becomes a formula, numbers are the same in every language."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_portal.common.csv_file import STARTS_A_FORMULA, csv_bytes


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, ""),
        (-3, "-3"),
        (2.5, "2.5"),
        (2.0, "2"),
        ("=1+1", "'=1+1"),
        ("-3", "'-3"),
        ("Zaïre, Kigali", "Zaïre, Kigali"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_a_cell_is_written_as_it_is_meant(cell, written):
    assert read(csv_bytes(["name"], [[cell]]))[1:] == [[written]]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_no_text_is_taken_for_a_formula(text):
    [_header, [_x, found]] = read(csv_bytes(["a", "b"], [["x", text]]))
    assert not found.startswith(STARTS_A_FORMULA)
    assert found in {text, f"'{text}"}


def test_excel_is_told_that_it_is_utf_8():
    assert csv_bytes(["é"], []).startswith(b"\xef\xbb\xbf")
