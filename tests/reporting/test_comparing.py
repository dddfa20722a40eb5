"""Whether two versions of the catalogue mean the same by a code: every aspect that changes a figure is seen."""

from dataclasses import replace
from typing import Any

import pytest

from reporting.catalogue import Aggregate, Catalogue
from reporting.comparing import Differs, difference, same_question
from tests.factories.reporting import default_catalogue


def changed(code: str, **fields: Any) -> Catalogue:
    """The catalogue with one indicator or derived value changed."""
    catalogue = default_catalogue()
    return replace(
        catalogue,
        sections=tuple(
            replace(
                section,
                indicators=tuple(
                    replace(one, **fields) if one.code == code else one for one in section.indicators
                ),
            )
            for section in catalogue.sections
        ),
        derived=tuple(replace(one, **fields) if one.code == code else one for one in catalogue.derived),
    )


@pytest.mark.parametrize(
    ("code", "fields", "found"),
    [
        ("active_borrowers", {"unit": "groups"}, Differs.UNIT),
        ("active_borrowers", {"aggregate": Aggregate.MEDIAN}, Differs.AGGREGATE),
        ("pct_female_borrowers", {"unit": "points"}, Differs.UNIT),
        ("active_borrowers", {"label": "Borrowers"}, None),
    ],
)
def test_what_changes_a_figure_is_seen_and_a_new_label_is_not(
    code: str, fields: dict[str, Any], found: Differs | None
) -> None:
    before = default_catalogue()
    after = changed(code, **fields)
    assert difference(code, before, after) == found
    assert same_question(code, before, after) is (found is None)
    assert same_question("pct_rural_borrowers", before, after)


def test_another_formula_is_another_figure() -> None:
    catalogue = default_catalogue()
    other = next(one for one in catalogue.derived if one.code == "pct_rural_borrowers")
    after = changed("pct_female_borrowers", formula=other.formula)
    assert difference("pct_female_borrowers", catalogue, after) == Differs.FORMULA


def test_a_code_that_one_version_does_not_know_is_never_the_same() -> None:
    before = default_catalogue()
    after = replace(
        before, derived=tuple(one for one in before.derived if one.code != "pct_female_borrowers")
    )
    assert difference("pct_female_borrowers", before, after) == Differs.ABSENT
    assert difference("no_such_code", before, after) == Differs.ABSENT
