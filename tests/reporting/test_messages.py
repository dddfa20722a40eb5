"""The key messages page holds no more sentences than fit, and drops no chapter's first."""

from reporting.datasets.messages import MOST, _fitting


def test_few_sentences_all_stay():
    few = [("outreach", "a"), ("outreach", "b"), ("staff", "c")]
    assert _fitting(few) == few


def test_the_last_further_sentences_go_first():
    chapters = (
        [("a", f"a{number}") for number in range(8)] + [(name, name) for name in "bcdef"] + [("f", "f1")]
    )
    kept = _fitting(chapters)
    assert len(kept) == MOST
    assert kept == [("a", f"a{number}") for number in range(6)] + [(name, name) for name in "bcdef"]


def test_no_chapter_loses_its_only_sentence():
    chapters = [(f"chapter {number}", "x") for number in range(MOST + 3)]
    assert _fitting(chapters) == chapters
