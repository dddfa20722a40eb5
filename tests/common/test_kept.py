"""What a process keeps of costly results: the last asked for stay, the oldest go, by number or by size."""

import pytest

from spm_portal.common.kept import Kept


def test_what_was_asked_for_last_stays_and_the_oldest_goes() -> None:
    kept: Kept[str] = Kept(2)
    assert kept.put("a", "A") == "A"
    kept.put("b", "B")
    assert kept.get("a") == "A"
    kept.put("c", "C")

    assert kept.get("b") is None
    assert (kept.get("a"), kept.get("c"), len(kept)) == ("A", "C", 2)


@pytest.mark.parametrize(("results", "left"), [(["aaa", "bb"], ["aaa", "bb"]), (["aaa", "bbb"], ["bbb"])])
def test_room_may_be_counted_by_size(results: list[str], left: list[str]) -> None:
    kept: Kept[str] = Kept(5, size=len)
    for result in results:
        kept.put(result, result)

    assert [result for result in results if kept.get(result) is not None] == left


def test_one_that_is_larger_than_all_the_room_stays_until_the_next() -> None:
    kept: Kept[str] = Kept(2, size=len)
    kept.put("large", "larger")
    assert kept.get("large") == "larger"
    kept.put("small", "s")

    assert kept.get("large") is None
    assert kept.get("small") == "s"


def test_a_result_put_again_takes_the_place_and_the_room_of_the_old_one() -> None:
    kept: Kept[str] = Kept(5, size=len)
    kept.put("key", "aaaa")
    kept.put("key", "bbb")
    kept.put("other", "cc")

    assert (kept.get("key"), kept.get("other")) == ("bbb", "cc")
    kept.clear()
    assert (kept.get("key"), len(kept)) == (None, 0)
