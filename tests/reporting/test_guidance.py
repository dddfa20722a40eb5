"""Help with a question: who writes it, what is refused, and what members read."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from members.enums import Role
from reporting.models import Guidance, Submission
from reporting.selectors.guidance import GuidanceText, Link, guidance_for, words_on
from reporting.services.guidance import write_guidance
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in
from tests.factories.members import LONG_AGO, person
from tests.factories.reporting import SubmissionFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

CODE = "active_borrowers"


@pytest.fixture
def submission() -> Submission:
    return SubmissionFactory()


def write(submission, language="en", by=None, **parts):
    return write_guidance(
        association=submission.association,
        code=CODE,
        language=language,
        words=GuidanceText(**parts),
        by=by or person(Role.ASSOCIATION_REVIEWER, submission.association),
        at=LONG_AGO,
    )


def help_url(submission) -> str:
    return reverse("question_help", args=[submission.association.slug, submission.pk, CODE])


def edit_url(submission) -> str:
    return reverse("guidance_edit", args=[submission.association.slug, submission.round.catalogue_id, CODE])


def test_what_staff_write_stands_beside_the_question_at_once(submission):
    staff = signed_in(person(Role.ASSOCIATION_REVIEWER, submission.association))
    member = signed_in(person(Role.INSTITUTION_EDITOR, submission.institution))
    parts = {
        "definition": "People with a loan.\nNot loans.",
        "example": "Two loans, one person: 1.",
        "evidence": "The portfolio report.",
        "note": "Groups count by head <b>here</b>.",
        "links": "The central bank’s page https://bank.example.org/loans",
    }
    preview = staff.post(edit_url(submission), {**parts, "preview": ""})
    assert preview.status_code == 200
    assert "Two loans, one person: 1." in preview.content.decode()
    assert "Two loans, one person: 1." not in member.get(help_url(submission)).content.decode()
    saved = staff.post(edit_url(submission), {**parts, "save": ""})
    assert saved.status_code == 302
    for headers in ({}, {"HX-Request": "true"}):
        page = member.get(help_url(submission), headers=headers).content.decode()
        for words in (
            "People with a loan.\nNot loans.",
            "Two loans, one person: 1.",
            "The portfolio report.",
        ):
            assert words in page
        assert "Groups count by head &lt;b&gt;here&lt;/b&gt;." in page
        assert '<a href="https://bank.example.org/loans" rel="noopener noreferrer"' in page
        assert ("<!DOCTYPE" in page) is not bool(headers)
    catalogue = reverse("indicator", args=[submission.association.slug, submission.round.catalogue_id, CODE])
    assert "The portfolio report." in member.get(catalogue).content.decode()


def test_without_words_of_the_association_the_catalogue_speaks(submission):
    member = signed_in(person(Role.INSTITUTION_EDITOR, submission.institution))
    response = member.get(help_url(submission))
    assert response.context["help"].indicator.help in response.content.decode()
    assert response.context["help"].uses
    assert response.context["help"].uses[0].formula in response.content.decode()


def test_a_section_page_leads_to_the_help_without_carrying_it(submission):
    write(submission, note="A note of many words.")
    member = signed_in(person(Role.INSTITUTION_EDITOR, submission.institution))
    section = reverse("return_section", args=[submission.association.slug, submission.pk, "OUT"])
    page = member.get(section).content.decode()
    assert f'href="{help_url(submission)}"' in page
    assert "A note of many words." not in page


def test_words_are_per_language_and_fall_back_to_the_association_s_own(submission):
    submission.association.language = "fr"
    submission.association.save()
    write(submission, "fr", note="Note en français")
    write(submission, "es", note="Nota en español")
    for language, note in (("es", "Nota en español"), ("fr", "Note en français"), ("en", "Note en français")):
        assert words_on(submission.association, CODE, language).note == note
        assert guidance_for(submission.association, language)[CODE].note == note
    assert guidance_for(SubmissionFactory().association, "fr") == {}


def test_emptying_every_part_takes_the_help_back_and_history_keeps_it(submission):
    write(submission, note="First")
    write(submission, note="Second")
    write(submission, note="Second")
    assert Guidance.objects.count() == 1
    assert write(submission) is None
    assert not Guidance.objects.exists()
    events = Guidance.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_label", "note")  # type: ignore[attr-defined]
    assert list(events) == [("insert", "First"), ("update", "Second"), ("delete", "Second")]
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert sorted(verbs) == ["guidance.remove", "guidance.write", "guidance.write"]


@pytest.mark.parametrize(
    "line",
    [
        "Page http://bank.example.org/",
        "Page javascript:alert(1)",
        "Page https://",
        "https://bank.example.org/",
        "Page https://bank.example.org@evil.example.org/",
        'Page https://bank.example.org/"onclick',
        "Page https://[bad",
        "Page //bank.example.org/",
        f"{'long ' * 40} https://bank.example.org/",
        "\n".join(f"Page {n} https://bank.example.org/{n}" for n in range(11)),
    ],
)
def test_a_link_that_is_none_is_refused_in_words(submission, line):
    staff = signed_in(person(Role.ASSOCIATION_MANAGER, submission.association))
    response = staff.post(edit_url(submission), {"links": line, "save": ""})
    assert response.status_code == 422
    assert response.context["form"].errors["links"]
    assert not Guidance.objects.exists()


def test_the_service_refuses_what_the_form_would_have(submission):
    with pytest.raises(Refused, match="more than"):
        write(submission, note="x" * 4001)
    with pytest.raises(Refused, match="secure"):
        write(submission, links=(Link("Page", "http://bank.example.org"),))
    with pytest.raises(Refused, match="language"):
        write(submission, "xx", note="Hm")
    with pytest.raises(PermissionDenied):
        write(submission, by=person(Role.INSTITUTION_SIGNATORY, submission.institution), note="Ours")
    assert not Guidance.objects.exists()


def test_help_costs_the_same_queries_for_one_and_for_many_notes(submission, django_assert_max_num_queries):
    write(submission, note="One")
    for number in range(3):
        Guidance.objects.create(
            association=submission.association,
            code=f"other_{number}",
            language="en",
            note="Other",
            changed_at=LONG_AGO,
            changed_by=Guidance.objects.first().changed_by,
        )
    with django_assert_max_num_queries(1):
        assert len(guidance_for(submission.association, "en")) == 4
