"""How far answers were checked: who says so and when, what it needs, and that a changed answer loses it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from members.models import User
from reporting.enums import AnswerSource, EvidenceClass, ReturnState, VerificationLevel
from reporting.models import Answer, Evidence, EvidenceCitation, Submission
from reporting.selectors.returns import load_sheet
from reporting.selectors.verification import audit_proposals, cited_codes, roll_up
from reporting.services.answers import AnswerChange, import_answers, save_answers
from reporting.services.evidence import uncite
from reporting.services.verification import (
    Audit,
    VerificationForbidden,
    VerificationRefused,
    set_level,
)
from spm_portal.common.models import AuditEvent
from tests.cast import Cast
from tests.factories.evidence import CitationFactory, EvidenceFactory
from tests.factories.reporting import AnswerFactory, RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import NOW, open_question, put_into

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

SELF, STAFF, SEEN, AUDITED = VerificationLevel
AUDIT = Audit("Mwangi & Partners", date(2025, 2, 20))


@pytest.fixture
def held(cast: Cast) -> Submission:
    """Kilimo's filled return, in review."""
    made = SubmissionFactory(round=RoundFactory(association=cast.amani), institution=cast.kilimo, filled=True)
    return put_into(made, ReturnState.IN_REVIEW)


def level_of(held: Submission, code: str = "branches_total") -> str:
    return Answer.objects.get(submission=held, code=code).verification


def levels(held: Submission) -> dict[str, str]:
    return dict(Answer.objects.filter(submission=held).values_list("code", "verification"))


def given(held: Submission, by: User, level: VerificationLevel, *codes: str, **more: Any) -> Any:
    """Set a level on these codes; on the whole return without any."""
    return set_level(
        submission_id=held.pk, level=level, by=by, at=more.pop("at", NOW), codes=codes or None, **more
    )


def cited(
    held: Submission, by: User, *codes: str, confidentiality: str = EvidenceClass.ASSOCIATION
) -> Evidence:
    """A document of the MFI that these answers cite."""
    document: Evidence = EvidenceFactory(
        institution=held.institution,
        confidentiality=confidentiality,
        file="x.pdf",
        uploaded_by=by,
    )
    for code in codes:
        CitationFactory(submission=held, code=code, evidence=document, cited_by=by)
    return document


def test_staff_check_one_answer_and_only_that(cast: Cast, held: Submission) -> None:
    done = given(held, cast.reviewer, STAFF, "branches_total")
    assert done.codes == ("branches_total",)
    assert [code for code, level in levels(held).items() if level != SELF] == ["branches_total"]
    row = AuditEvent.objects.about(held).get(verb="answers.verified")
    assert (row.actor_id, row.at, row.association_id) == (cast.reviewer.pk, NOW, held.association_id)
    assert row.data == {"level": "staff_checked", "codes": ["branches_total"], "section": ""}
    # the same again writes nothing
    assert given(held, cast.reviewer, STAFF, "branches_total").codes == ()
    assert AuditEvent.objects.about(held).filter(verb="answers.verified").count() == 1


def test_the_trigger_keeps_each_level_with_who_set_it(cast: Cast, held: Submission) -> None:
    given(held, cast.reviewer, STAFF, "branches_total")
    given(held, cast.manager, AUDITED, "branches_total", audit=AUDIT)
    events = Answer.pgh_event_model.objects.filter(submission_id=held.pk, code="branches_total")
    kept = [
        (one.verification, (one.pgh_context.metadata or {}).get("user"))
        for one in events.order_by("pgh_id").select_related("pgh_context")
    ]
    assert kept[-2:] == [(STAFF, str(cast.reviewer.pk)), (AUDITED, str(cast.manager.pk))]


def test_a_whole_return_gets_it_where_nothing_is_left_to_ask(cast: Cast, held: Submission) -> None:
    open_question(held, cast.reviewer, code="board_members")
    Answer.objects.filter(submission=held, code="board_trained_spm").update(verification=AUDITED)
    import_answers(submission_id=held.pk, values={"total_assets": 1}, at=NOW)
    troubled = {code for one in load_sheet(held).findings if not one.is_note for code in one.indicators}
    assert "total_assets" in troubled
    done = given(held, cast.reviewer, STAFF)
    after = levels(held)
    assert after["board_members"] == SELF
    assert after["board_trained_spm"] == AUDITED
    assert all(after[code] == SELF for code in troubled if code in after)
    assert set(done.left) >= {"board_members", "board_trained_spm"}
    assert {code for code, level in after.items() if level == STAFF} == set(done.codes)
    assert len(done.codes) > 50


def test_a_section_gets_it_and_no_other(cast: Cast, held: Submission) -> None:
    done = given(held, cast.reviewer, STAFF, section="PRO")
    catalogue = load_sheet(held).catalogue
    assert {catalogue.indicator(code).section for code in done.codes} == {"PRO"}
    with pytest.raises(VerificationRefused, match="no section “XXX”"):
        given(held, cast.reviewer, STAFF, section="XXX")


def test_the_level_can_be_taken_back(cast: Cast, held: Submission) -> None:
    given(held, cast.reviewer, STAFF)
    given(held, cast.reviewer, SELF)
    assert set(levels(held).values()) == {SELF}


def test_evidence_seen_needs_evidence_that_staff_can_open(cast: Cast, held: Submission) -> None:
    with pytest.raises(VerificationRefused, match="cites no document and has no file") as refused:
        given(held, cast.reviewer, SEEN, "branches_total")
    assert refused.value.field == "which"
    cited(held, cast.editor, "branches_total", confidentiality=EvidenceClass.MFI)
    with pytest.raises(VerificationRefused, match="keeps to itself"):
        given(held, cast.reviewer, SEEN, "branches_total")
    cited(held, cast.editor, "branches_total")
    given(held, cast.reviewer, SEEN, "branches_total")
    assert level_of(held) == SEEN


def test_a_file_on_the_answer_is_evidence_too(cast: Cast, held: Submission) -> None:
    file = Answer.objects.filter(submission=held, file__isnull=False)[0]
    given(held, cast.reviewer, SEEN, file.code)
    assert level_of(held, file.code) == SEEN


def test_evidence_seen_of_all_takes_those_that_have_it(cast: Cast, held: Submission) -> None:
    cited(held, cast.editor, "branches_total")
    done = given(held, cast.reviewer, SEEN, section="PRO")
    assert done.codes == ("branches_total",)
    assert done.left


@pytest.mark.parametrize(
    ("audit", "field"),
    [
        (None, "auditor"),
        (Audit("  ", date(2025, 1, 1)), "auditor"),
        (Audit("x" * 201, date(2025, 1, 1)), "auditor"),
        (Audit("Mwangi", None), "audited_on"),
        (Audit("Mwangi", NOW.date() + timedelta(days=1)), "audited_on"),
        (Audit("Mwangi", date(1970, 1, 1)), "audited_on"),
    ],
)
def test_audited_needs_who_and_when(cast: Cast, held: Submission, audit: Audit | None, field: str) -> None:
    with pytest.raises(VerificationRefused) as refused:
        given(held, cast.reviewer, AUDITED, "total_assets", audit=audit)
    assert refused.value.field == field
    assert level_of(held, "total_assets") == SELF


def test_audited_keeps_who_and_when(cast: Cast, held: Submission) -> None:
    given(held, cast.reviewer, AUDITED, "total_assets", audit=AUDIT)
    row = AuditEvent.objects.about(held).get(verb="answers.verified")
    assert row.data["auditor"] == "Mwangi & Partners"
    assert row.data["audited_on"] == "2025-02-20"


def test_audited_is_proposed_for_financial_answers_that_cite_audited_accounts(
    cast: Cast, held: Submission
) -> None:
    cited(held, cast.editor, "total_assets", "net_income", "branches_total")
    import_answers(submission_id=held.pk, values={"data_sources": ["mis", "unaudited"]}, at=NOW)
    assert audit_proposals(load_sheet(held), cited_codes(held)) == []
    import_answers(submission_id=held.pk, values={"data_sources": ["mis", "audited"]}, at=NOW)
    sheet = load_sheet(held)
    assert audit_proposals(sheet, cited_codes(held)) == ["total_assets", "net_income"]
    assert audit_proposals(sheet, ()) == []
    given(held, cast.reviewer, AUDITED, "total_assets", audit=AUDIT)
    assert audit_proposals(load_sheet(held), cited_codes(held)) == ["net_income"]
    assert level_of(held, "net_income") == SELF  # a proposal sets nothing


def test_who_may(cast: Cast, held: Submission) -> None:
    for person in (cast.editor, cast.signatory, cast.donor, cast.operator):
        with pytest.raises(VerificationForbidden):
            given(held, person, STAFF, "branches_total")
    for state, error, words in (
        (ReturnState.DRAFT, VerificationForbidden, "once the return is submitted"),
        (ReturnState.RETURNED, VerificationForbidden, "once the return is submitted"),
        (ReturnState.SUBMITTED, VerificationRefused, "Start the review first"),
    ):
        with pytest.raises(error, match=words):
            given(put_into(held, state), cast.reviewer, STAFF, "branches_total")
    given(put_into(held, ReturnState.APPROVED), cast.reviewer, STAFF, "branches_total")
    assert level_of(held) == STAFF


def test_an_old_page_or_a_wrong_code_changes_nothing(cast: Cast, held: Submission) -> None:
    with pytest.raises(VerificationRefused, match="moved since"):
        given(held, cast.reviewer, STAFF, "branches_total", expected_version=held.version + 1)
    with pytest.raises(VerificationRefused, match="has no answer here"):
        given(held, cast.reviewer, STAFF, "branches_total", "no_such_code")
    assert set(levels(held).values()) == {SELF}


@pytest.mark.parametrize("source", [AnswerSource.PAGE, AnswerSource.WORKBOOK, AnswerSource.API])
def test_a_changed_answer_is_self_reported_again(cast: Cast, held: Submission, source: AnswerSource) -> None:
    given(held, cast.reviewer, STAFF)
    put_into(held, ReturnState.RETURNED)
    answer = Answer.objects.get(submission=held, code="branches_total")
    save_answers(
        submission_id=held.pk,
        changes=[AnswerChange("branches_total", value=77, expected_version=answer.version)],
        by=cast.editor,
        at=NOW,
        source=source,
    )
    assert level_of(held) == SELF
    assert level_of(held, "nonfinancial_offered") == STAFF  # the others keep theirs


def test_an_import_leaves_what_it_writes_self_reported(cast: Cast, held: Submission) -> None:
    given(held, cast.reviewer, STAFF)
    result = import_answers(
        submission_id=held.pk,
        values={"branches_total": 78, "nonfinancial_offered": _value(held, "nonfinancial_offered")},
        at=NOW,
    )
    assert result.saved == ("branches_total",)
    assert level_of(held) == SELF
    assert level_of(held, "nonfinancial_offered") == STAFF


def test_another_reason_for_no_answer_is_self_reported_again(cast: Cast) -> None:
    held = SubmissionFactory(round=RoundFactory(association=cast.amani), institution=cast.kilimo)
    AnswerFactory(submission=held, number=None, missing="not_tracked", verification=STAFF)
    save_answers(
        submission_id=held.pk,
        changes=[AnswerChange("branches_total", missing="not_yet", expected_version=1)],
        by=cast.editor,
        at=NOW,
    )
    assert level_of(held) == SELF


def test_without_its_last_document_an_answer_is_self_reported_again(cast: Cast, held: Submission) -> None:
    for _time in range(2):
        cited(held, cast.editor, "branches_total", "total_assets")
    given(held, cast.reviewer, SEEN, "branches_total", "total_assets")
    given(held, cast.reviewer, AUDITED, "total_assets", audit=AUDIT)
    put_into(held, ReturnState.RETURNED)
    first, last = EvidenceCitation.objects.filter(submission=held, code="branches_total")
    uncite(submission_id=held.pk, citation_id=first.pk, by=cast.editor, at=NOW)
    assert level_of(held) == SEEN
    uncite(submission_id=held.pk, citation_id=last.pk, by=cast.editor, at=NOW)
    assert level_of(held) == SELF
    for one in EvidenceCitation.objects.filter(submission=held, code="total_assets"):
        uncite(submission_id=held.pk, citation_id=one.pk, by=cast.editor, at=NOW)
    assert level_of(held, "total_assets") == AUDITED  # it rests on the auditor's word


def test_the_roll_up_counts_answers_that_say_something(cast: Cast) -> None:
    held = SubmissionFactory(round=RoundFactory(association=cast.amani), institution=cast.kilimo)
    for code, level in (("branches_total", STAFF), ("board_trained_spm", SEEN), ("total_assets", AUDITED)):
        AnswerFactory(submission=held, code=code, number=Decimal(3), verification=level)
    AnswerFactory(submission=held, code="board_members", number=None, missing="refused")
    AnswerFactory(submission=held, code="board_members_female", number=None)
    found = roll_up(load_sheet(held))
    assert (found.total, found.checked, found.with_evidence, found.audited) == (4, 3, 2, 1)


def _value(held: Submission, code: str) -> Any:
    return load_sheet(held).values[code]
