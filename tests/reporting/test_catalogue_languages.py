"""A catalogue speaks other languages: texts are laid over the document, and nothing else of it changes."""

import copy

import pytest

from reporting.catalogue import CatalogueError, load_catalogue
from reporting.catalogue import default_document as shipped_document
from reporting.catalogue.translations import in_language, languages
from tests.reporting.engine import default_document

pytestmark = pytest.mark.unit

FRENCH = {
    "sections": {"PRO": {"title": "Profil", "help": "Qui vous êtes."}},
    "indicators": {"legal_form": {"label": "Forme juridique", "help": "Choisissez la plus proche."}},
    "choices": {"legal_form": {"bank": "Banque"}},
    "choice_lists": {"yes_partly_no": {"0.5": "En partie"}},
    "derived": {"par30_ratio": {"label": "PAR > 30 jours"}},
    "dimensions": {"1": "Définir et suivre les objectifs sociaux"},
    "units": {"people": "personnes", "savers": "épargnants"},
}


def translated(**groups):
    document = default_document()
    known = {
        "dimensions": {document["dimensions"][0]["code"]: "Objectifs sociaux"},
        "derived": {document["derived"][0]["code"]: {"label": "Premier chiffre"}},
        "rules": {document["rules"][0]["id"]: "Vérifiez ce chiffre."},
    }
    return {**document, "translations": {"fr": {**FRENCH, **known, **groups}}}


def test_texts_are_laid_over_and_the_rest_stays():
    document = translated()
    before = copy.deepcopy(document)
    french, english = load_catalogue(in_language(document, "fr")), load_catalogue(document)
    assert document == before
    assert french.section("PRO").title == "Profil"
    assert french.indicator("legal_form").label == "Forme juridique"
    assert french.indicator("legal_form").choice("bank").label == "Banque"
    assert (
        french.indicator("legal_form").choice("ngo").label
        == english.indicator("legal_form").choice("ngo").label
    )
    assert french.rules[0].message == "Vérifiez ce chiffre."
    assert french.indicator("active_clients").unit_words == "personnes"
    assert french.indicator("active_clients").unit == "people"
    assert french.codes == english.codes
    assert [rule.check.source for rule in french.rules] == [rule.check.source for rule in english.rules]


def test_shared_choices_are_translated_once_for_all_questions():
    french = load_catalogue(in_language(translated(), "fr"))
    partly = {one.choice(0.5).label for one in french.indicators if one.choices_ref == "yes_partly_no"}
    assert partly == {"En partie"}


def test_a_language_that_is_not_there_reads_as_the_document():
    document = translated()
    assert in_language(document, "sw") == default_document()
    assert languages(document) == ("en", "fr")


@pytest.mark.parametrize(
    ("groups", "fault"),
    [
        ({"indicators": {"no_such": {"label": "Rien"}}}, "the catalogue has no 'no_such'"),
        ({"questions": {}}, "unknown group 'questions'"),
        ({"sections": {"PRO": {"title": " "}}}, "sections, PRO: must be a text"),
        ({"sections": []}, "must be an object"),
        ({"choices": {"legal_form": {"bank": 1}}}, "choices, legal_form: must be a text"),
    ],
)
def test_faults_are_told_with_their_place(groups, fault):
    with pytest.raises(CatalogueError, match=fault):
        load_catalogue(translated(**groups))


def test_what_comes_with_the_portal_loads_in_each_of_its_languages():
    document = shipped_document()
    for language in languages(document):
        catalogue = load_catalogue(in_language(document, language))
        assert len(catalogue.indicators) == 120
