"""Words in braces of a text for many members: filled for each, never twice, and never anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.placeholders import KNOWN, fill, unknown

WORDS = {"mfi": "Kilimo", "label": "Branches", "value": "20", "last_year": "18"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{mfi}: is {value} right? It was {last_year}.", "Kilimo: is 20 right? It was 18."),
        ("{value} and {value}", "20 and 20"),
        ("{ value }", "{ value }"),
        ("{{value}}", "{20}"),
        ("{other} {", "{other} {"),
        ("", ""),
    ],
)
def test_known_words_are_filled(text: str, filled: str):
    assert fill(text, WORDS) == filled


def test_a_filling_is_not_read_again():
    assert fill("{mfi} {value}", {"mfi": "{value}", "value": "20"}) == "{value} 20"


def test_unknown_words_are_told_once_in_their_order():
    assert unknown("{b} {mfi} {a} {b} {value}") == ["b", "a"]


PIECES = st.one_of(
    st.sampled_from([(f"{{{name}}}", WORDS[name]) for name in KNOWN]),
    st.sampled_from(["{other}", " ", "plain", "\n", "{}"]).map(lambda piece: (piece, piece)),
)


@given(st.lists(PIECES))
def test_every_piece_is_filled_by_itself(pieces: list[tuple[str, str]]):
    assert fill("".join(raw for raw, _ in pieces), WORDS) == "".join(filled for _, filled in pieces)
