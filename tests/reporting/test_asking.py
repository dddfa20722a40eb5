"""Asking many members of a round at once: every value that a rule points to, and what is unusual among the members."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from reporting.enums import ReturnState
from reporting.models import Question, QuestionMessage, Round, Submission
from reporting.selectors.asking import asking_of
from spm_portal.common.models import MailMessage
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.members import InstitutionFactory
from tests.factories.reporting import RoundFactory, SubmissionFactory, sample
from tests.reporting.returns_in_review import put_into

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

RISKY = {"gross_loan_portfolio": 1_000_000, "par30_balance": 200_000}
RULE = "W41"  # portfolio at risk above 10 per cent
PAGE = "/a/amani/rounds/2024/ask/"


@pytest.fixture
def opened(cast: Cast) -> Round:
    """Kilimo and Umoja with a high portfolio at risk in the hands of staff, Pamoja with the same in draft."""
    made: Round = RoundFactory(association=cast.amani, year=2024)
    for institution, state in (
        (cast.kilimo, ReturnState.SUBMITTED),
        (cast.umoja, ReturnState.IN_REVIEW),
        (cast.pamoja, ReturnState.DRAFT),
    ):
        values = sample()["values"] | RISKY
        put_into(SubmissionFactory(round=made, institution=institution, values=values), state)
    return made


def of(opened: Round, institution: Any) -> Submission:
    return Submission.objects.get(round=opened, institution=institution)


def test_a_rule_is_asked_of_the_ticked_members_each_with_its_own_value(cast: Cast, opened: Round):
    client = signed_in(cast.reviewer)
    assert f"{PAGE}rules/{RULE}/" in text_of(client.get(PAGE))
    page = text_of(client.get(f"{PAGE}rules/{RULE}/"))
    assert page.count('name="about"') == page.count("checked>") == 2
    assert "Pamoja" not in page
    code = asking_of(opened).of_rule(RULE)[0].part.code
    both = [f"{of(opened, one).pk}:{code}" for one in (cast.kilimo, cast.umoja)]
    draft = f"{of(opened, cast.pamoja).pk}:{code}"
    answer = client.post(
        f"{PAGE}rules/{RULE}/", {"about": [*both, draft], "text": "{mfi}: is {value} right? {{x}"}
    )
    assert answer.status_code == 422
    assert escape("Nothing fills {x}") in text_of(answer)
    assert escape("{mfi}: is {value} right? {{x}") in text_of(answer)
    assert not Question.objects.exists()
    for _ in range(2):  # a double click
        client.post(f"{PAGE}rules/{RULE}/", {"about": [*both, draft], "text": "{mfi}: is {value} right?"})
    assert set(Question.objects.values_list("institution", "rule")) == {
        (cast.kilimo.pk, RULE),
        (cast.umoja.pk, RULE),
    }
    told = {text.replace("\xa0", " ") for text in QuestionMessage.objects.values_list("text", flat=True)}
    assert told == {f"{one.label}: is KES 200,000 right?" for one in (cast.kilimo, cast.umoja)}
    mail = MailMessage.objects.get(to=cast.editor.email).text.replace("\xa0", " ")
    assert f"{cast.kilimo.label}: is KES 200,000 right?" in mail
    assert cast.umoja.label not in mail
    page = text_of(client.get(f"{PAGE}rules/{RULE}/"))
    assert 'name="about"' not in page
    assert page.count("Asked already") == 2


def test_nothing_ticked_asks_nothing(cast: Cast, opened: Round):
    answer = signed_in(cast.reviewer).post(f"{PAGE}rules/{RULE}/", {"text": "Why?"})
    assert answer.status_code == 422
    assert "Tick the values" in text_of(answer)
    assert not Question.objects.exists()


def test_only_staff_of_the_association_see_the_lists(cast: Cast, opened: Round):
    for address in (PAGE, f"{PAGE}outliers/", f"{PAGE}rules/{RULE}/"):
        assert signed_in(cast.manager).get(address).status_code == 200
        assert signed_in(cast.editor).get(address).status_code == 403
        assert signed_in(cast.other_manager).get(address).status_code == 404


def test_outliers_are_far_from_the_middle_of_the_returns_that_came_in(cast: Cast):
    made = RoundFactory(association=cast.amani, year=2024)
    for number in range(9):
        SubmissionFactory(round=made, state=ReturnState.APPROVED, values={"branches_total": 20 + number % 3})
    far = {"branches_total": 2000}
    kilimo = SubmissionFactory(
        round=made, institution=cast.kilimo, state=ReturnState.SUBMITTED, values={"branches_total": 21}
    )
    for institution, state in ((cast.umoja, ReturnState.IN_REVIEW), (cast.pamoja, ReturnState.DRAFT)):
        SubmissionFactory(round=made, institution=institution, state=state, values=far)
    SubmissionFactory(round=made, approved=True, values=far)  # nothing can be asked about it any more
    rows = asking_of(made).outliers()
    assert [(row.sheet.submission.institution_id, row.part.code) for row in rows] == [
        (cast.umoja.pk, "branches_total")
    ]
    assert rows[0].outlier is not None
    assert rows[0].outlier.middle == pytest.approx(21)
    client = signed_in(cast.reviewer)
    page = text_of(client.get(f"{PAGE}outliers/"))
    assert page.count('name="about"') == 1
    assert "checked>" not in page.partition('name="about"')[2].partition("</tr>")[0]
    assert "the middle of the returns is 21" in page
    wrong = {"about": [f"{kilimo.pk}:branches_total"], "text": "Why?"}
    assert client.post(f"{PAGE}outliers/", wrong).status_code == 422  # it is not on the list
    client.post(f"{PAGE}outliers/", {"about": [rows[0].key], "text": "Why {value}?"})
    assert QuestionMessage.objects.get().text == "Why 2,000?"


def test_fewer_than_eight_returns_have_no_outlier(cast: Cast, opened: Round):
    Submission.objects.filter(institution=cast.kilimo).update(state=ReturnState.SUBMITTED)
    assert asking_of(opened).outliers() == []


def test_the_lists_take_as_many_queries_for_five_members_as_for_two(cast: Cast, opened: Round):
    client = signed_in(cast.reviewer)

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    addresses = (PAGE, f"{PAGE}outliers/", f"{PAGE}rules/{RULE}/")
    before = [queries(one) for one in addresses]
    for _ in range(3):
        values = sample()["values"] | RISKY
        member = InstitutionFactory()
        put_into(SubmissionFactory(round=opened, institution=member, values=values), ReturnState.SUBMITTED)
    assert [queries(one) for one in addresses] == before
