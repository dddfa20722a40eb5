"""Frameworks as files: what is shipped says what the source says, and every fault of a file is named at once."""

import copy
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from capacity.frameworks import (
    BreakReason,
    Framework,
    FrameworkFaults,
    RecordKind,
    compare,
    document_of,
    read,
)
from tests.capacity.documents import small, small_with
from tests.capacity.seed_texts import AREAS, CAPACITIES, SUPPORT_AREAS

pytestmark = pytest.mark.unit
DATA = Path(settings.BASE_DIR) / "capacity" / "data"


@pytest.fixture(scope="module")
def shipped() -> Framework:
    return read(document_of((DATA / "seep_spm_1.json").read_bytes()))


# --- What is shipped --------------------------------------------------------------------------------------


def test_the_shipped_framework_says_word_for_word_what_the_note_says(shipped):
    assert tuple((area.number, area.title) for area in shipped.areas) == AREAS
    printed = tuple(
        (
            area.number,
            shipped.label_of(category.code, area.code),
            tuple(item.text for item in shipped.items_of(area.code, category.code)),
        )
        for area in shipped.areas
        for category in shipped.categories
    )
    assert printed == CAPACITIES
    assert (
        tuple((each.number, each.title, each.description) for each in shipped.support_areas) == SUPPORT_AREAS
    )
    assert len(shipped.items) == 56
    assert shipped.source.publisher.startswith("The SEEP Network")
    assert [level.label for level in shipped.scale] == [
        "Not in place",
        "Starting",
        "Partly in place",
        "In place",
        "In place and reviewed",
    ]


def test_every_level_from_evidence_on_names_what_must_be_seen(shipped):
    for item in shipped.items:
        assert re.search(r"Shown by|is on file", item.proof[3]), item.code
        assert re.search(r"last 12 months|last round", item.proof[4]), item.code


def test_no_proof_point_is_another_one_with_words_swapped(shipped):
    words = [(item.code, level, set(re.findall(r"\w+", text.lower()))) for item in shipped.items
             for level, text in enumerate(item.proof)]  # fmt: skip
    alike = [
        (one[:2], other[:2])
        for at, one in enumerate(words)
        for other in words[:at]
        if one[1] == other[1] and len(one[2] & other[2]) > 0.55 * len(one[2] | other[2])
    ]
    assert alike == []


def test_every_item_leads_to_support_and_every_support_area_is_led_to(shipped):
    assert all(item.support for item in shipped.items)
    assert {each.area for item in shipped.items for each in item.support} == {
        each.code for each in shipped.support_areas
    }
    reasons = [each.why for item in shipped.items for each in item.support]
    assert len(reasons) == len(set(reasons))
    assert {record for item in shipped.items for record in item.records} == set(RecordKind)


def test_the_second_framework_has_other_areas_and_another_scale(shipped):
    second = read(document_of((DATA / "examples" / "network_basics_1.json").read_bytes()))
    assert second.levels == (0, 1, 2, 3)
    assert second.needs_evidence(3)
    assert not second.needs_evidence(2)
    assert not {area.title for area in second.areas} & {area.title for area in shipped.areas}
    assert not {item.code for item in second.items} & {item.code for item in shipped.items}


def test_helpers_find_parts_by_code(shipped):
    assert shipped.item("A2-SY1").text == "Data collection systems"
    assert shipped.area("A6").title == "Building the social performance knowledge base"
    assert shipped.label_of("SY") == "Systems"
    assert shipped.label_of("SY", "A6") == "System"
    assert shipped.support_area("DS4").title == "Information systems"
    assert shipped.level(4).label == "In place and reviewed"
    assert shipped.highest == 4
    assert len(shipped.items_of_category("SY")) == 21
    for find in (shipped.item, shipped.area, shipped.support_area, shipped.level):
        with pytest.raises(KeyError):
            find("nowhere" if find != shipped.level else 5)


# --- Faults -----------------------------------------------------------------------------------------------


def _set(path, value):
    """A change of the small document: the value at a path; None as value takes the key away."""

    def change(document):
        *way, last = path
        for step in way:
            document = document[step]
        if value is None:
            del document[last]
        else:
            document[last] = value

    return change


ITEM = ("areas", 0, "items", 0)
FAULTS = [
    (_set(("code",), None), "the framework", "the key 'code' is missing"),
    (_set(("code",), "Not a slug"), "the framework, code", "cannot be used"),
    (_set(("version",), 1), "the framework, version", "there is a number"),
    (_set(("title",), "x" * 201), "the framework, title", "201 characters"),
    (_set(("language",), "English"), "the framework, language", "cannot be used"),
    (_set(("levels",), []), "the framework", "the key 'levels' is not known"),
    (_set(("source",), "SEEP"), "source", "there is a text"),
    (_set(("source", "publisher"), " "), "source, publisher", "the text is empty"),
    (_set(("source", "url"), "ftp://x"), "source, url", "is no address"),
    (_set(("scale",), [{"level": 0, "label": "None"}]), "scale", "1 levels"),
    (_set(("scale", 2, "level"), 3), "scale, level 2", "the level is 3"),
    (_set(("scale", 2, "level"), True), "scale, level 2, level", "there is a yes or no"),
    (_set(("scale", 2, "label"), "Level 1"), "scale, level 2", "the label 'Level 1' stands twice"),
    (_set(("evidence_from",), 5), "evidence_from", "5 is no level"),
    (_set(("evidence_from",), 0), "evidence_from", "0 is no level"),
    (_set(("categories",), []), "categories", "the list is empty"),
    (_set(("categories", 1, "code"), "KS"), "category KS", "the code 'KS' stands twice"),
    (_set(("areas",), []), "areas", "the list is empty"),
    (_set(("areas",), {}), "areas", "there is an object"),
    (_set(("areas", 1, "items"), []), "area B", "it has no items"),
    (_set(("areas", 1, "code"), "A"), "area A", "the code 'A' stands twice"),
    (_set(("areas", 1, "number"), 3), "area B", "the number is 3"),
    (_set(("areas", 1, "category_labels"), {"XX": "Other"}), "area B, category_labels", "there is no category 'XX'"),
    (_set((*ITEM, "code"), "B1"), "item B1", "the code stands twice"),
    (_set((*ITEM, "code"), "A 1"), "area A, item 1, code", "cannot be used"),
    (_set((*ITEM, "category"), "ZZ"), "item A1", "there is no category 'ZZ'"),
    (_set((*ITEM, "text"), ""), "item A1, text", "the text is empty"),
    (_set((*ITEM, "text"), "a\x00b"), "item A1, text", "control character"),
    (_set((*ITEM, "text"), " a"), "item A1, text", "begins or ends with a space"),
    (_set((*ITEM, "proof"), ["one"]), "item A1, proof", "1 texts for 5 levels"),
    (_set((*ITEM, "proof", 2), None), "item A1, proof", "4 texts for 5 levels"),
    (_set((*ITEM, "proof", 2), ""), "item A1, proof of level 2", "the text is empty"),
    (_set((*ITEM, "proof", 2), "A1 at 1"), "item A1, proof of level 2", "stands twice"),
    (_set((*ITEM, "records"), ["bank_statements"]), "item A1, records", "there is no kind of record"),
    (_set((*ITEM, "support"), [{"area": "S9", "why": "Why"}]), "item A1, support 1", "there is no support area 'S9'"),
    (_set((*ITEM, "support"), [{"area": "S1"}]), "item A1, support 1", "the key 'why' is missing"),
    (_set((*ITEM, "weight"), 2), "area A, item 1", "the key 'weight' is not known"),
    (_set(("support_areas", 0, "description"), 7), "support area S1, description", "there is a number"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "where", "what"), FAULTS)
def test_a_fault_says_where_what_and_how_to_mend_it(change, where, what):
    document = small()
    change(document)
    with pytest.raises(FrameworkFaults) as refused:
        read(document)
    found = [fault for fault in refused.value.faults if fault.where == where and what in fault.what]
    assert found, str(refused.value)
    assert found[0].fix.endswith(".")


def test_all_faults_are_told_in_one_go():
    document = small()
    for path, value in [(("code",), "X Y"), (("evidence_from",), 9), ((*ITEM, "text"), ""),
                        (("areas", 1, "items", 1, "proof"), []), (("support_areas", 0, "code"), "")]:  # fmt: skip
        _set(path, value)(document)
    with pytest.raises(FrameworkFaults) as refused:
        read(document)
    assert [fault.where for fault in refused.value.faults] == [
        "the framework, code",
        "evidence_from",
        "support area 1, code",
        "item A1, text",
        "item B2, proof",
    ]


@pytest.mark.parametrize("document", [None, [], "text", 3, {}])
def test_what_is_no_framework_at_all_is_refused(document):
    with pytest.raises(FrameworkFaults):
        read(document)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\xff\xfe{", "byte 1 is not UTF-8"),
        (b'{"code": }', "line 1, column 10: this is not JSON"),
        (b'{"code": "a", "code": "b"}', "names 'code' twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 5000, "too many digits"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(raw, words):
    with pytest.raises(FrameworkFaults, match=re.escape(words)):
        document_of(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@hypothesis_settings(max_examples=150)
@given(st.lists(st.integers(0, 30), max_size=6), JSON)
def test_whatever_stands_anywhere_is_read_or_refused_and_never_a_crash(way, value):
    holder = {"": small()}
    place, key = holder, ""
    for step in way:
        inner = place[key]
        if isinstance(inner, dict) and inner:
            place, key = inner, sorted(inner)[step % len(inner)]
        elif isinstance(inner, list) and inner:
            place, key = inner, step % len(inner)
    place[key] = value
    try:
        framework = read(holder[""])
    except FrameworkFaults:
        return
    assert all(len(item.proof) == len(framework.scale) for item in framework.items)


# --- Comparing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        (_set((*ITEM, "text"), "Another capacity"), "A1", BreakReason.TEXT),
        (_set((*ITEM, "proof", 3), "More must be seen"), "A1", BreakReason.PROOF),
        (_set((*ITEM, "code"), "A9"), "A9", BreakReason.ADDED),
        (_set((*ITEM, "code"), "A9"), "A1", BreakReason.REMOVED),
        (_set(("scale", 4, "label"), "Excellent"), "B2", BreakReason.SCALE),
    ],
)
def test_what_breaks_between_two_versions(change, code, reason):
    document = small(version="2")
    change(document)
    found = compare(read(small()), read(document))
    assert found.reasons[code] is reason
    assert code not in found.same
    assert not found.is_complete


def test_other_titles_areas_and_spaces_break_nothing():
    document = small_with(version="2", title="Renamed", evidence_from=2)
    document["areas"][0]["title"] = "Area renamed"
    document["areas"][0]["items"][0]["text"] = "Capacity  A1"
    moved = document["areas"][0]["items"].pop()
    document["areas"][1]["items"].append(moved)
    found = compare(read(small()), read(document))
    assert found.is_complete
    assert set(found.same) == {"A1", "A2", "A3", "B1", "B2"}


def test_two_frameworks_have_nothing_in_common(shipped):
    found = compare(read(small()), shipped)
    assert found.same == ()
    assert len(found.breaks) == 61


def test_reading_changes_nothing_of_the_document():
    document = small()
    kept = copy.deepcopy(document)
    read(document)
    assert json.dumps(document) == json.dumps(kept)
