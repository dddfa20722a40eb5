"""Versions of frameworks in the database: loaded once, refused with reasons, read once a process, shown on pages."""

import json
from html import unescape

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from capacity.models import FrameworkVersion
from capacity.scoring import Thresholds
from capacity.selectors import frameworks as selectors
from capacity.selectors.frameworks import (
    area_pages,
    current_frameworks,
    framework_of,
    limits_of,
    support_pages,
    version_lines,
)
from capacity.services.frameworks import SHIPPED, FrameworkRefused, load, load_bytes, shipped_version
from members.selectors.records import label_of
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.capacity.documents import small, small_with
from tests.factories.capacity import AssessmentFactory
from tests.factories.members import LONG_AGO, AssociationFactory, UserFactory

OTHER = SHIPPED.parent / "examples" / "network_basics_1.json"
pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_loading_twice_keeps_one_version_and_one_line_of_the_audit():
    by = UserFactory()
    first = load(document=small(), by=by, at=LONG_AGO)
    reordered = dict(reversed(small().items()))
    assert load(document=reordered, by=None, at=LONG_AGO).pk == first.pk
    assert (first.code, first.version, first.title) == ("small", "1", "A small framework")
    line = AuditEvent.objects.get(verb="framework.loaded", object_id=first.pk)
    assert line.actor_id == by.pk
    assert line.data["sha256"] == first.sha256


def test_other_content_under_the_same_version_is_refused():
    kept = load(document=small(), by=None, at=LONG_AGO)
    with pytest.raises(Refused, match="loaded already with other content"):
        load(document=small_with(title="Changed"), by=None, at=LONG_AGO)
    assert FrameworkVersion.objects.get(code="small").sha256 == kept.sha256
    assert load(document=small(version="2"), by=None, at=LONG_AGO).pk != kept.pk


def test_a_document_with_faults_is_refused_with_all_of_them():
    document = small_with(title="", evidence_from=9)
    with pytest.raises(FrameworkRefused) as refused:
        load(document=document, by=None, at=LONG_AGO)
    assert [fault.where for fault in refused.value.faults] == ["the framework, title", "evidence_from"]
    assert "The framework has 2 faults and was not loaded." in str(refused.value)
    assert "evidence_from: 9 is no level" in str(refused.value)
    with pytest.raises(FrameworkRefused, match="this is not JSON"):
        load_bytes(raw=b"{", by=None, at=LONG_AGO)
    assert not FrameworkVersion.objects.exists()


def test_the_command_loads_the_shipped_one_and_names_faults(tmp_path, capsys):
    call_command("load_framework")
    call_command("load_framework", str(SHIPPED))
    assert FrameworkVersion.objects.get().code == "seep-spm"
    assert str(FrameworkVersion.objects.get().pk) in capsys.readouterr().out
    faulty = tmp_path / "faulty.json"
    faulty.write_text(json.dumps(small_with(areas=[])), encoding="utf-8")
    with pytest.raises(CommandError, match=r"1 fault .*\nareas: the list is empty"):
        call_command("load_framework", str(faulty))
    with pytest.raises(CommandError, match="Give the path of a framework file"):
        call_command("load_framework", str(tmp_path / "nowhere.json"))


def test_a_framework_is_read_once_a_process(django_assert_num_queries):
    made = shipped_version(at=LONG_AGO)
    selectors._kept.clear()
    deferred = FrameworkVersion.objects.defer("document").get(pk=made.pk)
    with django_assert_num_queries(1):  # the document
        framework = framework_of(deferred)
    with django_assert_num_queries(0):
        assert framework_of(FrameworkVersion(pk=made.pk, sha256=made.sha256)) is framework
    assert len(framework.items) == 56


def test_current_is_the_last_loaded_version_of_each():
    load(document=small(), by=None, at=LONG_AGO)
    newer = load(document=small(version="2"), by=None, at=LONG_AGO.replace(year=LONG_AGO.year + 1))
    shipped = shipped_version(at=LONG_AGO)
    assert [one.pk for one in current_frameworks()] == [newer.pk, shipped.pk]


def test_the_list_counts_own_assessments_and_takes_the_same_queries_for_one_and_three(
    django_assert_num_queries,
):
    association = AssociationFactory()
    AssessmentFactory(association=association)
    AssessmentFactory()
    with django_assert_num_queries(1):
        lines = version_lines(association)
    assert [(line.version.code, line.is_newest, line.assessments) for line in lines] == [
        ("seep-spm", True, 1)
    ]
    load(document=small(), by=None, at=LONG_AGO)
    load(document=small(version="2"), by=None, at=LONG_AGO.replace(year=LONG_AGO.year + 1))
    with django_assert_num_queries(1):
        lines = version_lines(association)
    assert [(line.version.version, line.is_newest) for line in lines] == [
        ("1", True),
        ("2", True),
        ("1", False),
    ]


def test_limits_follow_the_settings_and_the_scale(settings):
    settings.CAPACITY_STRONG_FROM = 3.5
    framework = framework_of(shipped_version(at=LONG_AGO))
    assert limits_of(framework) == Thresholds(0.6, 3.5, 1.5, 2.0)
    other = framework_of(load_bytes(raw=OTHER.read_bytes(), by=None, at=LONG_AGO))
    assert limits_of(other) == Thresholds(0.6, 2.625, 1.125, 1.5)


def test_what_a_page_tells_of_an_item():
    framework = framework_of(shipped_version(at=LONG_AGO))
    pages = area_pages(framework)
    assert [label for _, label, _ in pages[5].groups] == ["Knowledge/Skills", "System", "Resources"]
    item = pages[1].groups[1][2][0]
    assert item.item.text == "Data collection systems"
    assert [step.needs_evidence for step in item.steps] == [False, False, False, True, True]
    assert [str(name) for name in item.records] == [label_of("response_rate")]
    trainers = pages[3].groups[1][2][0]
    assert trainers.item.records[0].value == "trainers_certified"
    assert (
        "trainers_certified" not in trainers.records
    )  # a kind is told by its label, and only where there is one
    assert [area.title for area, _ in item.support] == ["Information systems"]
    led = {page.area.code: [one.code for one in page.items] for page in support_pages(framework)}
    assert "A2-SY1" in led["DS4"]


def test_the_pages_show_the_framework_word_for_word_with_its_source(client, cast):
    version = shipped_version(at=LONG_AGO)
    client.force_login(cast.reviewer)
    listed = client.get(reverse("capacity_frameworks", args=["amani"])).content.decode()
    address = reverse("capacity_framework", args=["amani", version.pk])
    assert address in listed
    framework = framework_of(version)
    parts = [*(area.code for area in framework.areas), "support"]
    shown = "".join(unescape(client.get(address, {"area": part}).content.decode()) for part in parts)
    for asked in ({}, {"area": "unheard-of"}):
        assert 'id="area-A1"' in client.get(address, asked).content.decode()
    said = [text for item in framework.items for text in (item.text, *item.proof)]
    described = [area.description for area in framework.support_areas]
    for text in (framework.source.publisher, framework.source.note, *said, *described):
        assert text in shown
    assert shown.count(">System</h3>") == 1
    client.force_login(cast.donor)
    assert 'class="area-tabs"' not in client.get(address).content.decode()
