"""Pages of technical assistance: constant queries, what each side reads, the expert's page by link, files, PDF."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from spm_portal.common.tokens import hash_of
from tests.browsers import signed_in
from tests.cast import Cast
from tests.factories.training import ExpertFactory
from tests.training.case_world import NOW, TODAY, a_file, call_to, case_at, link_of
from training.enums import CallAnswer, CaseStage, DeliverableState, RatingSide
from training.models import Case, CaseCall, CaseCost, CaseHours, CaseRating, Deliverable
from training.services import case_contracts, case_documents

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def url(cast: Cast, name: str, *parts: object) -> str:
    return reverse(name, args=[cast.amani.slug, *parts])


def filled(cast: Cast) -> Case:
    case = case_at(cast, CaseStage.DELIVERY)
    owned = {"association": cast.amani, "case": case}
    call_to(case, ExpertFactory(association=cast.amani))
    CaseHours.objects.create(**owned, worked_on=TODAY, hours=2, who="Grace", written_at=NOW)
    CaseCost.objects.create(**owned, kind="fee", amount=100, spent_on=TODAY)
    Deliverable.objects.create(**owned, title="Minutes", due_on=date(2026, 12, 2))
    return case


def counted(client: Client, *pages: str) -> list[int]:
    counts = []
    for page in pages:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        counts.append(len(queries))
    return counts


def test_lists_board_and_file_take_the_same_queries_for_one_case_and_three(cast: Cast) -> None:
    staff, member = signed_in(cast.manager), signed_in(cast.signatory)
    pages = [url(cast, "cases"), url(cast, "cases") + "?view=board", url(cast, "cases_file")]
    case = filled(cast)
    calls = url(cast, "case_call", case_at(cast, CaseStage.CALL).pk)
    whole = url(cast, "case", case.pk)
    counted(staff, *pages, calls, whole)
    one = counted(staff, *pages, calls, whole), counted(member, pages[0])
    for _more in range(2):
        filled(cast)
        Deliverable.objects.create(association=cast.amani, case=case, title="More", due_on=TODAY)
        call_to(case, ExpertFactory(association=cast.amani))
    assert (counted(staff, *pages, calls, whole), counted(member, pages[0])) == one


def test_every_stage_has_a_page_for_each_side_and_the_member_reads_no_offers(cast: Cast) -> None:
    staff, member = signed_in(cast.manager), signed_in(cast.editor)
    for stage in CaseStage:
        case = case_at(cast, stage)
        CaseCall.objects.filter(case=case).update(words="SECRET offer", answer=CallAnswer.INTERESTED)
        Case.objects.filter(pk=case.pk, expert__isnull=False).update(selection_reason="SECRET reason")
        assert staff.get(url(cast, "case", case.pk)).status_code == 200
        page = member.get(url(cast, "case", case.pk))
        assert page.status_code == 200
        assert "SECRET" not in page.content.decode()
        assert member.get(url(cast, "case_diagnosis", case.pk)).status_code == 200
        for name in ("case_terms", "case_call"):
            assert staff.get(url(cast, name, case.pk)).status_code == 200


def test_a_member_asks_and_answers_and_rates_on_pages(cast: Cast) -> None:
    member = signed_in(cast.signatory)
    said = {"member": str(cast.kilimo.pk), "title": "Targets", "topic": "mission", "request": "Now."}
    assert member.post(url(cast, "case_new"), said | {"title": ""}).status_code == 422
    assert member.post(url(cast, "case_new"), said | {"member": str(cast.umoja.pk)}).status_code == 422
    assert member.post(url(cast, "case_new"), said).status_code == 302
    case = Case.objects.get()
    signed_in(cast.manager).post(url(cast, "case", case.pk), {"action": "take_up", "form": "mission:1"})
    page = url(cast, "case_diagnosis", case.pk)
    member.post(page, {"action": "answers", "level-owner_each": "2", "note-owner_each": "Some"})
    case.refresh_from_db()
    assert case.diagnosis == {"owner_each": {"level": 2, "note": "Some"}}
    rated = case_at(cast, CaseStage.RATING)
    assert member.post(url(cast, "case", rated.pk), {"action": "rate", "score": "9"}).status_code == 422
    member.post(url(cast, "case", rated.pk), {"action": "rate", "score": "4", "words": "Good"})
    assert CaseRating.objects.get().side == RatingSide.MEMBER


def test_an_expert_answers_by_link_and_reads_the_member_only_where_told(cast: Cast) -> None:
    case = case_at(cast, CaseStage.CALL)
    until = timezone.localdate() + timedelta(days=5)
    call = call_to(case, ExpertFactory(association=cast.amani), token_hash=hash_of("secret"), answer_by=until)
    browser = Client()
    page = reverse("my_call", args=[call.pk])
    assert browser.get(page).status_code == 404
    assert browser.get(reverse("call_link", args=["wrong"])).status_code == 404
    assert browser.get(reverse("call_link", args=["secret"])).url == page  # type: ignore[attr-defined]
    shown = browser.get(page).content.decode()
    assert "Three social targets." in shown
    assert cast.kilimo.name not in shown
    empty = browser.post(page, {"action": "interested", "words": "", "day_rate": ""})
    assert empty.status_code == 422
    assert b"Say in a few sentences" in empty.content  # both at once
    assert b"Write your rate per day" in empty.content
    browser.post(page, {"action": "interested", "words": "Two visits", "day_rate": "300"})
    call.refresh_from_db()
    assert (call.answer, call.day_rate) == (CallAnswer.INTERESTED, 300)
    assert browser.post(page, {"action": "hours", "worked_on": "2026-11-02", "hours": "1"}).status_code == 404
    Case.objects.filter(pk=case.pk).update(stage=CaseStage.STOPPED, end_reason="x")
    assert browser.get(page).status_code == 404


def test_the_chosen_expert_works_by_link(cast: Cast, media_root: Any) -> None:
    case = case_at(cast, CaseStage.DELIVERY)
    call, one = case.calls.get(), case.deliverables.get()
    browser = Client()
    page = browser.get(reverse("call_link", args=[link_of(case)])).url  # type: ignore[attr-defined]
    assert cast.kilimo.name in browser.get(page).content.decode()
    handed = {"action": "hand_in", "deliverable": str(one.pk), "note": "My note"}
    wrong = browser.post(page, handed | {"file": a_file(content=b"MZ program")})
    assert wrong.status_code == 422
    assert "My note" in wrong.content.decode(), "what was typed stands in the box"
    browser.post(page, handed | {"file": a_file()})
    one.refresh_from_db()
    assert (one.state, one.name) == (DeliverableState.DELIVERED, "report.pdf")
    file = browser.get(reverse("my_call_file", args=[call.pk, one.pk]))
    assert file["Content-Disposition"].startswith("attachment")
    assert (
        signed_in(cast.signatory).get(url(cast, "case_deliverable_file", case.pk, one.pk)).status_code == 200
    )
    browser.post(page, {"action": "hours", "worked_on": "2026-11-01", "hours": "2.5", "note": "Visit"})
    line = CaseHours.objects.get()
    browser.post(page, {"action": "hours_away", "row": str(line.pk)})
    assert not CaseHours.objects.exists()


def test_only_managers_take_the_signed_contract(cast: Cast, media_root: Any) -> None:
    case = case_at(cast, CaseStage.CONTRACT)
    signed = {"number": "C-1", "signed_on": TODAY, "amount": 900, "by": cast.manager, "at": NOW}
    case_contracts.write(case_id=case.pk, upload=a_file("contract.pdf"), **signed)  # type: ignore[arg-type]
    page = url(cast, "case_contract_file", case.pk)
    answers = [signed_in(one).get(page).status_code for one in (cast.manager, cast.reviewer, cast.signatory)]
    assert answers == [200, 403, 403]


def test_terms_and_contract_are_laid_out(cast: Cast) -> None:
    case = case_at(cast, CaseStage.CONTRACT, contract_number="C-1", contract_amount=Decimal(900))
    for document in ("terms", "contract"):
        content = case_documents.as_pdf(case, document, "en", at=NOW)
        assert content.startswith(b"%PDF-")
    asked = [
        case_documents.request_document(
            case_id=case.pk, document="terms", language="en", by=cast.signatory, at=NOW
        )
        for _click in range(2)
    ]
    assert asked[0].pk == asked[1].pk
    page = signed_in(cast.signatory).get(url(cast, "case_document_job", case.pk, asked[0].pk))
    assert page.status_code == 200
