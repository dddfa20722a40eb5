"""What people typed, as it is kept."""

from hypothesis import given
from hypothesis import strategies as st

from spm_portal.common.typed import one_line, paragraphs


def test_one_line_has_one_blank_between_words() -> None:
    assert one_line("  Asha\u00a0 \n Otieno\x00\t") == "Asha Otieno"


def test_paragraphs_keep_their_lines() -> None:
    assert paragraphs("\r\nFirst.\r\n\r\nSecond\x00.\n ") == "First.\n\nSecond."


@given(st.text())
def test_nothing_is_left_that_a_database_refuses_and_cleaning_twice_changes_nothing(text: str) -> None:
    for clean in (one_line, paragraphs):
        once = clean(text)
        assert "\x00" not in once
        assert clean(once) == once
