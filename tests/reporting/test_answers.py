"""Writing answers: versions, conflicts, refusals, history, counters, hash, imports and reasons."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from types import SimpleNamespace

import pghistory
import pytest
from django.db import connection, connections
from django.utils import timezone

from members.enums import Role
from members.models import User
from reporting.enums import AnswerSource, ReturnState, VerificationLevel
from reporting.models import Answer, Explanation, Submission
from reporting.selectors.returns import load_sheet, load_sheets
from reporting.services.answers import (
    AnswerChange,
    EditRefused,
    ExplanationRefused,
    SaveResult,
    answers_sha256,
    explain,
    import_answers,
    save_answers,
)
from spm_portal.common.models import AuditEvent
from tests.factories.members import AssociationFactory, InstitutionFactory, person
from tests.factories.reporting import (
    OPENED,
    AnswerFactory,
    AttachmentFactory,
    RoundFactory,
    SubmissionFactory,
    sample,
)

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

NOW = OPENED + timedelta(days=1)


def editor_of(submission: Submission, **fields) -> User:
    return person(Role.INSTITUTION_EDITOR, submission.institution, **fields)


def save(submission: Submission, by: User, *changes: AnswerChange) -> SaveResult:
    return save_answers(submission_id=submission.pk, changes=changes, by=by, at=NOW)


def events(answer: Answer):
    return list(Answer.pgh_event_model.objects.filter(pgh_obj_id=answer.pk).order_by("pgh_id"))


@pytest.fixture
def held():
    """A draft and an editor of its MFI."""
    submission = SubmissionFactory()
    return SimpleNamespace(submission=submission, by=editor_of(submission))


def test_the_sample_comes_back_as_it_was_given():
    sheet = load_sheet(SubmissionFactory(filled=True))
    assert sheet.values == {
        code: tuple(value) if isinstance(value, list) else value for code, value in sample()["values"].items()
    }
    assert sheet.findings == ()
    for code, figure in sample()["expected_derived"].items():
        assert sheet.computed.derived[code] == pytest.approx(figure, abs=1e-3), code


def test_a_first_answer_is_written_with_who_when_and_whence(held):
    result = save(held.submission, held.by, AnswerChange("branches_total", 24))
    answer = Answer.objects.get()
    assert result.saved == ("branches_total",)
    assert (answer.number, answer.version, answer.source) == (24, 1, AnswerSource.PAGE)
    assert (answer.changed_by, answer.changed_at) == (held.by, NOW)
    assert (answer.association, answer.institution) == (
        held.submission.association,
        held.submission.institution,
    )
    (event,) = events(answer)
    assert event.pgh_context.metadata["user"] == str(held.by.pk)
    assert event.pgh_context.metadata["source"] == "page"
    assert AuditEvent.objects.get().data["codes"] == ["branches_total"]
    held.submission.refresh_from_db()
    assert held.submission.answered_count == 1
    assert (held.submission.touched_by, held.submission.touched_at) == (held.by, NOW)


def test_the_same_value_writes_nothing(held):
    save(held.submission, held.by, AnswerChange("branches_total", 24))
    result = save(held.submission, held.by, AnswerChange("branches_total", Decimal("24.0")))
    assert result.saved == ()
    assert result.is_clean
    assert Answer.objects.get().version == 1
    assert len(events(Answer.objects.get())) == 1


def test_an_older_version_is_a_conflict_with_both_values(held):
    save(held.submission, held.by, AnswerChange("branches_total", 24))
    save(held.submission, held.by, AnswerChange("branches_total", 25, expected_version=1))
    mine = AnswerChange("branches_total", 26, expected_version=1)
    result = save(held.submission, held.by, mine, AnswerChange("takes_deposits", True))
    (conflict,) = result.conflicts
    assert conflict.theirs.number == 25
    assert conflict.yours == mine
    assert result.saved == ("takes_deposits",)
    assert Answer.objects.get(code="branches_total").number == 25


def test_a_box_left_as_it_was_gives_way_to_a_newer_value(held):
    """The whole section is sent without scripts: what the person did not touch is no conflict."""
    save(held.submission, held.by, AnswerChange("branches_total", 24, note="counted"))
    save(held.submission, held.by, AnswerChange("branches_total", 25, expected_version=1))
    untouched = AnswerChange("branches_total", 24, note="counted", expected_version=1)
    empty = AnswerChange("takes_deposits", None)
    AnswerFactory(submission=held.submission, code="takes_deposits", number=None, flag=True)
    result = save(held.submission, held.by, untouched, empty)
    assert result.is_clean
    assert result.saved == ()
    assert result.sheet.values == {"branches_total": 25, "takes_deposits": True}


def test_an_emptied_answer_keeps_its_row_and_history(held):
    save(held.submission, held.by, AnswerChange("branches_total", 24))
    save(held.submission, held.by, AnswerChange("branches_total", None, expected_version=1))
    answer = Answer.objects.get()
    assert answer.number is None
    assert answer.version == 2
    assert [event.number for event in events(answer)] == [24, None]


def test_a_reason_stands_instead_of_a_value(held):
    save(held.submission, held.by, AnswerChange("branches_total", None, "not_tracked"))
    sheet = load_sheet(held.submission)
    assert sheet.missing == {"branches_total": "not_tracked"}
    assert sheet.progress.answered == 1
    result = save(
        held.submission, held.by, AnswerChange("branches_total", 3, "not_tracked", expected_version=1)
    )
    assert "a value and a reason" in result.refused["branches_total"]
    result = save(
        held.submission, held.by, AnswerChange("branches_total", None, "because", expected_version=1)
    )
    assert "“because” is not in the list" in result.refused["branches_total"]


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("no_such_indicator", 1, "does not ask"),
        ("pct_female_borrowers", 50, "does not ask"),
        ("branches_total", "many", "Type a number"),
        ("legal_form", "casino", "not in the list"),
    ],
)
def test_codes_and_values_that_do_not_fit_are_refused_alone(held, code, value, words):
    result = save(held.submission, held.by, AnswerChange(code, value), AnswerChange("regulated", False))
    assert words in result.refused[code]
    assert result.saved == ("regulated",)


def test_only_what_the_round_asks_is_taken():
    submission = SubmissionFactory(round__sections=["PRO"], round__form_length="core")
    by = editor_of(submission)
    result = save(submission, by, AnswerChange("active_clients", 5), AnswerChange("branches_total", 5))
    assert set(result.refused) == {"active_clients"}


def test_a_foreign_file_is_refused(held):
    foreign = AttachmentFactory()
    save(held.submission, held.by, AnswerChange("cp_certification", "bronze"))
    result = save(held.submission, held.by, AnswerChange("cp_certificate", str(foreign.pk)))
    assert "not here" in result.refused["cp_certificate"]


@pytest.mark.parametrize("state", sorted(set(ReturnState) - {ReturnState.DRAFT, ReturnState.RETURNED}))
def test_a_return_with_the_staff_cannot_be_changed(state):
    submission = SubmissionFactory(state=state)
    with pytest.raises(EditRefused, match="with the association"):
        save(submission, editor_of(submission), AnswerChange("branches_total", 1))


def test_a_closed_round_takes_nothing():
    submission = SubmissionFactory(round__closed_at=NOW)
    with pytest.raises(EditRefused, match="round is closed"):
        save(submission, editor_of(submission), AnswerChange("branches_total", 1))


def test_others_cannot_change_a_return(held):
    staff = person(Role.ASSOCIATION_MANAGER, held.submission.association)
    with pytest.raises(EditRefused, match="Only people of the MFI"):
        save(held.submission, staff, AnswerChange("branches_total", 1))
    for stranger in (
        editor_of(SubmissionFactory()),
        person(Role.ASSOCIATION_MANAGER, AssociationFactory()),
        person(Role.PLATFORM_OPERATOR),
    ):
        with pytest.raises(EditRefused, match="may not"):
            save(held.submission, stranger, AnswerChange("branches_total", 1))
    assert not Answer.objects.exists()


def test_irrelevant_answers_are_kept_but_do_not_count(held):
    save(
        held.submission,
        held.by,
        AnswerChange("sp_assessment_done", True),
        AnswerChange("sp_assessment_type", "spi_self"),
    )
    before = load_sheet(held.submission).progress.answered
    result = save(held.submission, held.by, AnswerChange("sp_assessment_done", False, expected_version=1))
    assert result.sheet.answers["sp_assessment_type"].text == "spi_self"
    assert "sp_assessment_type" not in result.sheet.computed.relevant
    assert result.sheet.progress.answered == before - 1


def test_a_new_value_takes_back_what_staff_had_checked(held):
    answer = AnswerFactory(submission=held.submission, verification=VerificationLevel.EVIDENCE_SEEN)
    save(held.submission, held.by, AnswerChange(answer.code, 24, note="same", expected_version=1))
    answer.refresh_from_db()
    assert answer.verification == VerificationLevel.EVIDENCE_SEEN
    save(held.submission, held.by, AnswerChange(answer.code, 25, expected_version=2))
    answer.refresh_from_db()
    assert (answer.verification, answer.note) == (VerificationLevel.SELF_REPORTED, "same")


def test_counters_repeat_the_sheet():
    submission = SubmissionFactory(filled=True, values={"active_clients": 20000, "board_members": 2})
    sheet = load_sheet(submission)
    assert submission.required_count == sheet.progress.required > 0
    assert submission.answered_count == sheet.progress.answered
    assert submission.error_count == len(sheet.errors) > 0
    assert submission.warning_count == len(sheet.warnings) > 0
    assert submission.unexplained_count == len(sheet.open_warnings)


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_never_lose_a_value():
    submission = SubmissionFactory()
    codes = ["branches_total", "active_clients", "active_borrowers", "board_members", "staff_total"]
    people = [editor_of(submission), editor_of(submission)]
    outcomes: dict[tuple[int, str], str] = {}
    barrier = Barrier(2)

    def type_all(who: int) -> None:
        try:
            for place, code in enumerate(codes):
                barrier.wait(timeout=20)
                result = save(submission, people[who], AnswerChange(code, 100 * (who + 1) + place))
                outcomes[who, code] = (
                    "saved" if code in result.saved else "conflict" if result.conflicts else "?"
                )
        finally:
            connections.close_all()

    threads = [Thread(target=type_all, args=(who,)) for who in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for place, code in enumerate(codes):
        assert sorted(outcomes[who, code] for who in (0, 1)) == ["conflict", "saved"]
        winner = next(who for who in (0, 1) if outcomes[who, code] == "saved")
        assert Answer.objects.get(code=code).number == 100 * (winner + 1) + place
    assert Submission.objects.get().answered_count == len(codes)


def test_a_write_past_the_lock_becomes_a_conflict(held, monkeypatch):
    """Somebody who writes without the service between reading and writing loses nothing either."""
    from reporting.services import answer_writer

    original = answer_writer.AnswerWriter.write

    def write_late(self):
        AnswerFactory(submission=held.submission, code="active_clients", number=7)
        Answer.objects.filter(code="branches_total").update(number=9, version=2)
        return original(self)

    save(held.submission, held.by, AnswerChange("branches_total", 24))
    monkeypatch.setattr(answer_writer.AnswerWriter, "write", write_late)
    result = save(
        held.submission,
        held.by,
        AnswerChange("branches_total", 25, expected_version=1),
        AnswerChange("active_clients", 8),
    )
    assert {conflict.code: conflict.theirs.number for conflict in result.conflicts} == {
        "branches_total": 9,
        "active_clients": 7,
    }
    assert result.saved == ()


def _by_update(answer: Answer) -> None:
    Answer.objects.filter(pk=answer.pk).update(number=1)


def _by_bulk_update(answer: Answer) -> None:
    answer.number = Decimal(1)
    Answer.objects.bulk_update([answer], ["number"])


def _by_sql(answer: Answer) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reporting_answer SET number = 1 WHERE id = %s", [answer.pk])


@pytest.mark.parametrize("change", [_by_update, _by_bulk_update, _by_sql])
def test_no_way_of_changing_escapes_history(held, change):
    (answer,) = Answer.objects.bulk_create([AnswerFactory.build(submission=held.submission)])
    with pghistory.context(user="somebody", reason="correction"):
        change(answer)
    first, second = events(answer)
    assert (first.number, second.number) == (24, 1)
    assert second.pgh_context.metadata["reason"] == "correction"
    Answer.objects.filter(pk=answer.pk).delete()
    assert events(answer)[-1].pgh_label == "delete"


def test_the_hash_follows_what_was_said_and_nothing_else(held):
    save(held.submission, held.by, AnswerChange("branches_total", 24), AnswerChange("legal_form", "ngo"))
    first = answers_sha256(load_sheet(held.submission))
    twin = SubmissionFactory(values={"legal_form": "ngo", "branches_total": 24})
    assert answers_sha256(load_sheet(twin)) == first
    save(held.submission, held.by, AnswerChange("branches_total", 24, note="counted", expected_version=1))
    assert answers_sha256(load_sheet(held.submission)) != first
    assert answers_sha256(load_sheet(SubmissionFactory(values={"branches_total": 24}))) != first


def test_an_import_repeated_writes_nothing(held):
    values = {"branches_total": 24, "legal_form": "ngo", "active_clients": 1e3}
    result = import_answers(submission_id=held.submission.pk, values=values, at=NOW)
    assert set(result.saved) == set(values)
    before = Answer.pgh_event_model.objects.count(), AuditEvent.objects.count()
    assert import_answers(submission_id=held.submission.pk, values=values, at=NOW).saved == ()
    assert (Answer.pgh_event_model.objects.count(), AuditEvent.objects.count()) == before
    answer = Answer.objects.get(code="branches_total")
    assert (answer.source, answer.changed_by) == (AnswerSource.IMPORT, None)
    changed = import_answers(submission_id=held.submission.pk, values={"branches_total": 25, "x": 1}, at=NOW)
    assert (changed.saved, set(changed.refused)) == (("branches_total",), {"x"})
    answer.refresh_from_db()
    assert (answer.number, answer.version) == (25, 2)


class TestReasons:
    @pytest.fixture
    def warned(self):
        submission = SubmissionFactory(filled=True, values={"board_members": 2, "board_members_female": 1})
        assert "W02" in {found.rule for found in load_sheet(submission).open_warnings}
        return SimpleNamespace(submission=submission, by=editor_of(submission), rule="W02")

    def test_a_reason_settles_its_warning(self, warned):
        before = warned.submission.unexplained_count
        sheet = explain(
            submission_id=warned.submission.pk,
            rule=warned.rule,
            reason="  Two\nfounders ",
            by=warned.by,
            at=NOW,
        )
        assert sheet.explanations[warned.rule].reason == "Two founders"
        assert warned.rule not in {found.rule for found in sheet.open_warnings}
        warned.submission.refresh_from_db()
        assert warned.submission.unexplained_count == before - 1

    def test_a_blank_reason_takes_it_back(self, warned):
        for reason in ("Two founders", " \n "):
            explain(submission_id=warned.submission.pk, rule=warned.rule, reason=reason, by=warned.by, at=NOW)
        assert not Explanation.objects.exists()
        labels = Explanation.pgh_event_model.objects.values_list("pgh_label", flat=True)
        assert list(labels.order_by("pgh_id")) == ["insert", "delete"]

    @pytest.mark.parametrize(
        ("rule", "reason", "words"),
        [("W01", "x", "settled"), ("E01", "x", "settled"), ("W02", "x" * 2001, "Shorten")],
    )
    def test_only_a_present_warning_takes_a_reason(self, warned, rule, reason, words):
        with pytest.raises(ExplanationRefused, match=words):
            explain(submission_id=warned.submission.pk, rule=rule, reason=reason, by=warned.by, at=NOW)

    def test_strangers_and_staff_give_no_reasons(self, warned):
        for other in (
            person(Role.ASSOCIATION_REVIEWER, warned.submission.association),
            editor_of(SubmissionFactory()),
        ):
            with pytest.raises(EditRefused):
                explain(
                    submission_id=warned.submission.pk,
                    rule=warned.rule,
                    reason="x",
                    by=other,
                    at=timezone.now(),
                )


class TestSheets:
    def test_the_last_approved_return_of_the_same_association_is_compared(self):
        association, institution = AssociationFactory(), InstitutionFactory()
        for year, clients in ((2021, 1), (2022, 2), (2023, 3)):
            SubmissionFactory(
                round=RoundFactory(association=association, year=year),
                institution=institution,
                values={"active_clients": clients},
                state=ReturnState.DRAFT if year == 2023 else ReturnState.APPROVED,
            )
        # a return to another association is none of this one's business
        SubmissionFactory(
            round__year=2023, institution=institution, values={"active_clients": 9}, approved=True
        )
        now = SubmissionFactory(round=RoundFactory(association=association), institution=institution)
        sheet = load_sheet(now)
        assert sheet.previous == {"active_clients": 2}
        assert sheet.previous_submission.round.year == 2022

    def test_sheets_of_a_round_take_the_same_queries_for_one_and_three(self, django_assert_max_num_queries):
        before = RoundFactory(year=2023)
        this = RoundFactory(association=before.association)
        counts = []
        for members in (1, 2):
            for _ in range(members):
                old = SubmissionFactory(round=before, approved=True, values={"active_clients": 1})
                SubmissionFactory(round=this, institution=old.institution, values={"active_clients": 2})
            with django_assert_max_num_queries(8) as captured:
                sheets = load_sheets(this)
                assert all(sheet.findings and sheet.previous for sheet in sheets)
            counts.append((len(sheets), len(captured.captured_queries)))
        assert [members for members, _ in counts] == [1, 3]
        assert counts[0][1] == counts[1][1]
