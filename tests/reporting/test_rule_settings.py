"""What an association says about single rules, and that every face of a return follows."""

import json
import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.enums import Role
from reporting.enums import Move, ReturnState, RuleMode
from reporting.models import Explanation, RuleSetting, Submission
from reporting.selectors.returns import load_sheet, load_sheets
from reporting.selectors.rule_settings import rule_book
from reporting.services.answers import ExplanationRefused, explain, import_answers, refresh_counters
from reporting.services.rule_settings import RuleTerms, clear_rule, set_rule
from reporting.services.transitions import MoveRefused, move
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.api.reading import ask
from tests.browsers import signed_in
from tests.factories.members import AssociationFactory, InstitutionFactory, person
from tests.factories.reporting import OPENED, RoundFactory, SubmissionFactory, sample
from tests.reporting.test_return_pages import Desk
from tests.reporting.workbook_books import Book, made, sent

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

SMALL = sample()["values"] | {
    "board_members": 2,
    "board_members_female": 1,
    "board_trained_spm": 1,
}  # W02 warns
REASON = "Our founders agreed on it."


@pytest.fixture
def submission():
    return SubmissionFactory(values=SMALL)


@pytest.fixture
def manager(submission):
    return person(Role.ASSOCIATION_MANAGER, submission.association)


def setting(submission, manager, rule="W02", mode=RuleMode.TRIAL, reason=REASON, begins=None, ends=None):
    return set_rule(
        association=submission.association,
        rule=rule,
        terms=RuleTerms(mode, begins, ends),
        reason=reason,
        by=manager,
        at=OPENED,
    )


def fresh(submission):
    return Submission.objects.select_related("association", "institution", "round__catalogue").get(
        pk=submission.pk
    )


def findings_of(submission):
    return {one.rule: one for one in load_sheet(fresh(submission)).findings}


# --- The service -------------------------------------------------------------------------------------------


def test_a_setting_is_kept_with_reason_history_and_audit_row(submission, manager):
    row = setting(submission, manager, begins=date(2024, 1, 1))
    assert (row.rule, row.mode, row.reason, row.changed_by) == ("W02", RuleMode.TRIAL, REASON, manager)
    event = AuditEvent.objects.get(verb="rule.set")
    assert (event.reason, event.association_id) == (REASON, submission.association_id)
    assert event.data == {
        "rule": "W02",
        "mode": "trial",
        "effective_from": "2024-01-01",
        "effective_until": None,
    }
    setting(submission, manager, begins=date(2024, 1, 1))
    assert AuditEvent.objects.filter(verb="rule.set").count() == 1, "the same again writes nothing"
    setting(submission, manager, mode=RuleMode.OFF, reason="It was of no use.")
    assert RuleSetting.objects.get().mode == RuleMode.OFF
    assert row.pgh_event_model.objects.count() == 2


def test_clearing_lets_the_catalogue_decide_again(submission, manager):
    setting(submission, manager, mode=RuleMode.OFF)
    assert "W02" not in findings_of(submission)
    how = {"association": submission.association, "rule": "W02", "by": manager, "at": OPENED}
    assert clear_rule(**how, reason="Back to normal.")
    assert not clear_rule(**how, reason="Back to normal.")
    assert findings_of(submission)["W02"].needs_reason
    assert AuditEvent.objects.get(verb="rule.cleared").reason == "Back to normal."
    assert not RuleSetting.objects.exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": " \x00 "}, "Write why"),
        ({"reason": "x" * 1001}, "1001 characters"),
        ({"rule": "W99"}, "no rule “W99”"),
        ({"rule": "REQ"}, "no rule “REQ”"),
        ({"begins": date(2025, 1, 2), "ends": date(2025, 1, 1)}, "last day lies before the first"),
    ],
)
def test_what_is_refused(submission, manager, changes, told):
    with pytest.raises(Refused, match=told):
        setting(submission, manager, **changes)
    assert not RuleSetting.objects.exists()


@pytest.mark.parametrize("role", [Role.ASSOCIATION_REVIEWER, Role.INSTITUTION_SIGNATORY])
def test_only_managers_set_and_clear_rules(submission, role):
    place = submission.institution if role is Role.INSTITUTION_SIGNATORY else submission.association
    somebody = person(role, place)
    with pytest.raises(PermissionDenied):
        setting(submission, somebody)
    with pytest.raises(PermissionDenied):
        clear_rule(association=submission.association, rule="W02", reason="Why.", by=somebody, at=OPENED)


def test_another_association_is_none_of_its_business(submission, manager):
    other = SubmissionFactory(values=SMALL)
    setting(submission, manager, mode=RuleMode.OFF)
    assert "W02" in findings_of(other)
    assert "W02" not in findings_of(submission)


def test_open_returns_are_counted_anew_at_once(submission, manager):
    refresh_counters(submission, load_sheet(fresh(submission)))
    assert (submission.warning_count, submission.unexplained_count) == (1, 1)
    setting(submission, manager)
    submission.refresh_from_db()
    assert (submission.warning_count, submission.unexplained_count) == (0, 0)


@pytest.mark.parametrize(
    ("begins", "ends", "fires"),
    [
        (date(2024, 12, 31), None, True),
        (date(2025, 1, 1), None, False),
        (None, date(2024, 12, 30), False),
        (None, date(2024, 12, 31), True),
    ],
)
def test_dates_are_compared_with_the_end_of_the_period(submission, manager, begins, ends, fires):
    assert submission.round.period_end == date(2024, 12, 31)
    setting(submission, manager, mode=RuleMode.IN_FORCE, begins=begins, ends=ends)
    assert ("W02" in findings_of(submission)) is fires


# --- Every face follows ------------------------------------------------------------------------------------


def test_an_error_on_trial_blocks_no_submission():
    submission = SubmissionFactory(filled=True)
    import_answers(submission_id=submission.pk, values={"board_members_female": 10}, at=OPENED)
    manager = person(Role.ASSOCIATION_MANAGER, submission.association)
    signatory = person(Role.INSTITUTION_SIGNATORY, submission.institution)
    how = {"submission_id": submission.pk, "move": Move.SUBMIT, "by": signatory, "at": OPENED}
    name = {"certified_name": str(signatory)}
    with pytest.raises(MoveRefused, match="1 error is left"):
        move(**how, **name)
    setting(submission, manager, rule="E01")
    finding = findings_of(submission)["E01"]
    assert (finding.blocks, finding.needs_reason, finding.on_trial) == (False, False, True)
    assert move(**how, **name).state == ReturnState.SUBMITTED


def test_the_pages_of_the_member_show_a_trial_quietly(submission, manager):
    desk = Desk(submission, person(Role.INSTITUTION_EDITOR, submission.institution))
    before = desk.client.get(desk.url("return_problems")).content.decode()
    assert "1 warning: correct it or say why it is right" in before
    setting(submission, manager)
    page = desk.client.get(desk.url("return_problems")).content.decode()
    assert "1 note: nothing has to be done" in page
    assert "On trial:" in page
    assert "warning" not in re.sub(r"<[^>]*>", "", page[page.index("<main") :])
    assert 'name="reason"' not in page
    section = desk.section("GOV").content.decode()
    state = section[section.index('id="s-board_members"') :]
    assert "field-note" in state[: state.index("</div>")]


def test_review_api_workbook_and_command_follow(submission, manager, capsys):
    setting(submission, manager)
    editor = person(Role.INSTITUTION_EDITOR, submission.institution)
    told = ask(editor, f"returns/{submission.pk}/").json["findings"]
    (one,) = [each for each in told if each["rule"] == "W02"]
    assert (one["severity"], one["on_trial"], one["previous_reason"]) == ("warning", True, None)

    book = Book(made(submission))
    book.put("board_members", 1)
    upload = sent(submission, book.content(), editor)
    (line,) = [each for each in upload.problems if "board with fewer" in each["text"]]
    assert line["severity"] == "information"
    assert line["text"].startswith("On trial:")

    Submission.objects.filter(pk=submission.pk).update(state=ReturnState.SUBMITTED)
    desk = Desk(submission, manager)
    page = desk.client.get(desk.url("return_review")).content.decode()
    assert "On trial:" in page

    call_command("findings", association=submission.association.slug, round=submission.round.code)
    lines = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert [each["on_trial"] for each in lines if each["rule"] == "W02"] == [True]


def test_a_trial_needs_no_reason_and_takes_none(submission, manager):
    setting(submission, manager)
    editor = person(Role.INSTITUTION_EDITOR, submission.institution)
    with pytest.raises(ExplanationRefused):
        explain(submission_id=submission.pk, rule="W02", reason="So it is.", by=editor, at=OPENED)


def test_the_sheets_of_a_round_take_the_same_queries_with_settings(submission, manager):
    load_sheets(submission.round)  # the catalogue is read once per process
    counts = []
    for rules in (["W02"], ["W03", "E01"]):
        for rule in rules:
            setting(submission, manager, rule=rule)
        SubmissionFactory(round=submission.round, values=SMALL)
        with CaptureQueriesContext(connection) as captured:
            assert all(
                "W02" in {one.rule for one in sheet.findings} for sheet in load_sheets(submission.round)
            )
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- Last year's reason ------------------------------------------------------------------------------------


@pytest.fixture
def two_years():
    this = RoundFactory(year=2024)
    before = RoundFactory(association=this.association, year=2023)
    institution = InstitutionFactory()
    old = SubmissionFactory(round=before, institution=institution, values=SMALL, approved=True)
    new = SubmissionFactory(round=this, institution=institution, values=SMALL)
    editor = person(Role.INSTITUTION_EDITOR, institution)
    Explanation.objects.create(
        association_id=old.association_id,
        institution_id=old.institution_id,
        submission=old,
        rule="W02",
        reason="Two owners run <us>.",
        given_at=OPENED,
        given_by=editor,
    )
    return new, editor


def test_last_years_reason_is_offered_and_never_taken_by_itself(two_years):
    new, editor = two_years
    desk = Desk(new, editor)
    assert "W02" in {one.rule for one in load_sheet(fresh(new)).open_warnings}
    page = desk.client.get(desk.url("return_problems")).content.decode()
    assert "The reason you gave in 2023:" in page
    assert "Two owners run &lt;us&gt;." in page
    assert not Explanation.objects.filter(submission=new).exists()
    offered = ask(editor, f"returns/{new.pk}/").json["findings"]
    assert [one["previous_reason"] for one in offered if one["rule"] == "W02"] == ["Two owners run <us>."]

    # a browser without scripts sends the empty box together with the button
    sent = {"rule": "W02", "reason": "", "again": "1"}
    assert desk.client.post(desk.url("return_explanation"), sent).status_code == 302
    assert Explanation.objects.get(submission=new).reason == "Two owners run <us>."
    assert "W02" not in {one.rule for one in load_sheet(fresh(new)).open_warnings}
    page = desk.client.get(desk.url("return_problems")).content.decode()
    assert "The reason you gave in 2023:" not in page


def test_again_without_an_earlier_reason_keeps_what_was_typed(submission):
    editor = person(Role.INSTITUTION_EDITOR, submission.institution)
    explain(submission_id=submission.pk, rule="W02", reason="Typed.", by=editor, at=OPENED, again=True)
    assert Explanation.objects.get().reason == "Typed."


# --- The pages ---------------------------------------------------------------------------------------------


def page_of(user, name, *args, slug, data=None):
    client = signed_in(user)
    url = reverse(name, args=[slug, *args])
    return client.get(url) if data is None else client.post(url, data)


def test_the_list_says_every_rule_in_words_and_counts_for_staff_alone(submission, manager):
    slug = submission.association.slug
    setting(submission, manager, rule="E01", mode=RuleMode.OFF, reason="We know <better>.")
    page = page_of(manager, "rule_list", slug=slug).content.decode()
    assert "A board with fewer than three members is unusual." in page
    assert "“Board members” ≥ 3" in page
    assert "We know &lt;better&gt;." in page
    assert "fired on 1 return" in page
    assert reverse("rule_setting", args=[slug, "W02"]) in page
    for rule in ("UNIT", "CURR", "T-his-active_borrowers", "I01"):
        assert f'id="{rule}"' in page
    member = page_of(person(Role.INSTITUTION_EDITOR, submission.institution), "rule_list", slug=slug)
    text = member.content.decode()
    assert "A board with fewer than three members is unusual." in text
    assert "fired on" not in text
    assert "Counted in" not in text
    assert reverse("rule_setting", args=[slug, "W02"]) not in text


@pytest.mark.parametrize(
    ("only", "shown", "hidden"),
    [("changed", "E01", "W02"), ("fired", "W02", "E01"), ("paused", "E01", "W02")],
)
def test_the_list_is_filtered(submission, manager, only, shown, hidden):
    setting(submission, manager, rule="E01", mode=RuleMode.OFF)
    book = rule_book(submission.association, manager)
    rules = {line.rule for group in book.chosen(only) for line in group.lines}
    assert shown in rules
    assert hidden not in rules
    assert book.count("") == len(book.lines) == 134


def test_the_list_takes_the_same_queries_for_one_and_three_returns(submission, manager):
    counts = []
    for more in (0, 2):
        for _ in range(more):
            SubmissionFactory(round=submission.round, values=SMALL)
        with CaptureQueriesContext(connection) as captured:
            page_of(manager, "rule_list", slug=submission.association.slug)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_before_the_first_round_the_newest_catalogue_is_listed_without_counts(submission, manager):
    association = AssociationFactory()
    book = rule_book(association, person(Role.ASSOCIATION_MANAGER, association))
    assert (book.version, book.last_round) == (submission.round.catalogue, None)
    assert {line.fired for line in book.lines} == {None}


def test_without_any_catalogue_the_list_says_so():
    association = AssociationFactory()
    page = page_of(person(Role.ASSOCIATION_MANAGER, association), "rule_list", slug=association.slug)
    assert "No catalogue yet" in page.content.decode()


def test_the_form_sets_and_clears(submission, manager):
    slug = submission.association.slug
    data = {"mode": "trial", "effective_from": "2024-01-01", "effective_until": "", "reason": REASON}
    assert page_of(manager, "rule_setting", "W02", slug=slug, data=data).status_code == 302
    assert findings_of(submission)["W02"].on_trial
    page = page_of(manager, "rule_setting", "W02", slug=slug).content.decode()
    assert REASON in page
    assert 'value="2024-01-01"' in page
    back = {"mode": "catalogue", "reason": "It is clear now."}
    assert page_of(manager, "rule_setting", "W02", slug=slug, data=back).status_code == 302
    assert not RuleSetting.objects.exists()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"mode": "trial"}, "Reason"),
        ({"reason": REASON}, "What the rule does"),
        ({"mode": "catalogue", "effective_from": "2024-01-01", "reason": REASON}, "within these dates"),
        (
            {
                "mode": "off",
                "effective_from": "2024-01-02",
                "effective_until": "2024-01-01",
                "reason": REASON,
            },
            "The last day lies before the first.",
        ),
    ],
)
def test_the_form_says_what_is_wrong(submission, manager, data, told):
    answer = page_of(manager, "rule_setting", "W02", slug=submission.association.slug, data=data)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not RuleSetting.objects.exists()


def test_an_unknown_rule_has_no_page(submission, manager):
    assert page_of(manager, "rule_setting", "W99", slug=submission.association.slug).status_code == 404
