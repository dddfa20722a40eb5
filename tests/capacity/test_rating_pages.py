"""Pages of assessments and of a rater's form: with and without scripts, in a constant number of queries."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capacity.enums import Stage
from capacity.models import Assessment, Proof, Rater, Score
from capacity.services.scores import Word, hand_in, save_scores
from members.enums import Role
from members.workbooks import child, opening
from tests.browsers import signed_in
from tests.capacity.rating_world import TOKEN, RatingWorld, make_rating_world, score_all
from tests.capacity.test_score_books import Book
from tests.factories.capacity import RaterFactory
from tests.factories.members import AssociationFactory, person

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def world() -> RatingWorld:
    return make_rating_world(timezone.now())


@pytest.fixture
def board(client, world) -> Client:
    """The manager's browser."""
    client.force_login(world.manager)
    return client


@pytest.fixture
def rater(world) -> Client:
    """The browser of the reviewer, who scores with an account."""
    return signed_in(world.reviewer)


@pytest.fixture
def visitor(world) -> Client:
    """The browser in which Grace opened her link."""
    browser = Client()
    browser.get(reverse("rater_link", args=[TOKEN]), follow=True)
    return browser


def at(world: RatingWorld, name: str, *parts: object, of: Rater | None = None) -> str:
    if name.startswith("rater_") and name not in {"rater_invite", "rater_change"}:
        return reverse(name, args=[world.by_link.pk, *parts])
    about = (of or world.by_account).pk if name.startswith("rating") else world.assessment.pk
    return reverse(name, args=[world.assessment.association.slug, about, *parts])


def test_an_assessment_is_opened_and_its_raters_invited_by_pages(board, world):
    Assessment.objects.update(stage=Stage.AGREED, agreed_at=timezone.now(), agreed_by=world.manager)
    slug, today = world.assessment.association.slug, timezone.localdate()
    assert b"Capacity" in board.get(reverse("assessment_new", args=[slug])).content
    sent = {"framework": str(world.assessment.framework_id), "title": "Second", "as_of": today}
    late = board.post(reverse("assessment_new", args=[slug]), sent | {"due_on": today - timedelta(days=1)})
    assert (late.status_code, b"Choose a later due day" in late.content) == (422, True)
    done = board.post(reverse("assessment_new", args=[slug]), sent | {"due_on": today + timedelta(days=9)})
    made = Assessment.objects.get(title="Second")
    assert done["Location"] == reverse("assessment", args=[slug, made.pk])
    invite = reverse("rater_invite", args=[slug, made.pk])
    wrong = board.post(invite, {"way": "link", "group": "board", "name": "Amina", "email": ""})
    assert wrong.status_code == 422
    board.post(invite, {"way": "link", "group": "board", "name": "Amina", "email": "amina@example.org"})
    board.post(invite, {"way": "paper", "group": "member", "name": "Juma", "another": ""})
    page = board.get(done["Location"]).content.decode()
    assert "Amina" in page
    assert "Juma" in page
    assert "0 of 2 raters have handed in" in page
    amina = made.raters.get(name="Amina")
    for action in ("send", "take_off"):
        board.post(reverse("rater_change", args=[slug, amina.pk]), {"action": action})
    assert "0 of 1 raters" in board.get(done["Location"]).content.decode()
    settings = reverse("assessment_settings", args=[slug, made.pk])
    board.post(settings, {"title": "Third", "as_of": today, "due_on": today})
    assert Assessment.objects.get(pk=made.pk).title == "Third"


def test_nobody_sees_the_scores_of_others_before_the_session(board, rater, visitor, world):
    for one, by in ((world.by_account, world.reviewer), (world.by_link, None)):
        word = Word("A1-KS1", 4, note=f"SECRET of {one.name}")
        save_scores(rater_id=one.pk, words=[word], by=by, at=timezone.now())
    seen = [
        board.get(at(world, "assessment")),
        board.get(at(world, "rating", of=world.on_paper)),
        rater.get(at(world, "assessment")),
    ]
    assert not any(b"SECRET" in page.content or b"A1-KS1" in page.content for page in seen)
    assert b"SECRET of Rehema" in rater.get(at(world, "rating_area", "A1")).content
    assert b"SECRET of Grace" in visitor.get(at(world, "rater_area", "A1")).content
    assert b"SECRET of Rehema" not in visitor.get(at(world, "rater_area", "A1")).content
    assert board.get(at(world, "rating_area", "A1")).status_code == 403
    assert rater.get(at(world, "rating", of=world.on_paper)).status_code == 403
    assert visitor.get(reverse("rater_page", args=[world.by_account.pk])).status_code == 404


def test_one_item_is_saved_and_answered_as_json(rater, world):
    save = at(world, "rating_score")
    first = rater.post(save, {"item": "A1-KS1", "l-A1-KS1": "3", "v-A1-KS1": "0"})
    assert first.json() == {
        "item": "A1-KS1",
        "verdict": "saved",
        "version": 1,
        "scored": 1,
        "lacking": 56,
        "lack": "evidence",
    }
    clash = rater.post(save, {"item": "A1-KS1", "l-A1-KS1": "n", "r-A1-KS1": "why", "v-A1-KS1": "0"})
    assert (clash.status_code, clash.json()["verdict"]) == (409, "clash")
    assert clash.json()["theirs"] == {"level": "3", "reason": "", "note": ""}
    wrong = rater.post(save, {"item": "A1-KS1", "l-A1-KS1": "high", "v-A1-KS1": "1"})
    assert (wrong.status_code, wrong.json()["verdict"]) == (422, "refused")
    Rater.objects.filter(pk=world.by_account.pk).update(submitted_at=timezone.now())
    closed = rater.post(save, {"item": "A1-KS1", "l-A1-KS1": "1", "v-A1-KS1": "1"})
    assert (closed.status_code, closed.json()["verdict"]) == (403, "closed")


def test_without_scripts_an_area_is_saved_whole_and_what_is_wrong_keeps_what_was_typed(visitor, world):
    page = at(world, "rater_area", "A1")
    done = visitor.post(page, {"l-A1-KS1": "2", "t-A1-KS1": "Seen", "v-A1-KS1": "0", "l-A1-KS2": "0"})
    assert done["Location"] == at(world, "rater_area", "A2")
    wrong = visitor.post(page, {"l-A1-KS1": "n", "v-A1-KS1": "1", "t-A1-SY1": "Typed", "l-A1-SY2": "1"})
    text = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Say why the item does not apply" in text
    assert "Choose a level, or say" in text
    assert "Typed" in text
    stale = visitor.post(page, {"l-A1-KS1": "4", "v-A1-KS1": "0"})
    assert stale.status_code == 409
    assert "Saved meanwhile in another window: 2 Partly in place" in stale.content.decode()
    assert set(Score.objects.values_list("item", "level")) == {("A1-KS1", 2), ("A1-KS2", 0), ("A1-SY2", 1)}
    assert visitor.get(at(world, "rater_area", "A9")).status_code == 404


def test_handing_in_lists_what_is_missing(visitor, world):
    page = at(world, "rater_page")
    assert visitor.post(page, {"action": "hand_in"}).status_code == 422
    score_all(world, world.by_link, None)
    save_scores(rater_id=world.by_link.pk, words=[Word("A1-KS1", 3, version=1)], by=None, at=timezone.now())
    told = visitor.post(page, {"action": "hand_in"}).content.decode()
    assert "1 item still needs something" in told
    assert f"{at(world, 'rater_area', 'A1')}#i-A1-KS1" in told
    visitor.post(at(world, "rater_proofs", "A1-KS1"), {"action": "link", "url": "example.org"})
    assert visitor.post(page, {"action": "hand_in"}).status_code == 302
    assert visitor.post(page, {"action": "hand_in"}).status_code == 302
    assert "Handed in on" in visitor.get(page).content.decode()
    assert visitor.post(page, {"action": "reopen"}).status_code == 302
    assert Rater.objects.get(pk=world.by_link.pk).submitted_at is None


def test_evidence_by_pages(visitor, rater, board, world, media_root):
    page = at(world, "rater_proofs", "A1-SY1")
    assert visitor.post(page, {"action": "link", "url": "my desk"}).status_code == 422
    assert visitor.post(page, {"action": "file"}).status_code == 422
    assert visitor.post(page, {"action": "record", "key": "members_register:all"}).status_code == 422
    file = SimpleUploadedFile("statutes.pdf", b"%PDF-1.4\n")
    part = visitor.post(page, {"action": "file", "file": file}, headers={"HX-Request": "true"})
    assert b'data-count="1"' in part.content
    proof = Proof.objects.get()
    got = visitor.get(at(world, "rater_file", proof.pk))
    assert (got.content, got["Content-Type"]) == (b"%PDF-1.4\n", "application/pdf")
    slug = world.assessment.association.slug
    assert rater.get(at(world, "rating_file", proof.pk)).status_code == 404
    assert board.get(reverse("proof_file", args=[slug, proof.pk])).status_code == 403
    Assessment.objects.update(stage=Stage.SESSION)
    assert board.get(reverse("proof_file", args=[slug, proof.pk])).status_code == 200
    assert visitor.get(page).status_code == 404
    Assessment.objects.update(stage=Stage.RATING)
    visitor.post(page, {"action": "remove", "proof": "nonsense"})
    visitor.post(page, {"action": "remove", "proof": str(proof.pk)})
    assert not Proof.objects.exists()


def test_a_workbook_by_pages(board, world, monkeypatch):
    monkeypatch.setattr(child, "read", opening.read_workbook)
    page = at(world, "rating_excel", of=world.on_paper)
    got = board.get(at(world, "rating_workbook", of=world.on_paper))
    assert got["Content-Disposition"].endswith('.xlsx"')
    assert board.post(page, {}).status_code == 422
    wrong = board.post(page, {"file": Book(world.on_paper).put("A1-KS1", level=9).upload()})
    assert (wrong.status_code, b"no level 9" in wrong.content) == (422, True)
    shown = board.post(page, {"file": Book(world.on_paper).put("A1-KS1", level=2).upload()})
    proposal = shown.context["run"].proposal
    assert board.post(page, {"proposal": proposal + "x"}).status_code == 422
    assert board.post(page, {"proposal": proposal})["Location"] == at(world, "rating", of=world.on_paper)
    assert Score.objects.get().level == 2


def test_lists_take_the_same_queries_for_one_and_for_more(
    board, rater, world, django_assert_num_queries, django_assert_max_num_queries
):
    pages = [
        (board, reverse("assessments", args=[world.assessment.association.slug])),
        (board, at(world, "assessment")),
        (rater, at(world, "rating")),
        (rater, at(world, "rating_area", "A1")),
    ]
    counts = []
    for browser, page in pages:
        browser.get(page)
        with django_assert_max_num_queries(40) as taken:
            browser.get(page)
        counts.append(len(taken))
    for number in range(3):
        RaterFactory(assessment=world.assessment, invited_by=world.manager, name=f"More {number}")
    score_all(world, world.by_account, world.reviewer)
    hand_in(rater_id=world.by_account.pk, by=world.reviewer, at=timezone.now())
    for code in world.codes[:3]:
        Proof.objects.create(
            association=world.assessment.association,
            assessment=world.assessment,
            rater=world.by_account,
            item=code,
            kind="link",
            title="More",
            url="https://example.org",
            added_at=timezone.now(),
        )
    for (browser, page), count in zip(pages, counts, strict=True):
        with django_assert_num_queries(count):
            browser.get(page)


def test_other_associations_learn_nothing(world):
    browser = signed_in(person(Role.ASSOCIATION_MANAGER, AssociationFactory()))
    for name in ("assessment", "rating"):
        assert browser.get(at(world, name)).status_code == 404
