"""What the API answers: people, associations, catalogues, rounds and whole returns."""

import pytest

from reporting.catalogue import Severity
from reporting.enums import MissingReason
from reporting.models import Explanation
from reporting.selectors.returns import load_sheet
from tests.api.reading import ask
from tests.cast import Cast
from tests.factories.members import LONG_AGO
from tests.factories.reporting import RoundFactory, SubmissionFactory, default_catalogue, sample

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_the_root_leads_on(cast: Cast):
    told = ask(cast.nobody, "").json
    assert told["me"].endswith("/api/v1/me/")
    for name in ("me", "associations", "schema"):
        assert ask(cast.nobody, f"{name}/").status == 200


def test_me(cast: Cast):
    cast.editor.language = "fr"
    cast.editor.save()
    told = ask(cast.editor, "me/").json
    assert (told["name"], told["language"]) == ("Editor", "fr")
    (role,) = told["roles"]
    assert (role["role"], role["kind"]) == ("institution_editor", "institution")
    assert role["organisation"] == {"id": str(cast.kilimo.pk), "name": "Kilimo Savings"}
    (role,) = ask(cast.manager, "me/").json["roles"]
    assert (role["label"], role["organisation"]["slug"]) == ("Association manager", "amani")
    (role,) = ask(cast.operator, "me/").json["roles"]
    assert (role["kind"], role["organisation"]) == ("platform", None)
    assert ask(cast.ex_reviewer, "me/").json["roles"] == []


def test_associations(cast: Cast):
    told = ask(cast.shared_signatory, "associations/").json
    assert [one["slug"] for one in told["results"]] == ["amani", "baobab"]
    one = ask(cast.manager, "associations/amani/").json
    assert (one["name"], one["currency"]) == ("Amani Microfinance Network", "KES")


def test_a_catalogue_is_told_whole(cast: Cast):
    version = RoundFactory(association=cast.amani).catalogue
    (listed,) = ask(cast.editor, "associations/amani/catalogues/").json["results"]
    assert (listed["id"], listed["shared"]) == (str(version.pk), True)
    assert "sections" not in listed
    told = ask(cast.editor, f"catalogues/{version.pk}/").json
    catalogue = default_catalogue()
    indicators = {one["code"]: one for section in told["sections"] for one in section["indicators"]}
    assert list(indicators) == [one.code for one in catalogue.indicators]
    for one in catalogue.indicators:
        shown = indicators[one.code]
        assert (shown["help"], shown["type"]) == (one.help, one.type)
        assert shown["relevance"] == (one.relevance.source if one.relevance else None)
        assert [choice["value"] for choice in shown["choices"]] == [choice.value for choice in one.choices]
    assert {one["code"]: one["formula"] for one in told["derived"]} == {
        one.code: one.formula.source for one in catalogue.derived
    }
    assert [one["id"] for one in told["rules"]] == [one.id for one in catalogue.rules]
    assert [one["id"] for one in told["trend_checks"]] == [one.id for one in catalogue.trend_checks]
    assert told["rules"][0]["terms"] == {"mode": "in_force", "effective_from": None, "effective_until": None}
    assert {one["severity"] for one in told["rules"]} == set(Severity)


def test_a_round(cast: Cast):
    of_round = RoundFactory(association=cast.amani, year=2024)
    (told,) = ask(cast.manager, "associations/amani/rounds/").json["results"]
    assert (told["code"], told["is_open"], told["period_end"]) == ("2024", True, "2024-12-31")
    assert told["context"] == of_round.context


def test_a_return_is_told_as_its_sheet_works_it_out(cast: Cast):
    submission = SubmissionFactory(
        round=RoundFactory(association=cast.amani), institution=cast.kilimo, filled=True
    )
    submission.answers.filter(code="green_products").update(
        flag=None, missing=MissingReason.REFUSED, note="Ask us next year.", version=4
    )
    submission.answers.filter(code="branches_total").delete()
    told = ask(cast.editor, f"returns/{submission.pk}/").json
    sheet = load_sheet(submission)
    answers = {one["code"]: one for one in told["answers"]}
    assert set(answers) == sheet.computed.asked
    given = {code: one["value"] for code, one in answers.items() if one["value"] is not None}
    assert given == {
        code: list(value) if isinstance(value, tuple) else value for code, value in sheet.values.items()
    }
    assert given["active_clients"] == sample()["values"]["active_clients"]
    refused = answers["green_products"]
    assert (refused["value"], refused["missing"], refused["note"], refused["version"]) == (
        None,
        "refused",
        "Ask us next year.",
        4,
    )
    unanswered = answers["branches_total"]
    assert (unanswered["value"], unanswered["missing"], unanswered["version"]) == (None, None, 0)
    assert {one["code"] for one in told["derived"]} == sheet.computed.relevant_derived
    assert all(one["value"] == sheet.computed.derived[one["code"]] for one in told["derived"])
    assert any(one["rule"] == "REQ" and one["indicators"] == ["branches_total"] for one in told["findings"])
    assert len(told["findings"]) == len(sheet.findings)
    assert (told["progress"]["required"], told["progress"]["answered"]) == (
        sheet.progress.required,
        sheet.progress.answered,
    )


def test_a_warning_is_told_with_the_members_reason(cast: Cast):
    submission = SubmissionFactory(
        round=RoundFactory(association=cast.amani), institution=cast.kilimo, filled=True
    )
    earlier = RoundFactory(association=cast.amani, year=2023)
    clients = sample()["values"]["active_clients"]
    SubmissionFactory(
        round=earlier, institution=cast.kilimo, approved=True, values={"active_clients": clients * 3}
    )
    warning = next(one for one in load_sheet(submission).findings if one.severity is Severity.WARNING)
    address = f"returns/{submission.pk}/"
    before = {one["rule"]: one["reason"] for one in ask(cast.editor, address).json["findings"]}
    assert before[warning.rule] is None
    Explanation.objects.create(
        association=cast.amani,
        institution=cast.kilimo,
        submission=submission,
        rule=warning.rule,
        reason="We merged.",
        given_at=LONG_AGO,
    )
    after = {one["rule"]: one["reason"] for one in ask(cast.manager, address).json["findings"]}
    assert after[warning.rule] == "We merged."
