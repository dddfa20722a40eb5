"""Keying a return that came on paper: who may, what is kept of both sides, and that a signature confirms it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.models import User
from reporting.enums import AnswerSource, Move, ReturnState
from reporting.models import Answer, Attachment, PaperEntry, Submission
from reporting.selectors.paper import keyed_codes, paper_of
from reporting.services import paper
from reporting.services.answers import AnswerChange, EditRefused, explain, save_answers
from reporting.services.paper import PaperForbidden
from reporting.services.transitions import MoveForbidden, MoveRefused, move
from spm_portal.common.models import AuditEvent, MailMessage
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import NOW, complete_return, put_into

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

STAFF = {"manager", "second_manager", "reviewer"}
SOON = NOW + timedelta(hours=1)
LATER = NOW + timedelta(days=1)
CODE = "branches_total"


@pytest.fixture
def held(cast: Cast) -> Submission:
    """Kilimo's return, a draft."""
    made: Submission = SubmissionFactory(round=RoundFactory(association=cast.amani), institution=cast.kilimo)
    return made


def begin(held: Submission, by: User, **more: Any) -> PaperEntry:
    return paper.begin(
        **{"submission_id": held.pk, "reason": "Mr Otieno brought it.", "by": by, "at": NOW} | more
    )


def key(held: Submission, by: User, value: int = 31, code: str = CODE, **more: Any) -> Any:
    change = AnswerChange(code, value=value, **more)
    return save_answers(submission_id=held.pk, changes=[change], by=by, at=SOON)


def test_only_staff_of_the_association_begin(cast: Cast, held: Submission):
    made = set()
    for part, user in cast.people.items():
        try:
            begin(held, user)
            made.add(part)
            PaperEntry.objects.all().delete()
        except PaperForbidden:
            pass
    assert made == STAFF


@pytest.mark.parametrize("state", ReturnState)
def test_paper_is_keyed_only_while_the_return_is_with_the_mfi(
    cast: Cast, held: Submission, state: ReturnState
):
    put_into(held, state)
    if state in {ReturnState.DRAFT, ReturnState.RETURNED}:
        assert begin(held, cast.reviewer).opened_by == cast.reviewer
    else:
        with pytest.raises(PaperForbidden):
            begin(held, cast.reviewer)


def test_a_closed_round_takes_no_paper(cast: Cast, held: Submission):
    type(held.round).objects.update(closed_at=NOW)
    with pytest.raises(PaperForbidden):
        begin(held, cast.manager)


def test_one_person_at_a_time_keys_and_answers_are_marked(cast: Cast, held: Submission):
    with pytest.raises(EditRefused):
        key(held, cast.reviewer)
    entry = begin(held, cast.reviewer)
    assert begin(held, cast.reviewer, reason="Again.", at=SOON).pk == entry.pk  # a double click
    with pytest.raises(Refused, match="Reviewer is keying"):
        begin(held, cast.manager)
    with pytest.raises(EditRefused):
        key(held, cast.manager)
    assert key(held, cast.reviewer).saved == (CODE,)
    answer = Answer.objects.get(submission=held)
    assert (answer.source, answer.changed_by) == (AnswerSource.PAPER, cast.reviewer)
    assert keyed_codes(entry) == {CODE}
    # an answer of the MFI stays an answer of the MFI
    key(held, cast.editor, 7, "board_members")
    assert Answer.objects.get(code="board_members").source == AnswerSource.PAGE
    assert keyed_codes(entry) == {CODE}


def test_an_entry_opens_one_return_and_no_other(cast: Cast, held: Submission):
    other = SubmissionFactory(round=held.round, institution=cast.umoja)
    begin(held, cast.reviewer)
    with pytest.raises(EditRefused):
        key(other, cast.reviewer)


def test_what_the_mfi_types_meanwhile_is_not_lost(cast: Cast, held: Submission):
    begin(held, cast.reviewer)
    key(held, cast.editor, 40)
    result = key(held, cast.reviewer, 31)
    assert [one.code for one in result.conflicts] == [CODE]
    assert Answer.objects.get().number == 40


def test_staff_never_submit(cast: Cast):
    held = complete_return(cast)
    begin(held, cast.manager)
    with pytest.raises(MoveForbidden):
        move(submission_id=held.pk, move=Move.SUBMIT, by=cast.manager, at=LATER, certified_name="Manager")
    client = signed_in(cast.manager)
    args = [cast.amani.slug, held.pk]
    assert client.get(reverse("return_submit", args=args)).status_code == 403
    assert client.post(reverse("return_submit", args=args), {"certified_name": "Manager"}).status_code == 403


def test_finishing_tells_the_mfi_once_and_ends_the_right_to_key(cast: Cast, held: Submission):
    begin(held, cast.reviewer)
    key(held, cast.reviewer)
    for part, user in cast.people.items():
        if part not in {"manager", "second_manager", "reviewer"}:
            with pytest.raises(PaperForbidden):
                paper.finish(submission_id=held.pk, by=user, at=LATER)
    assert paper.finish(submission_id=held.pk, by=cast.reviewer, at=LATER) == 1
    assert paper.finish(submission_id=held.pk, by=cast.reviewer, at=LATER) == 0
    told = MailMessage.objects.filter(purpose="paper.keyed")
    assert {one.to for one in told} == {cast.signatory.email, cast.editor.email}
    assert told.count() == 2
    with pytest.raises(EditRefused):
        key(held, cast.reviewer, 32, expected_version=1)
    entry = PaperEntry.objects.get()
    assert (entry.closed_at, entry.confirmed_at) == (LATER, None)


def test_another_reviewer_does_not_end_what_is_keyed_but_a_manager_does(cast: Cast, held: Submission):
    begin(held, cast.manager)
    key(held, cast.manager)
    with pytest.raises(PaperForbidden):
        paper.finish(submission_id=held.pk, by=cast.reviewer, at=LATER)
    assert paper.finish(submission_id=held.pk, by=cast.second_manager, at=LATER) == 1


def test_what_brought_nothing_leaves_nothing_but_history(cast: Cast, held: Submission):
    begin(held, cast.reviewer)
    assert paper.finish(submission_id=held.pk, by=cast.reviewer, at=LATER) == 0
    assert not PaperEntry.objects.exists()
    assert not MailMessage.objects.filter(purpose="paper.keyed").exists()
    assert list(AuditEvent.objects.filter(verb__startswith="paper.").values_list("verb", flat=True)) == [
        "paper.begun",
        "paper.given_up",
    ]


def test_the_signature_confirms_and_both_names_are_kept(cast: Cast):
    held = complete_return(cast)
    begin(held, cast.reviewer)
    key(held, cast.reviewer, 26, expected_version=1)
    paper.finish(submission_id=held.pk, by=cast.reviewer, at=SOON)
    for finding in paper_warnings(held):
        explain(submission_id=held.pk, rule=finding, reason="So.", by=cast.signatory, at=SOON)
    client = signed_in(cast.signatory)
    args = [cast.amani.slug, held.pk]
    words = text_of(client.get(reverse("return", args=args)))
    assert "Keyed by Reviewer of Amani from paper on" in words
    client.post(reverse("return_submit", args=args), {"certified_name": "Signatory"})
    entry = PaperEntry.objects.get()
    assert entry.confirmed_by == cast.signatory
    held.refresh_from_db()
    assert held.state == ReturnState.SUBMITTED
    assert entry.confirmed_at == held.submitted_at
    receipt = text_of(client.get(reverse("return_receipt", args=args)))
    assert "Reviewer of Amani" in receipt
    assert "confirmed by Signatory" in receipt
    history = text_of(client.get(reverse("return_history", args=args)))
    for word in (
        "Keying from paper begun",
        "Mr Otieno brought it.",
        "Keyed from paper",
        "What was keyed from paper confirmed",
        "Paper, keyed by the association",
    ):
        assert word in history
    assert "Keyed by Reviewer of Amani from paper on" not in text_of(client.get(reverse("return", args=args)))


def paper_warnings(held: Submission) -> set[str]:
    from reporting.selectors.returns import load_sheet

    return {one.rule for one in load_sheet(Submission.objects.get(pk=held.pk)).open_warnings}


def test_a_signature_ends_an_entry_that_is_still_open(cast: Cast):
    held = complete_return(cast)
    begin(held, cast.reviewer)
    move(submission_id=held.pk, move=Move.SUBMIT, by=cast.signatory, at=LATER)
    assert not PaperEntry.objects.exists()  # nothing was keyed
    second = complete_return(cast, of_round=RoundFactory(association=cast.amani, year=2025))
    begin(second, cast.reviewer)
    key(second, cast.reviewer, 26, expected_version=1)
    for finding in paper_warnings(second):
        explain(submission_id=second.pk, rule=finding, reason="So.", by=cast.signatory, at=SOON)
    move(submission_id=second.pk, move=Move.SUBMIT, by=cast.signatory, at=LATER)
    entry = PaperEntry.objects.get()
    assert (entry.closed_at, entry.confirmed_at, entry.confirmed_by) == (LATER, LATER, cast.signatory)


@pytest.mark.parametrize("four_eyes", [True, False])
def test_whoever_keyed_does_not_approve_under_four_eyes(cast: Cast, four_eyes: bool):
    held = complete_return(cast, of_round=RoundFactory(association=cast.amani, four_eyes=four_eyes))
    begin(held, cast.manager)
    key(held, cast.manager, 26, expected_version=1)
    put_into(held, ReturnState.IN_REVIEW)
    approve: dict[str, Any] = {"submission_id": held.pk, "move": Move.APPROVE, "at": LATER}
    if four_eyes:
        with pytest.raises(MoveRefused, match="you keyed this return from paper"):
            move(**approve, by=cast.manager)
        move(**approve, by=cast.reviewer)
    else:
        move(**approve, by=cast.manager)
    held.refresh_from_db()
    assert held.state == ReturnState.APPROVED


def test_a_person_of_the_staff_keys_in_the_pages(cast: Cast, held: Submission):
    client = signed_in(cast.reviewer)
    args = [cast.amani.slug, held.pk]
    page, overview = reverse("paper", args=args), reverse("return", args=args)
    section = reverse("return_section", args=[*args, "PRO"])
    assert page in text_of(client.get(overview))
    assert client.post(page, {"action": "begin", "reason": ""}).status_code == 422
    told = client.post(
        page, {"action": "begin", "reason": "By post.", "scan": SimpleUploadedFile("a.pdf", b"x")}
    )
    assert told.status_code == 422
    assert "its content is something else" in told.content.decode()
    assert not Attachment.objects.exists()
    scan = SimpleUploadedFile("form.pdf", b"%PDF-1.4 scan")
    assert client.post(page, {"action": "begin", "reason": "By post.", "scan": scan}).url == overview
    assert "You are keying a paper return for Kilimo" in text_of(client.get(overview))
    assert "You are keying a paper return for Kilimo" in text_of(client.get(section))
    assert client.post(section, {f"v-{CODE}": "31", f"r-{CODE}": "0"}).status_code in {302, 422}
    assert Answer.objects.get(code=CODE).source == AnswerSource.PAPER
    other = text_of(signed_in(cast.manager).get(overview))
    assert "Reviewer of Amani is keying a paper return" in other
    assert "Reviewer of Amani is keying a paper return" in text_of(signed_in(cast.editor).get(section))
    told = text_of(client.get(page))
    assert "1 answer is keyed" in told
    assert f"{section}#f-{CODE}" in told
    assert client.post(page, {"action": "finish"}).url == overview
    own = signed_in(cast.editor)
    assert "form.pdf" in text_of(own.get(page))
    file = Attachment.objects.get()
    assert own.get(reverse("attachment", args=[*args, file.pk])).content == b"%PDF-1.4 scan"


def test_nobody_else_opens_the_page_or_keys(cast: Cast, held: Submission):
    begin(held, cast.reviewer)
    address = reverse("paper", args=[cast.amani.slug, held.pk])
    opened, begun = set(), set()
    for part, user in cast.people.items():
        client = signed_in(user)
        if client.get(address).status_code == 200:
            opened.add(part)
        if client.post(address, {"action": "begin", "reason": "x"}).status_code not in {403, 404}:
            begun.add(part)
        # through the other association's address there is nothing
        assert client.get(reverse("paper", args=[cast.baobab.slug, held.pk])).status_code == 404
    assert opened == STAFF | {"signatory", "editor"}
    assert begun == STAFF
    assert PaperEntry.objects.count() == 1
    assert not PaperEntry.objects.visible_to(cast.other_manager).exists()
    assert PaperEntry.objects.visible_to(cast.editor).exists()


def test_paper_state_tells_open_waiting_and_confirmed_apart(cast: Cast, held: Submission):
    assert (paper_of(held).open, paper_of(held).waiting, list(paper_of(held).confirmed)) == (None, None, [])
    entry = begin(held, cast.reviewer)
    assert paper_of(held).open == entry
    key(held, cast.reviewer)
    paper.finish(submission_id=held.pk, by=cast.reviewer, at=LATER)
    assert (paper_of(held).open, paper_of(held).waiting) == (None, entry)
    paper.confirm(held, by=cast.signatory, at=LATER)
    assert (paper_of(held).waiting, list(paper_of(held).confirmed)) == (None, [entry])
