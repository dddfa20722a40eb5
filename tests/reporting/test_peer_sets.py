"""Which groups are offered beside each other: no difference of a handful, found by brute force too."""

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.peer_sets import MOST_GROUPS, Offer, Verdict, derivable, offers

pytestmark = pytest.mark.unit

ALL = frozenset("abcdefghijklmnopqrstuvwxyz")
OWN = {key: key for key in ALL}


def verdicts(*groups: str, everyone: str = "abcdefghijklmnopqrst", **more: object) -> list[str]:
    named = {f"g{number}": frozenset(members) for number, members in enumerate(groups)}
    return [one.verdict.value for one in offers(named, frozenset(everyone), OWN, 5, **more).values()]  # type: ignore[arg-type]


def test_five_contributors_are_enough_and_four_too_few() -> None:
    assert verdicts("abcde") == ["offered"]
    assert verdicts("abcd") == ["too_few"]
    assert verdicts("") == ["too_few"]


def test_members_of_one_owner_count_once() -> None:
    owners = OWN | {"e": "a"}
    assert offers({"g": frozenset("abcde")}, ALL, owners, 5)["g"].verdict is Verdict.TOO_FEW
    assert offers({"g": frozenset("abcdef")}, ALL, owners, 5)["g"].offered


def test_what_is_left_of_all_members_must_be_enough_too() -> None:
    assert verdicts("abcdefghijklmnop") == ["rest_too_few"]
    assert verdicts("abcdefghijklmno") == ["offered"]
    assert verdicts("abcdefghijklmnopqrst") == ["everybody"]


def test_two_groups_may_not_differ_by_a_handful_on_either_side() -> None:
    assert verdicts("abcdefgh", "abcdefghi") == ["offered", "close"]
    assert verdicts("abcde", "abcdefghij") == ["offered", "offered"]
    assert verdicts("abcdefgh", "abcdefgijklm") == ["offered", "close"]  # h is in the first alone
    assert verdicts("abcdefgh", "abcdefgh") == ["offered", "same"]
    stands = offers({"old": frozenset("abcdefgh"), "new": frozenset("abcdefghi")}, ALL, OWN, 5)
    assert stands["new"] == Offer(Verdict.CLOSE, "old")


def test_the_first_stays_and_the_later_gives_way() -> None:
    assert verdicts("abcdefghi", "abcdefgh") == ["offered", "close"]
    # a group that is not offered stands in nobody's way
    assert verdicts("abcd", "abcdefgh") == ["too_few", "offered"]


def test_an_earlier_edition_is_remembered() -> None:
    assert verdicts("abcdefgh", earlier=[frozenset("abcdefghi")]) == ["close_to_earlier"]
    assert verdicts("abcdefgh", earlier=[frozenset("abcdefgh")]) == ["offered"]


def test_parts_that_leave_a_handful_together_are_refused() -> None:
    # 20 members: nine and nine leave two, though each leaves eleven
    assert verdicts("abcdefghi", "jklmnopqr") == ["offered", "derivable"]


def test_no_more_than_a_few_groups() -> None:
    many = {f"g{n}": frozenset(f"{n}-{m}" for m in range(5)) for n in range(MOST_GROUPS + 1)}
    everyone = frozenset().union(*many.values(), {f"rest-{m}" for m in range(5)})
    found = offers(many, everyone, {key: key for key in everyone}, 5)
    assert [one.verdict for one in found.values()] == [Verdict.OFFERED] * MOST_GROUPS + [Verdict.TOO_MANY]


members = st.frozensets(st.sampled_from(sorted(ALL)[:16]), max_size=16)


@settings(max_examples=60)
@given(st.lists(members, max_size=4), st.lists(members, max_size=2))
def test_no_offered_sets_differ_by_a_handful(
    groups: list[frozenset[str]], earlier: list[frozenset[str]]
) -> None:
    everyone = frozenset(sorted(ALL)[:16])
    named = {str(number): one for number, one in enumerate(groups)}
    offered = [named[key] for key, one in offers(named, everyone, OWN, 5, earlier).items() if one.offered]
    for one, other in combinations([everyone, *offered], 2):
        assert one != other
        assert len(one - other) not in range(1, 5)
        assert len(other - one) not in range(1, 5)
    for one, other in product(offered, earlier):
        assert len(one - other) not in range(1, 5)
    for signs in product((-1, 0, 1), repeat=len(offered) + 1):
        sums = [
            sum(s for s, one in zip(signs, [everyone, *offered], strict=True) if m in one) for m in everyone
        ]
        if set(sums) <= {0, 1}:
            assert sum(sums) not in range(1, 5)


def test_derivable_lists_differences_and_unions_of_parts() -> None:
    found = derivable([frozenset("abcdef"), frozenset("ab")], frozenset("cd"))
    assert {"".join(sorted(one)) for one in found} == {"ef", "abef", "abcd"}
