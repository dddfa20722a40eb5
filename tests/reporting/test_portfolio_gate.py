"""A figure over several published releases: it gives way wherever it would tell more than its parts."""

from typing import Any

import pytest

from reporting.disclosure import Audience, Kind, Measure, Policy, Reason, Unit
from reporting.disclosure.portfolio import publish_whole

SUM = Measure("borrowers", Kind.SUM, Unit.COUNT)
RATIO = Measure("share", Kind.RATIO_OF_SUMS, Unit.PERCENT, decimals=1)
POLICY = Policy()


def part(letter: str, count: int = 8, size: int = 1000) -> dict[str, Any]:
    return {f"{letter}{number}": size + 37 * number for number in range(count)}


def owners(*parts: dict[str, Any]) -> dict[str, str]:
    return {key: key for one in parts for key in one}


def test_two_safe_parts_give_their_sum() -> None:
    a, b = part("a"), part("b")
    cell = publish_whole(SUM, {"A": a, "B": b}, owners(a, b), POLICY)
    assert cell.published
    assert cell.value == pytest.approx(sum([*a.values(), *b.values()]), rel=0.005)
    assert cell.n_band == "10-19"


def test_a_ratio_is_that_of_the_sums_not_the_mean_of_ratios() -> None:
    a = {key: (value // 2, value) for key, value in part("a").items()}
    b = {key: (value, value * 4) for key, value in part("b", size=9000).items()}
    cell = publish_whole(RATIO, {"A": a, "B": b}, owners(a, b), POLICY)
    everybody = [*a.values(), *b.values()]
    expected = 100 * sum(top for top, _bottom in everybody) / sum(bottom for _top, bottom in everybody)
    assert cell.value == pytest.approx(expected, abs=0.1)


def test_a_member_of_two_associations_counts_once_and_is_not_told() -> None:
    a, b = part("a"), part("b")
    b["a0"] = a["a0"]  # the sum of both parts less the whole would be its figure
    cell = publish_whole(SUM, {"A": a, "B": b}, owners(a, b), POLICY)
    assert (cell.published, cell.value, cell.reason) == (False, None, Reason.DERIVABLE)


def test_a_member_with_two_different_values_closes_the_gate() -> None:
    a, b = part("a"), part("b")
    b["a0"] = a["a0"] + 1
    cell = publish_whole(SUM, {"A": a, "B": b}, owners(a, b), POLICY)
    assert (cell.published, cell.value) == (False, None)


def test_one_owner_over_both_associations_dominates_the_whole() -> None:
    a, b = part("a"), part("b")
    a["a0"], b["b0"] = 900_000, 900_000
    apart = publish_whole(SUM, {"A": a, "B": b}, owners(a, b) | {"a0": "big", "b0": "big"}, POLICY)
    assert (apart.published, apart.reason) == (False, Reason.DOMINATED)


def test_what_a_donor_knows_by_consent_is_taken_off() -> None:
    a, b = part("a", 5), part("b", 5)
    known = {"borrowers": frozenset([*list(a), *list(b)[:3]])}
    assert publish_whole(SUM, {"A": a, "B": b}, owners(a, b), POLICY).published
    cell = publish_whole(SUM, {"A": a, "B": b}, owners(a, b), POLICY, [Audience("a donor", known)])
    assert (cell.published, cell.value) == (False, None)


def test_too_few_and_nonsense_publish_nothing() -> None:
    a, b = part("a", 2), part("b", 2)
    assert publish_whole(SUM, {"A": a, "B": b}, owners(a, b), POLICY).reason == Reason.TOO_FEW
    broken = publish_whole(SUM, {"A": part("a"), "B": {"b": "many"}}, owners(part("a")), POLICY)
    assert (broken.published, broken.reason) == (False, Reason.ERROR)


def test_seventy_parts_are_no_matter_of_all_their_subsets() -> None:
    parts = {f"p{number}": part(f"p{number}-", size=1000 + number) for number in range(70)}
    cell = publish_whole(SUM, parts, owners(*parts.values()), POLICY)
    assert cell.published
    expected = sum(value for one in parts.values() for value in one.values())
    assert cell.value == pytest.approx(expected, rel=0.005)


def test_among_many_parts_the_two_that_share_a_member_are_found() -> None:
    parts = {f"p{number}": part(f"p{number}-", size=1000 + number) for number in range(30)}
    parts["p29"]["p3-0"] = parts["p3"]["p3-0"]
    cell = publish_whole(SUM, parts, owners(*parts.values()), POLICY)
    assert (cell.published, cell.value, cell.reason) == (False, None, Reason.DERIVABLE)


def test_two_bundles_that_share_enough_members_are_looked_at_apart() -> None:
    a, b, c, d = (part(letter, 20) for letter in "abcd")
    b |= {key: a[key] for key in list(a)[:10]}
    d |= {key: c[key] for key in list(c)[:10]}
    parts = {"A": a, "B": b, "C": c, "D": d}
    everybody = {key: key for one in parts.values() for key in one}
    both = publish_whole(SUM, parts, everybody, POLICY)
    one = publish_whole(SUM, {"A": a, "B": b}, everybody, POLICY)
    assert one.published
    assert both.published
