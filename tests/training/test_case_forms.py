"""A section of the catalogue as the form of a diagnosis: its items, what the MFI said last, and who reads that."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from members.selectors import checklists
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in
from tests.cast import Cast
from tests.factories.releases import answer, approved_round
from tests.factories.reporting import CatalogueVersionFactory, default_document
from tests.training.case_world import NOW, case_at
from training.assistance.diagnosis import DOES_NOT_APPLY, mean_level, missing, weak_points
from training.enums import CaseStage
from training.models import Case
from training.selectors.diagnosis_forms import form_of, forms_to_choose
from training.services import case_documents, cases

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def section_key(cast: Cast, code: str = "CLP") -> str:
    """The key of a section of the newest catalogue."""
    version = CatalogueVersionFactory()
    return next(
        one.key for one in checklists.offered(cast.amani) if one.key == f"catalogue:{version.pk}:{code}"
    )


def at_diagnosis(cast: Cast, key: str, **levels: int) -> Case:
    answers = {code: {"level": level, "note": ""} for code, level in levels.items()}
    return case_at(cast, CaseStage.DIAGNOSIS, diagnosis_form=key, diagnosis=answers)


def page_of(user: Any, cast: Cast, name: str, case: Case) -> Any:
    client = signed_in(user)
    return client.get(reverse(name, args=[cast.amani.slug, case.pk]))


def test_sections_stand_beside_the_forms_that_ship_and_keep_their_version(cast: Cast) -> None:
    assert [heading for heading, _forms in forms_to_choose(cast.amani)] == ["Forms of the portal"]
    key = section_key(cast)
    assert (key, "Client protection") in dict(forms_to_choose(cast.amani))["Sections of the catalogue"]
    form = form_of(cast.amani, key)
    assert form is not None
    assert (form.key, form.title, form.version) == (
        key,
        "Client protection",
        default_document()["meta"]["version"],
    )
    first = form.questions[0]
    assert (first.code, first.indicators, first.dimension) == (
        "cp_product_design",
        ("cp_product_design",),
        "D3",
    )
    assert first.choices == ("Yes", "Partly", "No")
    # a newer version takes the place of the old one in the list, and cases keep theirs
    document = {**default_document(), "meta": {**default_document()["meta"], "version": "2099"}}
    CatalogueVersionFactory(version="2099", document=document, sha256="x", loaded_at=NOW)
    assert key not in json.dumps(forms_to_choose(cast.amani))
    assert form_of(cast.amani, key) == form


@pytest.mark.parametrize(
    "key", ["catalogue", "catalogue:x:CLP", "catalogue:{new}:CLP", "catalogue:{own}:NONE", "other:{own}:CLP"]
)
def test_a_case_takes_no_form_that_its_association_does_not_have(cast: Cast, key: str) -> None:
    foreign = CatalogueVersionFactory(association=cast.baobab)
    own = CatalogueVersionFactory()
    case = case_at(cast, CaseStage.REQUESTED)
    for wrong in (key.format(new=uuid4(), own=own.pk), f"catalogue:{foreign.pk}:CLP"):
        with pytest.raises(Refused, match="no such form"):
            cases.take_up(case_id=case.pk, form=wrong, by=cast.manager, at=NOW)


def test_items_are_answered_ruled_out_and_weak_ones_go_into_the_terms(cast: Cast) -> None:
    key = section_key(cast, "ENV")
    case = case_at(cast, CaseStage.REQUESTED, indicators=["mission_approved"])
    cases.take_up(case_id=case.pk, form=key, by=cast.manager, at=NOW)
    form = form_of(cast.amani, key)
    assert form is not None
    codes = [one.code for one in form.questions]
    levels: list[int | None] = [2, 0, 1, *[DOES_NOT_APPLY] * (len(codes) - 3)]
    sent = {code: (level, "") for code, level in zip(codes, levels, strict=True)}
    case = cases.answer_diagnosis(case_id=case.pk, answers=sent, by=cast.editor, at=NOW)
    assert missing(form, case.diagnosis) == []
    assert mean_level(form, case.diagnosis) == 1
    assert [(one.code, level) for one, level, _note in weak_points(form, case.diagnosis)] == [
        (codes[1], 0),
        (codes[2], 1),
    ]
    cases.write_findings(case_id=case.pk, findings="Nobody screens.", by=cast.manager, at=NOW)
    Case.objects.filter(pk=case.pk).update(stage=CaseStage.TERMS)
    page = page_of(cast.manager, cast, "case_terms", case)
    assert page.context["form"].fields["indicators"].choices[0][0] == "mission_approved"
    assert [code for code, _label in page.context["form"].fields["indicators"].choices[1:]] == codes[1:3]
    staff = signed_in(cast.manager)
    typed = {"currency": "KES", "subsidy_share": "50", "objectives": "Screen", "scope": "Visits"}
    lines = {"lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0"}
    address = reverse("case_terms", args=[cast.amani.slug, case.pk])
    assert staff.post(address, typed | lines | {"indicators": ["no_such"]}).status_code == 422
    assert staff.post(address, typed | lines | {"indicators": [codes[1]]}).status_code == 302
    case.refresh_from_db()
    assert case.indicators == [codes[1]]
    assert case_documents.as_pdf(case, "terms", "en", at=NOW).startswith(b"%PDF")


def test_both_sides_read_the_last_approved_answer_and_nobody_elses(cast: Cast) -> None:
    last = approved_round(cast.amani, [cast.kilimo, cast.umoja], year=2024)
    submission = last.submissions.get(institution=cast.kilimo)
    submission.answers.all().delete()
    answer(submission, {"cp_overindebtedness": 0.5, "cp_transparency": 1, "complaints_received": 12})
    case = at_diagnosis(cast, section_key(cast), cp_transparency=2)
    for reader in (cast.reviewer, cast.editor):
        told = page_of(reader, cast, "case_diagnosis", case).context["told"]
        assert told.source == last.name
        assert (told.answers["cp_overindebtedness"], told.answers["cp_transparency"]) == ("Partly", "Yes")
        assert "cp_fair_treatment" not in told.answers
    form_key = case.diagnosis_form
    assert checklists.answered(cast.amani, form_key, cast.kilimo.pk, cast.other_signatory) is None
    assert checklists.answered(cast.baobab, form_key, cast.kilimo.pk, cast.manager) is None
    assert checklists.answered(cast.amani, "mission:1", cast.kilimo.pk, cast.manager) is None
    submission.state = "submitted"
    submission.save(update_fields=["state"])
    assert page_of(cast.reviewer, cast, "case_diagnosis", case).context["told"] is None
