"""Scoring alone: who may, which of two words counts, what is refused, evidence, and handing in."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from capacity.enums import ProofKind, Stage
from capacity.models import Assessment, Proof, Rater, Score
from capacity.selectors.rating import Lack, raters, sheet_of
from capacity.services import assessments, proofs
from capacity.services.assessments import AssessmentForbidden
from capacity.services.raters import invite, rater_by_key, rater_by_token, send_again, take_off
from capacity.services.scores import Incomplete, RatingForbidden, Word, hand_in, reopen, save_scores
from members.enums import Role
from members.models import User
from members.selectors import records
from spm_portal.common.models import AuditEvent, MailMessage
from spm_portal.common.refusal import Refused
from spm_portal.common.tokens import hash_of
from spm_portal.common.uploads import UploadRefused
from tests.capacity.rating_world import AT, TOKEN, RatingWorld, make_rating_world, score_all
from tests.factories.members import AssociationFactory, MembershipFactory, person

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ITEM = "A1-KS1"
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def world() -> RatingWorld:
    return make_rating_world()


def save(rater: Rater, by: User | None, *words: Word):
    return save_scores(rater_id=rater.pk, words=words, by=by, at=AT)


def link_on(world: RatingWorld, rater: Rater, by: User | None, item: str = ITEM, **other) -> Proof:
    said = {"title": "", "url": "https://example.org/policy", **other}
    return proofs.add_link(
        assessment_id=world.assessment.pk, rater_id=rater.pk, item=item, by=by, at=AT, **said
    )


# --- opening and inviting -------------------------------------------------------------------------------------


def opened(world: RatingWorld, **other) -> Assessment:
    fields = {
        "association": world.assessment.association,
        "framework_id": world.assessment.framework_id,
        "title": "Capacity 2026",
        "as_of": AT.date(),
        "due_on": AT.date() + timedelta(days=28),
        "by": world.manager,
        "at": AT,
    }
    return assessments.open_assessment(**(fields | other))


def test_one_assessment_of_a_framework_is_open_at_a_time(world):
    with pytest.raises(Refused, match="is still open"):
        opened(world)
    Assessment.objects.update(stage=Stage.AGREED, agreed_at=AT, agreed_by=world.manager)
    first = opened(world)
    assert opened(world) == first  # a second click
    assert AuditEvent.objects.filter(verb="capacity.assessment_opened").count() == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"title": " "}, "title of at most 120"),
        ({"due_on": AT.date() - timedelta(days=1)}, "before the day"),
        ({"framework_id": "00000000-0000-4000-8000-000000000000"}, "not offered any more"),
    ],
)
def test_what_cannot_be_opened_is_told(world, fault, words):
    with pytest.raises(Refused, match=words):
        opened(world, **fault)


def test_only_managers_open_and_invite(world):
    with pytest.raises(AssessmentForbidden):
        opened(world, by=world.reviewer)
    with pytest.raises(AssessmentForbidden):
        invited(world, by=world.reviewer)


def invited(world: RatingWorld, **other) -> Rater:
    fields = {"way": "link", "group": "board", "name": "Amina", "email": "amina@example.org"}
    common = {"assessment_id": world.assessment.pk, "by": world.manager, "at": AT}
    return invite(**(common | fields | other))


def test_a_link_is_in_the_mail_alone_and_a_new_one_ends_the_old(world):
    rater = invited(world)
    mail = MailMessage.objects.get(purpose="capacity.rater_invited")
    token = mail.text.split("/capacity/rate/")[1].split("/")[0]
    assert rater.token_hash == hash_of(token)
    assert rater_by_token(token, at=AT) == rater
    assert invited(world, name="Somebody else") == rater  # the same address: nobody is asked twice
    send_again(rater_id=rater.pk, by=world.manager, at=AT)
    assert rater_by_token(token, at=AT) is None
    assert MailMessage.objects.filter(purpose="capacity.rater_invited").count() == 2


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"email": "amina"}, "e-mail address"),
        ({"name": " "}, "name of the rater"),
        ({"group": "friend"}, "from which side"),
        ({"way": "phone"}, "how this person scores"),
        ({"way": "account"}, "works for your association"),
        ({"way": "paper", "name": "peter"}, "on paper already"),
    ],
)
def test_who_cannot_be_invited_is_told(world, fault, words):
    with pytest.raises(Refused, match=words):
        invited(world, **fault)


def test_a_colleague_is_invited_once_and_told_with_the_address_of_the_form(world):
    rater = invited(world, way="account", user_id=world.reviewer.pk)
    assert rater == world.by_account
    colleague = person(Role.ASSOCIATION_REVIEWER, world.assessment.association)
    made = invited(world, way="account", user_id=colleague.pk)
    mail = MailMessage.objects.get(purpose="capacity.rater_asked")
    assert mail.to == colleague.email
    assert f"/capacity/raters/{made.pk}/" in mail.text


def test_a_link_ends_when_its_rater_is_taken_off_its_time_is_over_or_the_session_begins(world):
    rater, key = world.by_link, world.by_link.token_hash
    assert rater_by_key(rater.pk, key, at=AT) == rater
    assert rater_by_key(rater.pk, "another", at=AT) is None
    assert rater_by_key(world.on_paper.pk, "", at=AT) is None
    assert rater_by_key(rater.pk, key, at=AT + timedelta(days=61)) is None
    Assessment.objects.update(stage=Stage.SESSION)
    assert rater_by_token(TOKEN, at=AT) is None
    with pytest.raises(RatingForbidden):
        save(rater, None, Word(ITEM, 2))
    Assessment.objects.update(stage=Stage.RATING)
    take_off(rater_id=rater.pk, by=world.manager, at=AT)
    take_off(rater_id=rater.pk, by=world.manager, at=AT)
    assert rater_by_token(TOKEN, at=AT) is None
    assert AuditEvent.objects.filter(verb="capacity.rater_taken_off").count() == 1


# --- scoring --------------------------------------------------------------------------------------------------


def test_a_score_is_counted_up_and_an_older_page_never_writes_over_it(world):
    rater, by = world.by_account, world.reviewer
    assert save(rater, by, Word(ITEM, 1)).saved == [ITEM]
    assert save(rater, by, Word(ITEM, 2, version=1)).saved == [ITEM]
    late = save(rater, by, Word(ITEM, 0, version=1), Word("A1-KS2", 3))
    assert late.clashes[ITEM].level == 2
    assert late.saved == ["A1-KS2"]
    assert save(rater, by, Word(ITEM, 2, version=0)).same == [ITEM]  # an echo of what is stored
    stored = Score.objects.get(rater=rater, item=ITEM)
    assert (stored.level, stored.version) == (2, 2)
    trail = AuditEvent.objects.filter(verb="capacity.scores_saved").order_by("pk")
    assert trail.count() == 3


def test_raters_write_beside_each_other(world):
    save(world.by_account, world.reviewer, Word(ITEM, 1))
    save(world.by_link, None, Word(ITEM, 4))
    save(world.on_paper, world.manager, Word(ITEM, 0))
    assert {score.rater.name: score.level for score in Score.objects.select_related("rater")} == {
        "Rehema": 1,
        "Grace": 4,
        "Peter": 0,
    }
    assert sheet_of(raters().get(pk=world.by_link.pk)).scores.keys() == {ITEM}
    assert Rater.objects.get(pk=world.by_link.pk).last_used_at == AT


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (Word("A9-XX1", 2), "no item “A9-XX1”"),
        (Word(ITEM, 5), "no level 5: the scale goes from 0 to 4"),
        (Word(ITEM, -1), "no level"),
        (Word(ITEM), "Choose a level"),
        (Word(ITEM, 2, not_applicable=True, reason="x"), "not both"),
        (Word(ITEM, not_applicable=True, reason=" "), "Say why"),
        (Word(ITEM, not_applicable=True, reason="x" * 501), "501 characters"),
        (Word(ITEM, 2, note="x" * 4001), "4001 characters"),
    ],
)
def test_a_wrong_word_is_refused_and_the_others_are_saved(world, word, text):
    result = save(world.by_account, world.reviewer, word, Word("A2-KS1", 1))
    assert text in result.refused[word.item]
    assert result.saved == ["A2-KS1"]
    assert Score.objects.count() == 1


def test_nobody_scores_for_somebody_else(world):
    outsider = person(Role.ASSOCIATION_MANAGER, AssociationFactory())
    for rater, by in (
        (world.by_account, world.manager),
        (world.by_link, world.manager),
        (world.by_account, None),
        (world.on_paper, None),
        (world.on_paper, outsider),
        (world.by_account, outsider),
    ):
        with pytest.raises(RatingForbidden):
            save(rater, by, Word(ITEM, 1))
    assert not Score.objects.exists()


def test_who_scores_reads_paper_only_after_handing_in_and_then_scores_no_more(world):
    with pytest.raises(RatingForbidden, match="Hand in your own scores first"):
        save(world.on_paper, world.reviewer, Word(ITEM, 1))
    score_all(world, world.by_account, world.reviewer)
    hand_in(rater_id=world.by_account.pk, by=world.reviewer, at=AT)
    reopen(rater_id=world.by_account.pk, by=world.reviewer, at=AT)  # nobody keyed anything in yet
    hand_in(rater_id=world.by_account.pk, by=world.reviewer, at=AT)
    save(world.on_paper, world.reviewer, Word(ITEM, 1))
    with pytest.raises(RatingForbidden, match="on paper"):
        reopen(rater_id=world.by_account.pk, by=world.reviewer, at=AT)
    assert AuditEvent.objects.filter(verb="capacity.scores_keyed").count() == 1


def test_handing_in_lists_what_is_missing_and_a_second_time_changes_nothing(world):
    rater, by = world.by_link, None
    score_all(world, rater, by)
    save(rater, by, Word("A1-KS1", 3, version=1))
    Score.objects.filter(rater=rater, item="A6-KS1").delete()
    with pytest.raises(Incomplete) as told:
        hand_in(rater_id=rater.pk, by=by, at=AT)
    assert [(item.code, lack) for item, lack in told.value.missing] == [
        ("A1-KS1", Lack.EVIDENCE),
        ("A6-KS1", Lack.LEVEL),
    ]
    link_on(world, rater, by)
    save(rater, by, Word("A6-KS1", not_applicable=True, reason="We are too young for it."))
    first = hand_in(rater_id=rater.pk, by=by, at=AT)
    again = hand_in(rater_id=rater.pk, by=by, at=AT + timedelta(hours=1))
    assert first.submitted_at == again.submitted_at == AT
    with pytest.raises(RatingForbidden, match="handed in"):
        save(rater, by, Word("A1-KS2", 1, version=1))
    with pytest.raises(RatingForbidden, match="handed in"):
        link_on(world, rater, by, url="https://example.org/another")
    reopen(rater_id=rater.pk, by=by, at=AT)
    assert save(rater, by, Word("A1-KS2", 1, version=1)).is_clean


def test_managers_are_told_once_when_the_last_rater_has_handed_in(world):
    for rater, by in ((world.by_link, None), (world.on_paper, world.manager)):
        score_all(world, rater, by)
        hand_in(rater_id=rater.pk, by=by, at=AT)
    assert not MailMessage.objects.filter(purpose="capacity.all_handed_in").exists()
    take_off(rater_id=world.by_account.pk, by=world.manager, at=AT)
    reopen(rater_id=world.by_link.pk, by=None, at=AT)
    hand_in(rater_id=world.by_link.pk, by=None, at=AT)
    assert MailMessage.objects.filter(purpose="capacity.all_handed_in").count() == 1
    Assessment.objects.update(stage=Stage.SESSION)
    with pytest.raises(RatingForbidden, match="session has begun"):
        reopen(rater_id=world.on_paper.pk, by=world.manager, at=AT)


# --- evidence -------------------------------------------------------------------------------------------------


def test_evidence_is_a_file_a_link_or_a_record_and_each_stands_once(world, media_root):
    rater, by = world.by_account, world.reviewer
    common = {"assessment_id": world.assessment.pk, "rater_id": rater.pk, "by": by, "at": AT}
    key = record_key(world)
    for _twice in range(2):
        upload = SimpleUploadedFile("strategy.pdf", PDF)
        proofs.add_file(**common, item="A1-SY1", title="", upload=upload)
        link_on(world, rater, by, item="A1-SY1", url="example.org/policy")
        proofs.add_record(**common, item="A1-SY1", key=key)
    shown = {proof.kind: proof for proof in Proof.objects.filter(item="A1-SY1")}
    assert Proof.objects.count() == 3
    assert (shown[ProofKind.FILE].title, shown[ProofKind.FILE].size) == ("strategy.pdf", len(PDF))
    assert shown[ProofKind.LINK].url == "https://example.org/policy"
    assert shown[ProofKind.RECORD].facts, "the figures behind the record are kept"
    stored = shown[ProofKind.FILE].file
    assert stored.storage.exists(stored.name)


def record_key(world: RatingWorld) -> str:
    MembershipFactory(association=world.assessment.association)
    offer = records.offered(world.assessment.association, ["members_register"], AT)[0]
    return f"{offer.kind}:{offer.key}"


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "ftp://example.org/x", "not a page", "https://" + "x" * 600]
)
def test_a_link_that_is_no_page_is_refused(world, url):
    with pytest.raises(Refused, match="address"):
        link_on(world, world.by_link, None, url=url)


def test_wrong_evidence_is_refused(world):
    common = {"assessment_id": world.assessment.pk, "rater_id": world.by_account.pk, "at": AT}
    mine = {**common, "by": world.reviewer}
    upload = SimpleUploadedFile("x.pdf", b"no pdf")
    with pytest.raises(UploadRefused, match="content is something else"):
        proofs.add_file(**mine, item=ITEM, title="", upload=upload)
    with pytest.raises(Refused, match="no item"):
        link_on(world, world.by_account, world.reviewer, item="A9-XX1")
    with pytest.raises(Refused, match="no such record"):
        proofs.add_record(**mine, item="A1-SY1", key="members_register:nothing")
    key = record_key(world)
    with pytest.raises(Refused, match="no such record"):
        # the framework does not offer the register for this item
        proofs.add_record(**mine, item=ITEM, key=key)
    with pytest.raises(RatingForbidden):
        link_on(world, world.by_account, world.manager)
    with pytest.raises(AssessmentForbidden):
        proofs.add_link(
            assessment_id=world.assessment.pk,
            rater_id=None,
            item=ITEM,
            title="",
            url="https://example.org",
            by=world.reviewer,
            at=AT,
        )
    assert not Proof.objects.exists()


def test_common_evidence_counts_for_every_rater_and_a_rater_takes_away_only_the_own(world):
    proofs.add_link(
        assessment_id=world.assessment.pk,
        rater_id=None,
        item=ITEM,
        title="Statutes",
        url="https://example.org/statutes",
        by=world.manager,
        at=AT,
    )
    save(world.by_link, None, Word(ITEM, 4))
    own = link_on(world, world.by_account, world.reviewer)
    sheet = sheet_of(raters().get(pk=world.by_link.pk))
    assert sheet.lack_of(ITEM) is None
    assert [proof.title for proof in sheet.proofs[ITEM]] == ["Statutes"]
    proofs.remove(proof_id=own.pk, rater_id=world.by_link.pk, by=None, at=AT)
    assert Proof.objects.filter(pk=own.pk).exists()
    proofs.remove(proof_id=own.pk, rater_id=world.by_account.pk, by=world.reviewer, at=AT)
    proofs.remove(proof_id=own.pk, rater_id=world.by_account.pk, by=world.reviewer, at=AT)
    assert not Proof.objects.filter(pk=own.pk).exists()
