"""The pages of a return: all kinds of questions, languages, relevance, conflicts, with scripts and without."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from members.enums import Role
from reporting.enums import ReturnState
from reporting.models import Answer, Attachment, Explanation, Submission
from reporting.selectors.returns import load_sheet
from reporting.services.answers import AnswerChange, save_answers
from tests.factories.members import AssociationFactory, InstitutionFactory, person
from tests.factories.reporting import (
    OPENED,
    PDF,
    AttachmentFactory,
    RoundFactory,
    SubmissionFactory,
    default_catalogue,
)

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

HTMX = {"HX-Request": "true"}


class Desk:
    """A person at the pages of one return."""

    def __init__(self, submission: Submission, user, client: Client | None = None) -> None:
        self.submission, self.user = submission, user
        self.client = client or Client()
        self.client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        self.slug = submission.association.slug

    def url(self, name: str = "return", *args: object) -> str:
        return reverse(name, args=[self.slug, self.submission.pk, *args])

    def section(self, code: str):
        return self.client.get(self.url("return_section", code))

    def send(self, code: str, typed: dict, **more):
        """The whole section, as a browser without scripts does."""
        return self.client.post(self.url("return_section", code), typed | more)

    def leave(self, typed: dict):
        """One question, as htmx does."""
        return self.client.post(self.url("save_answer"), typed, headers=HTMX)

    @property
    def values(self) -> dict:
        return load_sheet(Submission.objects.select_related("round__catalogue", "association").get()).values


def box(code: str, value: object = "", version: int = 0, reason: str = "", note: str = "") -> dict:
    """The controls of one question as they are sent."""
    return {f"v-{code}": value, f"r-{code}": version, f"m-{code}": reason, f"n-{code}": note}


@pytest.fixture
def desk():
    submission = SubmissionFactory()
    return Desk(submission, person(Role.INSTITUTION_EDITOR, submission.institution))


def as_text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


CASES = [
    ("PRO", "branches_total", "24", 24),
    ("PRO", "regulated", "no", False),
    ("PRO", "legal_form", "ngo", "ngo"),
    ("MIS", "target_groups", ["women", "rural"], ("women", "rural")),
    ("MIS", "mission_statement", "  To serve\nall. ", "To serve\nall."),
    ("MIS", "social_strategy", "0.5", 0.5),
    ("PRI", "nominal_rate", "30.25 %", 30.25),
    ("FIN", "gross_loan_portfolio", "12,400,000", 12_400_000),
    ("HRM", "training_hours", "5,200", 5200),
]


@pytest.mark.parametrize(("section", "code", "typed", "value"), CASES)
@pytest.mark.parametrize("way", ["send", "leave"])
def test_every_kind_of_question_is_saved_with_and_without_scripts(desk, section, code, typed, value, way):
    response = desk.send(section, box(code, typed)) if way == "send" else desk.leave(box(code, typed))
    assert response.status_code == (302 if way == "send" else 200)
    assert desk.values == {code: value}
    page = desk.section(section)
    assert page.status_code == 200
    assert f'id="f-{code}"' in page.content.decode()


@pytest.mark.parametrize("section", [section.code for section in default_catalogue().sections])
def test_every_section_shows_every_question_once_and_is_light(desk, section):
    page = desk.section(section).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for indicator in default_catalogue().section(section).indicators:
        assert f'id="f-{indicator.code}"' in page
    assert len(page.encode()) <= 60_000
    assert "style=" not in page
    assert not re.search(r"\son[a-z]+=", page)


@pytest.mark.parametrize(
    ("language", "typed", "value", "shown"),
    [
        ("en", "3,200", 3200, "3,200"),
        ("fr", "3 200", 3200, "3\u202f200"),
        ("es", "13.200", 13200, "13.200"),
        ("ar", "٣٢٠٠", 3200, "3,200"),
    ],
)
def test_numbers_are_read_and_shown_in_the_language_of_the_person(desk, language, typed, value, shown):
    desk.user.language = language
    desk.user.save()
    response = desk.leave(box("active_clients", typed))
    assert response.status_code == 200
    assert desk.values == {"active_clients": value}
    assert shown in response.content.decode()
    assert f'value="{shown}"' in desk.section("OUT").content.decode()


@pytest.mark.parametrize(
    ("language", "typed", "readings"),
    [
        ("en", "3.200", ("3.2", "3,200")),
        ("fr", "3,200", ("3,2", "3 200")),
        ("es", "3,200", ("3,2", "3.200")),
    ],
)
@pytest.mark.parametrize("way", ["send", "leave"])
def test_an_ambiguous_number_is_refused_with_both_readings_and_kept_in_the_box(
    desk, language, typed, readings, way
):
    desk.user.language = language
    desk.user.save()
    other = box("branches_total", "7")
    if way == "send":
        response = desk.send("OUT", box("active_clients", typed) | other)
        assert f'value="{typed}"' in response.content.decode()
        assert 'aria-invalid="true"' in response.content.decode()
    else:
        desk.leave(other)
        response = desk.leave(box("active_clients", typed))
        assert "data-invalid" in response.content.decode()
    assert response.status_code == 422
    for reading in readings:
        assert reading in as_text(response)
    assert desk.values == {"branches_total": 7}


def test_saving_one_question_tells_everything_that_follows(desk):
    desk.leave(box("active_clients", "31000"))
    desk.leave(box("active_borrowers", "24800"))
    response = desk.leave(box("female_borrowers", "18100"))
    text = as_text(response)
    assert "18,100 people" in text
    assert "73.0% of “Active borrowers”" in text
    assert "Women among borrowers" in text
    page = response.content.decode()
    for part in ("r-female_borrowers", "sections", "problems", "derived", "live"):
        assert f'id="{part}"' in page
    assert page.count("data-hx-swap-oob") == 5
    assert response["X-Answer"] == "female_borrowers"
    worse = desk.leave(box("active_clients", "20000", version=1))
    text = as_text(worse)
    assert "active borrowers cannot exceed active clients" in text
    # the other question of the rule is told too, its box is left alone
    assert 'id="s-active_borrowers" data-hx-swap-oob' in worse.content.decode()
    assert 'id="v-active_borrowers"' not in worse.content.decode()


def test_questions_appear_and_go_with_the_answers_they_depend_on(desk):
    page = desk.section("MIS").content.decode()
    assert re.search(r'id="f-sp_assessment_type"\s+hidden', page)
    shown = desk.leave(box("sp_assessment_done", "yes")).content.decode()
    assert 'id="v-sp_assessment_type"' in shown
    desk.leave(box("sp_assessment_type", "spi_self"))
    gone = desk.leave(box("sp_assessment_done", "no", version=1))
    assert "Not asked now" in as_text(gone)
    assert 'id="v-sp_assessment_type"' not in gone.content.decode()
    page = desk.section("MIS")
    assert "The answer is kept and does not count" in as_text(page)


@pytest.mark.parametrize("way", ["send", "leave"])
def test_a_reason_is_not_empty_and_not_zero(desk, way):
    typed = box("active_clients", "", reason="not_tracked", note="next year")
    (desk.send("OUT", typed) if way == "send" else desk.leave(typed))
    answer = Answer.objects.get()
    assert (answer.missing, answer.number, answer.note) == ("not_tracked", None, "next year")
    assert "Not tracked" in as_text(desk.section("OUT"))
    response = desk.leave(box("active_clients", "0", version=1, reason="not_tracked", note="next year"))
    answer.refresh_from_db()
    assert (answer.missing, answer.number) == ("", 0)
    assert "The reason was taken out" in as_text(response)
    response = desk.leave(box("active_clients", "0", version=2, reason="refused", note="next year"))
    answer.refresh_from_db()
    assert (answer.missing, answer.number) == ("refused", None)
    assert response["HX-Retarget"] == "#f-active_clients"
    both = desk.leave(box("active_clients", "5", version=3, reason="not_yet"))
    assert both.status_code == 422
    assert "a value and a reason" in as_text(both)


class TestConflict:
    @pytest.fixture
    def late(self, desk):
        colleague = person(Role.INSTITUTION_SIGNATORY, desk.submission.institution, name="Grace Wanjiru")
        for version, number in ((0, 5), (1, 6)):
            change = AnswerChange("active_clients", number, expected_version=version)
            save_answers(
                submission_id=desk.submission.pk,
                changes=[change],
                by=colleague,
                at=OPENED + timedelta(hours=version),
            )
        return desk

    @pytest.mark.parametrize("way", ["send", "leave"])
    def test_both_values_are_shown_and_the_rest_is_saved(self, late, way):
        typed = box("active_clients", "7", version=1)
        response = (
            late.send("OUT", typed | box("branches_total", "3")) if way == "send" else late.leave(typed)
        )
        assert response.status_code == 409
        text = as_text(response)
        assert "Grace Wanjiru changed this answer" in text
        assert "Stored now 6 people You typed 7" in text
        assert late.values["active_clients"] == 6
        if way == "send":
            assert late.values["branches_total"] == 3
            assert 'value="7"' in response.content.decode()

    @pytest.mark.parametrize("way", ["send", "leave"])
    @pytest.mark.parametrize(("chosen", "number"), [("mine", 7), ("theirs", 6)])
    def test_one_is_chosen_by_a_button(self, late, way, chosen, number):
        typed = box("active_clients", "7", version=1) | {chosen: "active_clients:2"}
        response = late.send("OUT", typed) if way == "send" else late.leave(typed)
        assert response.status_code == (302 if way == "send" else 200)
        assert late.values == {"active_clients": number}

    def test_saving_again_without_choosing_stays_a_conflict(self, late):
        first = late.leave(box("active_clients", "7", version=1))
        (version,) = re.findall(r'name="r-active_clients" value="(\d+)"', first.content.decode())
        assert late.leave(box("active_clients", "7", version=int(version))).status_code == 409

    def test_what_another_question_changed_brings_no_version_of_a_box_that_keeps_its_old_value(self, late):
        # the page still shows 5 clients of version 1; 9 borrowers contradict the 6 clients stored since
        answer = late.leave(box("active_borrowers", "9")).content.decode()
        assert 'id="s-active_clients"' in answer
        assert re.findall(r'name="r-(\w+)"', answer) == ["active_borrowers"]
        late.send("OUT", box("active_clients", "5", version=1) | box("active_borrowers", "9", version=1))
        assert late.values == {"active_clients": 6, "active_borrowers": 9}

    def test_mine_over_an_even_newer_value_is_a_conflict_again(self, late):
        typed = box("active_clients", "7", version=1) | {"mine": "active_clients:1"}
        assert late.leave(typed).status_code == 409


class TestFiles:
    def test_a_file_is_kept_under_a_name_of_ours_and_handed_out_safely(self, desk):
        desk.leave(box("cp_certification", "bronze"))
        upload = SimpleUploadedFile("../../My “cert” <x>.PDF", PDF, content_type="text/html")
        response = desk.leave(box("cp_certificate", upload))
        assert response.status_code == 200
        kept = Attachment.objects.get()
        assert re.fullmatch(rf"returns/{desk.submission.pk}/{kept.pk}\.pdf", kept.file.name)
        assert "/" not in kept.name
        assert "<" not in kept.name
        file = desk.client.get(desk.url("attachment", kept.pk))
        assert file.content == PDF
        assert file["Content-Disposition"].startswith("attachment")
        assert file["Content-Type"] == "application/pdf"
        assert file["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in file["Content-Security-Policy"]
        assert "no-store" in file["Cache-Control"]
        gone = desk.leave(box("cp_certificate", "", version=1) | {"x-cp_certificate": "1"})
        assert gone.status_code == 200
        assert "cp_certificate" not in desk.values

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("cert.exe", PDF, "not a kind of file"),
            ("cert.pdf", b"<html>", "content is something else"),
            ("cert.xlsx", b"PK\x03\x04", "content is something else"),
            ("cert.csv", b"\x00\x01", "not a kind of file"),
            ("cert.pdf", PDF + b"x" * 5 * 2**20, "at most 5 MB"),
            ("cert", PDF, "not a kind of file"),
        ],
    )
    def test_other_files_are_refused_in_words(self, desk, name, content, words):
        desk.leave(box("cp_certification", "bronze"))
        response = desk.leave(box("cp_certificate", SimpleUploadedFile(name, content)))
        assert response.status_code == 422
        assert words in as_text(response)
        assert not Attachment.objects.exists()

    def test_a_file_of_another_return_is_not_handed_out(self, desk):
        foreign = AttachmentFactory()
        assert desk.client.get(desk.url("attachment", foreign.pk)).status_code == 404


class TestReasons:
    @pytest.fixture
    def warned(self):
        submission = SubmissionFactory(filled=True, values={"board_members": 2, "board_members_female": 1})
        return Desk(submission, person(Role.INSTITUTION_EDITOR, submission.institution))

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_a_reason_is_given_in_the_panel(self, warned, headers):
        assert 'id="why-W02"' in warned.section("GOV").content.decode()
        response = warned.client.post(
            warned.url("return_explanation"),
            {"rule": "W02", "reason": "Two founders", "section": "GOV"},
            headers=headers,
        )
        assert response.status_code == (200 if headers else 302)
        assert Explanation.objects.get().reason == "Two founders"
        page = as_text(warned.section("GOV"))
        assert "1 warning with a reason" in page
        assert "Reason given: Two founders" in page

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_a_reason_that_is_not_taken_is_told(self, warned, headers):
        url = warned.url("return_explanation")
        response = warned.client.post(url, {"rule": "W02", "reason": "x" * 2001}, headers=headers)
        assert response.status_code == 422
        assert "Shorten it" in as_text(response)


class TestAccess:
    PAGES = (("return",), ("return_section", "OUT"), ("return_problems",))

    @pytest.mark.parametrize("page", PAGES)
    def test_outsiders_find_nothing(self, desk, page):
        other = SubmissionFactory()
        for user in (
            person(Role.INSTITUTION_EDITOR, other.institution),
            person(Role.ASSOCIATION_MANAGER, other.association),
            person(Role.PLATFORM_OPERATOR),
        ):
            stranger = Desk(desk.submission, user)
            assert stranger.client.get(stranger.url(*page)).status_code == 404
            # nor under the address of their own association
            stranger.slug = other.association.slug
            assert stranger.client.get(stranger.url(*page)).status_code == 404
        assert Client().get(desk.url(*page)).status_code == 302

    def test_a_colleague_member_does_not_see_it(self, desk):
        neighbour = SubmissionFactory(round=desk.submission.round)
        other = Desk(desk.submission, person(Role.INSTITUTION_EDITOR, neighbour.institution))
        assert other.client.get(other.url()).status_code == 404
        assert other.leave(box("active_clients", "5")).status_code == 404
        assert other.client.post(other.url("return_explanation"), {"rule": "W02"}).status_code == 404

    def test_staff_read_but_do_not_write(self, desk):
        staff = Desk(desk.submission, person(Role.ASSOCIATION_MANAGER, desk.submission.association))
        page = staff.section("OUT").content.decode()
        assert "only people of the MFI change it" in page
        assert '<input type="text"' not in page
        assert 'id="sheet"' not in page
        assert staff.send("OUT", box("active_clients", "5")).status_code == 403
        assert staff.leave(box("active_clients", "5")).status_code == 422
        assert staff.client.post(staff.url("return_explanation"), {"rule": "W02"}).status_code == 403
        assert not Answer.objects.exists()

    @pytest.mark.parametrize("state", [ReturnState.SUBMITTED, ReturnState.APPROVED])
    def test_a_return_that_was_handed_in_is_read_only(self, desk, state):
        Submission.objects.update(state=state)
        assert 'id="sheet"' not in desk.section("OUT").content.decode()
        response = desk.leave(box("active_clients", "5"))
        assert response.status_code == 422
        assert "with the association" in as_text(response)
        assert desk.send("OUT", box("active_clients", "5")).status_code == 403

    def test_unknown_sections_and_questions_do_not_exist(self, desk):
        assert desk.section("XXX").status_code == 404
        assert desk.leave({}).status_code == 404
        assert desk.leave(box("nothing", "1")).status_code == 404
        assert desk.client.get(desk.url("save_answer")).status_code == 405


class TestOverview:
    def test_it_says_what_is_left_and_leads_there(self):
        submission = SubmissionFactory(filled=True, values={"active_clients": 20000, "board_members": None})
        desk = Desk(submission, person(Role.INSTITUTION_SIGNATORY, submission.institution))
        page = desk.client.get(desk.url())
        text = as_text(page)
        assert (
            f"{submission.answered_count} of {submission.required_count} required questions answered" in text
        )
        assert "active borrowers cannot exceed active clients" in text
        assert f'href="{desk.url("return_section", "GOV")}"' in page.content.decode()
        problems = as_text(desk.client.get(desk.url("return_problems")))
        assert "1 required question is not answered yet" in problems

    def test_a_complete_return_leads_a_signatory_to_submitting(self):
        submission = SubmissionFactory(filled=True)
        signatory = Desk(submission, person(Role.INSTITUTION_SIGNATORY, submission.institution))
        assert signatory.url("return_submit") in signatory.client.get(signatory.url()).content.decode()
        editor = Desk(submission, person(Role.INSTITUTION_EDITOR, submission.institution))
        assert "a signatory of your MFI can submit it" in as_text(editor.client.get(editor.url()))

    def test_saving_goes_on_to_the_next_section_and_at_last_to_the_overview(self, desk):
        assert desk.send("PRO", {}, go_on="").url == desk.url("return_section", "MIS")
        assert desk.send("SIG", {}, go_on="").url == desk.url()
        assert desk.send("PRO", {}, save="").url == desk.url("return_section", "PRO")

    def test_last_year_stands_beside_the_box(self):
        association, institution = AssociationFactory(), InstitutionFactory()
        for year, clients in ((2023, 28_500), (2024, 31_000)):
            submission = SubmissionFactory(
                round=RoundFactory(association=association, year=year),
                institution=institution,
                values={"active_clients": clients},
                state=ReturnState.APPROVED if year == 2023 else ReturnState.DRAFT,
            )
        desk = Desk(submission, person(Role.INSTITUTION_EDITOR, institution))
        text = as_text(desk.section("OUT"))
        assert "2023: 28,500" in text
        assert "+8.8% since 2023" in text


class TestQueries:
    @pytest.mark.parametrize("page", [("return",), ("return_section", "OUT"), ("return_problems",)])
    def test_pages_take_the_same_queries_however_much_is_answered(self, page, django_assert_max_num_queries):
        # one file at least: files are asked for only where there are any
        few = SubmissionFactory(values={"active_clients": 1, "audited_financials": "audit.pdf"})
        many = SubmissionFactory(filled=True, values={"active_clients": 2, "board_members": 2})
        counts = []
        for submission in (few, many):
            desk = Desk(submission, person(Role.INSTITUTION_EDITOR, submission.institution))
            desk.client.get(desk.url(*page))
            with django_assert_max_num_queries(30) as captured:
                assert desk.client.get(desk.url(*page)).status_code == 200
            counts.append(len(captured.captured_queries))
        assert counts[0] == counts[1]

    def test_saving_one_or_three_questions_takes_the_same_reads(self, desk, django_assert_max_num_queries):
        counts = []
        desk.section("OUT")
        for codes in (["active_clients"], ["active_borrowers", "female_borrowers", "rural_borrowers"]):
            typed = SimpleNamespace(data={})
            for code in codes:
                typed.data |= box(code, "5")
            with django_assert_max_num_queries(60) as captured:
                assert desk.send("OUT", typed.data).status_code == 302
            counts.append(len(captured.captured_queries))
        assert counts[0] == counts[1]
