"""Rows copied for other associations: own keys and names become others, shared keys and figures stay."""

import pytest

from bench.synthetic import PLACE, with_place

OWN = "0a1b2c3d-0000-4abc-8def-0123456789ab"
SHARED = "ffffffff-1111-4222-8333-444444444444"


@pytest.mark.unit
def test_own_keys_get_a_place_and_shared_ones_stay() -> None:
    row = f'{OWN}\t{SHARED}\t{{"release": "{OWN}"}}\n'
    copied = with_place(row, frozenset({OWN})).replace(PLACE, "8007")
    assert copied == row.replace(OWN, "0a1b2c3d-0000-8007-8def-0123456789ab")


@pytest.mark.unit
def test_a_copied_key_is_never_a_random_one() -> None:
    """Random keys are of version 4 at that place, copied ones of version 8."""
    assert OWN[14] == SHARED[14] == "4"
    assert with_place(OWN, frozenset({OWN}))[14:18] == PLACE


@pytest.mark.unit
@pytest.mark.parametrize(
    ("row", "copied"),
    [
        ("bench-0000\tNetwork 0000", "bench-8007\tNetwork 8007"),
        ("Member 03 of network 0000\t0", "Member 03 of network 8007\t0"),
        ("editor3.0000@bench.example", "editor3.8007@bench.example"),
        ("120000.000000\t0.0000\t10000\t2020-00-00", "120000.000000\t0.0000\t10000\t2020-00-00"),
    ],
)
def test_names_are_told_from_figures(row: str, copied: str) -> None:
    assert with_place(row, frozenset()).replace(PLACE, "8007") == copied
