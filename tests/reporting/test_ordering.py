"""The order of words about one answer: one page ends with its last word, two pages lose nothing in silence."""

import sys
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.ordering import Kept, Verdict, Word, judge

pytestmark = pytest.mark.unit

ANNA, BEN = UUID(int=1), UUID(int=2)
ask = judge  # replaced where a test shows that it would notice a fault


@pytest.mark.parametrize(
    ("word", "kept", "heard", "same", "verdict"),
    [
        (Word(0), Kept(), 0, False, Verdict.TAKE),
        (Word(1), Kept(1), 0, False, Verdict.TAKE),
        (Word(1), Kept(2), 0, False, Verdict.CLASH),
        (Word(1), Kept(2), 0, True, Verdict.SAME),
        # a later word follows its own earlier one, whose version it has not seen
        (Word(1, ANNA, 2), Kept(2, ANNA), 1, False, Verdict.TAKE),
        (Word(1, ANNA, 2), Kept(2, BEN), 1, False, Verdict.CLASH),
        # an echo, and one that was overtaken: even where the version would fit
        (Word(1, ANNA, 1), Kept(2, ANNA), 1, True, Verdict.LATE),
        (Word(1, ANNA, 1), Kept(1, BEN), 2, False, Verdict.LATE),
        # without a count there is no order, whatever page it names
        (Word(1, ANNA, 0), Kept(2, ANNA), 0, False, Verdict.CLASH),
        (Word(1, None, 3), Kept(2, None), 0, False, Verdict.CLASH),
    ],
)
def test_verdicts(word: Word, kept: Kept, heard: int, same: bool, verdict: Verdict) -> None:
    assert judge(word, kept, heard=heard, same=same) is verdict


@dataclass
class Server:
    """One stored answer, and what was heard from each page."""

    value: int = 0
    kept: Kept = field(default_factory=lambda: Kept(1))
    heard: dict[UUID, int] = field(default_factory=dict)

    def receive(self, word: Word, value: int) -> tuple[Verdict, int, Kept]:
        """What it decides, with the value and its version and page that stood before."""
        before = (self.value, self.kept)
        page = word.page
        assert page is not None
        verdict = ask(word, self.kept, heard=self.heard.get(page, 0), same=value == self.value)
        self.heard[page] = max(self.heard.get(page, 0), word.sequence)
        if verdict is Verdict.TAKE:
            self.value, self.kept = value, Kept(self.kept.version + 1, page)
        return verdict, *before


@dataclass
class Page:
    """A browser's page: what stands in its box, the version beside it, and copies of saves that travel."""

    key: UUID
    box: int = 0
    version: int = 1
    sequence: int = 0
    travelling: list[tuple[Word, int]] = field(default_factory=list)
    told: int = 0  # the last word that was answered by a conflict, with both values

    def type(self, value: int) -> None:
        self.box = value
        self.sequence += 1
        self.travelling.append((Word(self.version, self.key, self.sequence), value))

    def answer(self, word: Word, verdict: Verdict, version: int) -> None:
        """What the page makes of an answer: a late one brings no version, a conflict keeps the older one."""
        if verdict in {Verdict.TAKE, Verdict.SAME}:
            self.version = version
        if verdict is Verdict.CLASH:
            self.told = word.sequence


# What happens next: somebody types a figure, or a copy of a save arrives (first or once more, its answer lost or not).
TYPES = st.tuples(st.just("type"), st.integers(0, 1), st.integers(0, 3))
ARRIVES = st.tuples(
    st.sampled_from(["arrive", "arrive, answer lost", "double"]), st.integers(0, 1), st.integers(0, 9)
)
COURSES = st.lists(st.one_of(TYPES, ARRIVES), max_size=24)


def run(course: list[tuple[str, int, int]], pages: list[Page]) -> Server:
    """Play a course of events, let everything that travels arrive at the end, and check each decision."""
    server = Server()

    def arrive(page: Page, place: int, *, stay: bool, answered: bool) -> None:
        word, value = page.travelling[place] if stay else page.travelling.pop(place)
        last_word = word.sequence == page.sequence
        verdict, was, kept = server.receive(word, value)
        if verdict is Verdict.TAKE and kept.page not in {None, page.key}:
            # what somebody else wrote gives way only to somebody who had it on the screen
            assert word.version == kept.version
        if last_word and verdict is not Verdict.LATE:
            assert server.value == value or verdict is Verdict.CLASH
        if verdict in {Verdict.SAME, Verdict.LATE, Verdict.CLASH}:
            assert (server.value, server.kept) == (was, kept)
        if answered or (verdict is Verdict.CLASH and last_word):
            page.answer(word, verdict, server.kept.version)

    for what, who, which in course:
        page = pages[who % len(pages)]
        if what == "type":
            page.type(which)
        elif page.travelling:
            place = which % len(page.travelling)
            arrive(page, place, stay=what == "double", answered=what != "arrive, answer lost")
    for page in pages:
        while page.travelling:
            arrive(page, len(page.travelling) // 2, stay=False, answered=True)
    return server


@given(COURSES)
def test_one_page_ends_with_what_was_typed_last(course: list[tuple[str, int, int]]) -> None:
    page = Page(ANNA)
    assert run(course, [page]).value == page.box


@given(COURSES)
def test_two_pages_lose_nothing_in_silence(course: list[tuple[str, int, int]]) -> None:
    anna, ben = Page(ANNA), Page(BEN)
    server = run(course, [anna, ben])
    # the stored value is the last word of the page that wrote it: none of its overtaken words came back
    writer = {ANNA: anna, BEN: ben}.get(server.kept.page)  # type: ignore[arg-type]
    if writer is None:
        assert server.value == 0
    elif writer.told < writer.sequence:
        assert server.value == writer.box


def test_the_check_sees_a_server_that_forgets_what_it_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typed 9 and then 0 again; the 9 comes last, on the version that still stands."""
    course = [("type", 0, 9), ("type", 0, 0), ("arrive", 0, 1), ("arrive", 0, 0)]
    page = Page(ANNA)
    assert run(course, [page]).value == 0

    def forgetful(word: Word, kept: Kept, *, heard: int, same: bool) -> Verdict:
        return judge(word, kept, heard=0, same=same)

    monkeypatch.setattr(sys.modules[__name__], "ask", forgetful)
    assert run(course, [Page(ANNA)]).value == 9
