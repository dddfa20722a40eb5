"""Loading catalogue versions, and the promise that one a round used never changes."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from reporting.catalogue import CatalogueError
from reporting.models import CatalogueVersion
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.indicators import chapters, page_of
from reporting.selectors.standards import place_of
from reporting.services.catalogues import CatalogueRefused, content_sha256, default_version, load_version
from spm_portal.common.models import AuditEvent
from tests.factories.members import AssociationFactory
from tests.factories.reporting import RoundFactory, default_catalogue, default_document
from tests.reporting.returns_in_review import NOW

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def changed(**meta: Any) -> dict[str, Any]:
    """The default document with other words in its head."""
    document = deepcopy(default_document())
    document["meta"] |= meta
    return document


def test_the_default_catalogue_loads_once():
    first = default_version(NOW)
    assert default_version(NOW) == first
    assert (first.version, len(catalogue_of(first).indicators)) == ("1.2", 120)
    assert AuditEvent.objects.about(first).count() == 1


def test_the_fingerprint_is_that_of_the_content_not_of_the_spelling():
    document = default_document()
    other = json.loads(json.dumps(document, indent=7, sort_keys=True))
    assert content_sha256(other) == content_sha256(document)
    assert content_sha256(changed(name="Another")) != content_sha256(document)


def test_one_number_is_one_content():
    load_version(document=changed(), at=NOW)
    with pytest.raises(CatalogueRefused, match="never changes"):
        load_version(document=changed(name="Another"), at=NOW)
    assert load_version(document=changed(name="Another", version="other-1"), at=NOW).version == "other-1"


def test_an_association_may_have_its_own_version_of_the_same_number():
    shared = load_version(document=changed(), at=NOW)
    own = load_version(document=changed(name="Ours"), at=NOW, association=AssociationFactory())
    assert own.pk != shared.pk


def test_a_faulty_document_is_told_whole_and_leaves_nothing():
    document = changed()
    first = document["sections"][0]["indicators"][0]
    first["type"] = "colour"
    document["rules"][0]["check"] = "nobody_knows > 1"
    with pytest.raises(CatalogueError) as caught:
        load_version(document=document, at=NOW)
    text = str(caught.value)
    assert "colour" in text
    assert "nobody_knows" in text
    assert not CatalogueVersion.objects.exists()


def by_update(version: CatalogueVersion) -> None:
    CatalogueVersion.objects.filter(pk=version.pk).update(name="Changed")


def by_save(version: CatalogueVersion) -> None:
    version.document = {}
    version.save()


def by_bulk(version: CatalogueVersion) -> None:
    version.sha256 = "0" * 64
    CatalogueVersion.objects.bulk_update([version], ["sha256"])


def by_sql(version: CatalogueVersion) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reporting_catalogueversion SET document = '{}' WHERE id = %s", [version.pk])


def by_deleting_in_sql(version: CatalogueVersion) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reporting_catalogueversion WHERE id = %s", [version.pk])


WAYS = [by_update, by_save, by_bulk, by_sql, by_deleting_in_sql]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_used_version_never_changes(way: Any):
    used = RoundFactory(catalogue=load_version(document=changed(), at=NOW)).catalogue
    with pytest.raises((IntegrityError, InternalError), match="used by a round"), transaction.atomic():
        way(used)
    assert CatalogueVersion.objects.get(pk=used.pk).sha256 == content_sha256(changed())


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_an_unused_version_may_still_change(way: Any):
    """Proves that the test above is about the use and nothing else."""
    RoundFactory(catalogue=load_version(document=changed(version="0.9"), at=NOW))
    way(load_version(document=changed(), at=NOW))


def test_the_command_loads_a_file_for_one_association(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    association = AssociationFactory(slug="amani")
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps(changed()), encoding="utf-8")
    for _ in range(2):
        call_command("load_catalogue", str(path), association="amani")
    assert CatalogueVersion.objects.get().association == association
    assert "1.2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"meta": ', "line 1, column"),
        ("[]", "JSON object"),
        ('{"meta": NaN}', "NaN is not a number"),
        ("{}", "meta"),
        ("[" * 100_000, "catalogue.json"),
    ],
    ids=["cut off", "list", "NaN", "empty", "deep"],
)
def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path, text: str, words: str):
    path = tmp_path / "catalogue.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        call_command("load_catalogue", str(path))
    assert not CatalogueVersion.objects.exists()


def test_the_command_names_what_it_cannot_find(tmp_path: Path):
    AssociationFactory(slug="amani")
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_catalogue", str(tmp_path / "none.json"))
    path = tmp_path / "latin.json"
    path.write_bytes(b'{"meta": "\xe9"}')
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("load_catalogue", str(path))
    path.write_text(json.dumps(changed()), encoding="utf-8")
    with pytest.raises(CommandError, match="Known: amani"):
        call_command("load_catalogue", str(path), association="amni")


@pytest.mark.parametrize("code", default_catalogue().codes)
def test_every_indicator_has_its_page_in_words(code: str):
    page = page_of(default_catalogue(), code)
    assert page is not None
    assert page.part.label
    assert bool(page.formula) == page.is_derived
    if page.part.usspm_dimension:
        assert page.place is not None
    for rule in page.rules:
        assert rule.message
        assert "_" not in rule.check, "codes are not words"


def test_a_search_finds_by_word_code_and_definition():
    catalogue = default_catalogue()
    found = [entry.part.code for chapter in chapters(catalogue, "WOMEN board") for entry in chapter.entries]
    assert "board_members_female" in found
    assert [one.part.code for c in chapters(catalogue, "par30_ratio") for one in c.entries] == ["par30_ratio"]
    assert chapters(catalogue, "no such thing") == []
    assert len(chapters(catalogue)) == len(catalogue.sections) + 1


def test_the_standards_know_every_place_that_the_catalogue_names():
    for part in (*default_catalogue().indicators, *default_catalogue().derived):
        place = place_of(part.usspm_dimension, part.usspm_standard)
        assert (place is None) == (part.usspm_dimension is None), part.code
        if place is not None and part.usspm_standard:
            assert place.standard == part.usspm_standard, part.code
