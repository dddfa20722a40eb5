"""Documents of an MFI: kept once, cited in many answers, seen by whom the MFI lets, never lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import User
from reporting.enums import EvidenceClass, ReturnState
from reporting.models import Evidence, EvidenceCitation, Submission
from reporting.selectors.evidence import citations_of
from reporting.services import evidence as service
from reporting.services.evidence import EvidenceForbidden
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import NOW, put_into

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

PDF = b"%PDF-1.4\n% a policy\n%%EOF\n"
LATER = NOW + timedelta(days=1)
CODE = "branches_total"


def pdf(content: bytes = PDF, name: str = "policy.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def keep(cast: Cast, **more: Any) -> Evidence:
    """A document of Kilimo."""
    return service.add(
        **{
            "institution_id": cast.kilimo.pk,
            "title": "Client protection policy",
            "year": 2024,
            "confidentiality": "association",
            "upload": pdf(),
            "by": cast.editor,
            "at": NOW,
        }
        | more
    )


@pytest.fixture
def held(cast: Cast) -> Submission:
    """Kilimo's return, a draft."""
    made: Submission = SubmissionFactory(round=RoundFactory(association=cast.amani), institution=cast.kilimo)
    return made


def cite(cast: Cast, held: Submission, document: Evidence, **more: Any) -> EvidenceCitation:
    return service.cite(
        **{
            "submission_id": held.pk,
            "code": CODE,
            "evidence_id": document.pk,
            "place": "page 12",
            "by": cast.editor,
            "at": NOW,
        }
        | more
    )


def test_only_people_of_the_mfi_keep_its_documents(cast: Cast):
    made = set()
    for part, user in cast.people.items():
        try:
            keep(cast, by=user, title=part)
            made.add(part)
        except EvidenceForbidden:
            pass
    assert made == {"signatory", "editor"}
    document = Evidence.objects.get(title="editor")
    for part, user in cast.people.items():
        if part in made:
            continue
        for act in (service.put_away, service.bring_back):
            with pytest.raises(EvidenceForbidden):
                act(evidence_id=document.pk, by=user, at=LATER)
        with pytest.raises(EvidenceForbidden):
            service.change(
                evidence_id=document.pk, title="x", year=2020, confidentiality="mfi", by=user, at=LATER
            )
    document.refresh_from_db()
    assert (document.title, document.retired_at) == ("editor", None)


def test_the_name_in_the_store_is_ours_and_a_doubled_click_leaves_one(cast: Cast):
    first = keep(cast, upload=pdf(name="../../etc/Our policy.pdf"))
    again = keep(cast, at=LATER)
    assert first.pk == again.pk
    assert first.file.name == f"evidence/{cast.kilimo.pk}/{first.pk}.pdf"
    assert first.name == "Our policy.pdf"
    assert keep(cast, year=2025).pk != first.pk
    assert AuditEvent.objects.filter(verb="evidence.added").count() == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"upload": pdf(b"MZ\x90")}, "content is something else"),
        ({"upload": pdf(name="policy.exe")}, "not a kind of file"),
        ({"upload": pdf(b"")}, "empty"),
        ({"upload": pdf(b"%PDF-" + b"x" * 5 * 2**20)}, "at most 5 MB"),
        ({"title": " \x00 "}, "title"),
        ({"title": "x" * 201}, "too long"),
        ({"year": 24}, "four digits"),
        ({"confidentiality": "everybody"}, "who may read"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(cast: Cast, wrong: dict[str, Any], words: str):
    with pytest.raises(Refused, match=words):
        keep(cast, **wrong)
    assert not Evidence.objects.exists()


def test_citing_twice_is_harmless_and_places_can_be_corrected(cast: Cast, held: Submission):
    document = keep(cast)
    first = cite(cast, held, document)
    assert cite(cast, held, document, place="", at=LATER).pk == first.pk
    assert citations_of(held)[CODE][0].place == "page 12"
    cite(cast, held, document, place="page 14", at=LATER)
    [citation] = citations_of(held)[CODE]
    assert (citation.title, citation.year, citation.place) == ("Client protection policy", 2024, "page 14")
    for _ in range(2):
        service.uncite(submission_id=held.pk, citation_id=first.pk, by=cast.editor, at=LATER)
    assert citations_of(held) == {}
    events = EvidenceCitation.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    assert [row.pgh_label for row in events] == ["insert", "update", "delete"]


def test_only_people_of_the_mfi_cite_and_only_its_own_documents(cast: Cast, held: Submission):
    document = keep(cast)
    foreign = keep(cast, institution_id=cast.umoja.pk, by=cast.other_signatory)
    with pytest.raises(Refused, match="not in the library"):
        cite(cast, held, foreign)
    with pytest.raises(Refused, match="does not ask"):
        cite(cast, held, document, code="nonsense")
    for part, user in cast.people.items():
        if part not in {"signatory", "editor"}:
            with pytest.raises(EvidenceForbidden):
                cite(cast, held, document, by=user)
    assert not EvidenceCitation.objects.exists()


@pytest.mark.parametrize("state", ReturnState)
def test_citations_change_while_the_return_is_with_the_mfi_and_stay_for_ever(
    cast: Cast, held: Submission, state: ReturnState
):
    document, second = keep(cast), keep(cast, year=2023)
    first = cite(cast, held, document)
    put_into(held, state)
    if state in {ReturnState.DRAFT, ReturnState.RETURNED}:
        cite(cast, held, second)
        assert len(citations_of(held)[CODE]) == 2
    else:
        with pytest.raises(EvidenceForbidden):
            cite(cast, held, second)
        with pytest.raises(EvidenceForbidden):
            service.uncite(submission_id=held.pk, citation_id=first.pk, by=cast.editor, at=LATER)
        service.put_away(evidence_id=document.pk, by=cast.editor, at=LATER)
        assert [one.title for one in citations_of(held)[CODE]] == ["Client protection policy"]
        with pytest.raises(ProtectedError):
            document.delete()


def test_what_was_put_away_is_not_offered_until_it_is_brought_back(cast: Cast, held: Submission):
    document = keep(cast)
    for _ in range(2):
        service.put_away(evidence_id=document.pk, by=cast.editor, at=LATER)
    with pytest.raises(Refused, match="put away"):
        cite(cast, held, document)
    for _ in range(2):
        service.bring_back(evidence_id=document.pk, by=cast.editor, at=LATER)
    cite(cast, held, document)
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs.count("evidence.put_away") == verbs.count("evidence.brought_back") == 1


def test_what_a_submitted_return_rests_on_is_not_hidden_afterwards(cast: Cast, held: Submission):
    document = keep(cast)
    cite(cast, held, document)
    say = {"evidence_id": document.pk, "title": "Policy", "year": 2024, "by": cast.editor, "at": LATER}
    service.change(**say, confidentiality="mfi")
    service.change(**say, confidentiality="donors")
    put_into(held, ReturnState.IN_REVIEW)
    with pytest.raises(Refused, match="handed in"):
        service.change(**say, confidentiality="mfi")
    service.change(**say, confidentiality="association")
    document.refresh_from_db()
    assert document.confidentiality == EvidenceClass.ASSOCIATION


def test_staff_see_of_a_document_that_the_mfi_keeps_only_its_year(cast: Cast, held: Submission):
    document = keep(cast, title="Secret minutes", confidentiality="mfi", year=2019)
    citation = cite(cast, held, document, place="annex 7")
    own = citations_of(held, reader=cast.signatory)[CODE][0]
    assert (own.title, own.place, own.is_open) == ("Secret minutes", "annex 7", True)
    for reader in (None, cast.manager, cast.other_signatory):
        told = citations_of(held, reader=reader)[CODE][0]
        assert (told.title, told.place, told.year, told.is_open) == ("", "", 2019, False)
    args = [cast.amani.slug, held.pk]
    staff = signed_in(cast.reviewer)
    section = reverse("return_section", args=[*args, "PRO"])
    for address in (section, reverse("citations", args=[*args, CODE])):
        page = staff.get(address).content.decode()
        assert "Secret minutes" not in page
        assert "annex 7" not in page
        assert "A document of 2019 that the MFI keeps to itself" in page
    file = reverse("citation_file", args=[*args, citation.pk])
    assert staff.get(file).status_code == 404
    assert signed_in(cast.editor).get(file).content == PDF


def test_who_may_open_a_cited_document(cast: Cast, held: Submission):
    citation = cite(cast, held, keep(cast))
    address = reverse("citation_file", args=[cast.amani.slug, held.pk, citation.pk])
    opened = {part for part, user in cast.people.items() if signed_in(user).get(address).status_code == 200}
    assert opened == {"manager", "second_manager", "reviewer", "signatory", "editor"}
    answer = signed_in(cast.reviewer).get(address)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    # the citation of one return opens nothing through the address of another
    other = SubmissionFactory(round=held.round, institution=cast.umoja)
    assert (
        signed_in(cast.reviewer)
        .get(reverse("citation_file", args=[cast.amani.slug, other.pk, citation.pk]))
        .status_code
        == 404
    )


def test_the_library_is_its_mfis_alone(cast: Cast):
    document = keep(cast, title="Kilimo only")
    for part, user in cast.people.items():
        client = signed_in(user)
        for slug in (cast.amani.slug, cast.baobab.slug):
            own = part in {"signatory", "editor"} and slug == cast.amani.slug
            page = client.get(reverse("evidence", args=[slug]))
            assert ("Kilimo only" in page.content.decode()) is own, part
            for name in ("evidence_item", "evidence_file"):
                status = client.get(reverse(name, args=[slug, document.pk])).status_code
                assert (status == 200) is own, (part, slug, name)


def test_an_mfi_of_two_associations_has_one_library_and_each_association_its_own_citations(cast: Cast):
    document = keep(cast, institution_id=cast.pamoja.pk, by=cast.shared_signatory, title="Shared")
    returns = {
        association: SubmissionFactory(round=RoundFactory(association=association), institution=cast.pamoja)
        for association in (cast.amani, cast.baobab)
    }
    citation = cite(cast, returns[cast.amani], document, by=cast.shared_signatory)
    client = signed_in(cast.shared_signatory)
    for association in returns:
        assert "Shared" in client.get(reverse("evidence", args=[association.slug])).content.decode()
    assert list(Evidence.objects.visible_to(cast.manager)) == [document]
    assert list(Evidence.objects.visible_to(cast.other_manager)) == []
    address = reverse("citation_file", args=[cast.amani.slug, returns[cast.amani].pk, citation.pk])
    assert signed_in(cast.manager).get(address).status_code == 200
    assert signed_in(cast.other_manager).get(address).status_code == 404


def test_a_person_uploads_filters_corrects_and_puts_away(cast: Cast):
    client = signed_in(cast.editor)
    library = reverse("evidence", args=[cast.amani.slug])
    assert "No document yet" in text_of(client.get(library))
    told = client.post(library, {"title": "Policy", "year": "now", "confidentiality": "mfi"})
    assert told.status_code == 422
    assert "four digits" in told.content.decode()
    sent = {"title": "Policy", "year": "2024", "confidentiality": "mfi", "file": pdf()}
    assert client.post(library, sent).status_code == 302
    document = Evidence.objects.get()
    for query, there in [
        ("", True),
        ("?year=2024", True),
        ("?year=2023", False),
        ("?year=x", True),
        ("?class=mfi", True),
        ("?class=donors", False),
        ("?away=1", False),
    ]:
        assert ("policy.pdf" in client.get(library + query).content.decode()) is there, query
    page = reverse("evidence_item", args=[cast.amani.slug, document.pk])
    client.post(page, {"title": "Policy 2", "year": "2023", "confidentiality": "donors", "action": "change"})
    assert client.post(page, {"title": "", "year": "2023"}).status_code == 422
    client.post(page, {"action": "put_away"})
    assert "policy.pdf" not in client.get(library).content.decode()
    assert "Policy 2" in client.get(library + "?away=1").content.decode()
    client.post(page, {"action": "bring_back"})
    document.refresh_from_db()
    assert (document.title, document.year, document.confidentiality) == ("Policy 2", 2023, "donors")
    assert document.retired_at is None
    assert client.get(library + "?mfi=nonsense").status_code == 404


def test_a_person_cites_beside_an_answer(cast: Cast, held: Submission):
    keep(cast)
    client = signed_in(cast.editor)
    args = [cast.amani.slug, held.pk]
    section = reverse("return_section", args=[*args, "PRO"])
    page = reverse("citations", args=[*args, CODE])
    assert page in client.get(section).content.decode()
    document = Evidence.objects.get()
    assert client.post(page, {"action": "cite", "evidence": "", "place": ""}).status_code == 422
    for _click in range(2):
        sent = {"action": "cite", "evidence": document.pk, "place": "page 3"}
        assert client.post(page, sent).status_code == 302
    new = {"title": "Register", "year": "2025", "confidentiality": "association", "place": "line 9"}
    assert client.post(page, new | {"action": "upload"}).status_code == 422
    client.post(page, new | {"action": "upload", "file": pdf(b"%PDF-1.4 other")})
    words = text_of(client.get(section))
    for word in ("Client protection policy", "2024, page 3", "Register", "2025, line 9"):
        assert word in words
    assert "From your documents" not in text_of(client.get(page))  # both are cited
    [first, _second] = citations_of(held)[CODE]
    client.post(page, {"action": "remove", "citation": first.pk})
    assert [one.title for one in citations_of(held)[CODE]] == ["Register"]
    assert client.post(page, {"action": "remove", "citation": "x"}).status_code == 404
    assert client.get(reverse("citations", args=[*args, "nonsense"])).status_code == 404
    assert signed_in(cast.manager).post(page, {"action": "remove", "citation": first.pk}).status_code == 403


def test_lists_ask_the_database_no_more_for_three_than_for_one(cast: Cast, held: Submission):
    def count(address: str, user: User) -> int:
        client = signed_in(user)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    args = [cast.amani.slug, held.pk]
    first = keep(cast)
    cite(cast, held, first)
    addresses = [
        reverse("evidence", args=[cast.amani.slug]),
        reverse("evidence_item", args=[cast.amani.slug, first.pk]),
        reverse("citations", args=[*args, CODE]),
        reverse("return_section", args=[*args, "PRO"]),
    ]
    before = [count(address, cast.editor) for address in addresses]
    for year in (2021, 2022):
        cite(cast, held, keep(cast, year=year))
        cite(cast, held, keep(cast, year=year), code="legal_form")
    assert [count(address, cast.editor) for address in addresses] == before
