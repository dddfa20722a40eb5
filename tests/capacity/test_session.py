"""The session: sealed before it, every word kept, nothing closed that lacks a level or its evidence."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capacity.enums import RaterGroup, Stage
from capacity.models import Assessment, Consensus, OutsideView, Proof, Rater
from capacity.scoring import NOT_APPLICABLE
from capacity.selectors.results import Sealed, result_sheet
from capacity.services import outside, session
from capacity.services.assessments import AssessmentForbidden
from capacity.services.outside import Found
from capacity.services.session import NotReady, Overtaken, Word
from members.models import User
from spm_portal.common.models import AuditEvent
from spm_portal.common.refusal import Refused
from tests.capacity.sessions import NOW, agreed, give, in_session, prove, rated, small_framework
from tests.cast import Cast
from tests.factories.capacity import RaterFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
ALL = {"A1": 2, "A2": 2, "A3": 1, "B1": 2, "B2": "n"}


def audited(verb: str) -> int:
    return AuditEvent.objects.filter(verb=verb).count()


def decide(assessment: Assessment, by: User, item: str, word: Word, version: int = 0) -> Consensus:
    return session.decide(assessment_id=assessment.pk, item=item, word=word, version=version, by=by, at=NOW)


def close(assessment: Assessment, by: User, minute: str = "") -> Assessment:
    assessment.refresh_from_db()
    seen = session.mark_of_minute(assessment)
    return session.agree(assessment_id=assessment.pk, minute=minute, seen=seen, by=by, at=NOW)


# --- starting ------------------------------------------------------------------------------------------------


def test_scores_are_sealed_until_the_session(cast: Cast) -> None:
    assessment = rated(cast)
    with pytest.raises(Sealed):
        result_sheet(assessment)
    for person in (cast.reviewer, cast.other_manager, cast.signatory):
        with pytest.raises(AssessmentForbidden):
            session.start_session(assessment_id=assessment.pk, by=person, at=NOW)
    started = session.start_session(assessment_id=assessment.pk, by=cast.manager, at=NOW)
    assert (started.stage, started.session_at) == (Stage.SESSION, NOW)
    # a second click is the same session
    session.start_session(assessment_id=assessment.pk, by=cast.manager, at=NOW + timedelta(minutes=1))
    assert audited("capacity.session_started") == 1


def test_a_session_needs_somebody_who_handed_in(cast: Cast) -> None:
    assessment = rated(cast)
    Rater.objects.filter(assessment=assessment).update(submitted_at=None)
    with pytest.raises(Refused, match="Nobody has handed in"):
        session.start_session(assessment_id=assessment.pk, by=cast.manager, at=NOW)


def test_who_did_not_hand_in_or_was_taken_off_counts_for_nothing(cast: Cast) -> None:
    assessment = in_session(cast)
    gone = RaterFactory(assessment=assessment, group=RaterGroup.BOARD, submitted_at=NOW, removed_at=NOW)
    give(gone, {"A2": 0})
    sheet = result_sheet(assessment)
    assert [rater.group for rater in sheet.raters] == ["board", "staff", "member"]
    assert sheet.waiting == 1
    assert (sheet.spreads["A1"].lowest, sheet.spreads["A1"].highest) == (1, 4)  # the late one gave 0
    assert sheet.spreads["A2"].lowest == 2
    assert sheet.spreads["A1"].is_disputed
    assert not sheet.spreads["A2"].is_disputed


def test_the_sheet_takes_the_same_queries_for_any_number_of_rows(cast: Cast) -> None:
    few, many = rated(cast, stage=Stage.SESSION), agreed(cast, ALL, title="Other")
    prove(many, "A1", "A2", "B1")
    for number in range(3):
        give(RaterFactory(assessment=many, submitted_at=NOW, name=f"More {number}"), {"A1": 1})
    result_sheet(few)  # the framework is read once a process
    counts = []
    for assessment in (few, many):
        found = Assessment.objects.select_related("framework").get(pk=assessment.pk)
        with CaptureQueriesContext(connection) as queries:
            assert result_sheet(found).spreads
        counts.append(len(queries))
    assert counts[0] == counts[1] == 5


# --- agreeing ------------------------------------------------------------------------------------------------


def test_a_word_is_kept_with_its_version_and_its_echo_changes_nothing(cast: Cast) -> None:
    assessment = in_session(cast)
    first = decide(assessment, cast.manager, "A1", Word(2, "", " Staff showed the lists.\r\n"))
    assert (first.level, first.minute, first.version) == (2, "Staff showed the lists.", 1)
    echo = decide(assessment, cast.second_manager, "A1", Word(2, "", "Staff showed the lists."))
    assert (echo.version, echo.decided_by_id) == (1, cast.manager.pk)
    changed = decide(assessment, cast.second_manager, "A1", Word(None, "Not our task."), version=1)
    assert (changed.level, changed.not_applicable, changed.version) == (None, True, 2)
    assert result_sheet(assessment).scores == {"A1": NOT_APPLICABLE}
    assert audited("capacity.level_agreed") == 2


def test_two_at_once_lose_no_word(cast: Cast) -> None:
    assessment = in_session(cast)
    decide(assessment, cast.manager, "A1", Word(2, "", "mine"))
    with pytest.raises(Overtaken) as told:
        decide(assessment, cast.second_manager, "A1", Word(1, "", "hers"), version=0)
    assert told.value.now is not None
    assert (told.value.now.level, told.value.now.minute, told.value.now.decided_by) == (
        2,
        "mine",
        cast.manager,
    )
    # who has seen it may write over it
    assert decide(assessment, cast.second_manager, "A1", Word(1, "", "hers"), version=1).version == 2


@pytest.mark.parametrize(
    ("item", "word", "message"),
    [
        ("X9", Word(1), "no item X9"),
        ("A1", Word(5), "not on the scale. Choose a level from 0 to 4"),
        ("A1", Word(None, "  "), "say why it does not apply"),
        ("A1", Word(None, "x" * 501), "at most 500"),
        ("A1", Word(1, "", "x" * 5001), "at most 5000"),
    ],
)
def test_a_wrong_word_says_what_to_correct(cast: Cast, item: str, word: Word, message: str) -> None:
    assessment = in_session(cast)
    with pytest.raises(Refused, match=message):
        decide(assessment, cast.manager, item, word)
    assert not Consensus.objects.exists()


def test_only_managers_write_and_only_during_the_session(cast: Cast) -> None:
    for assessment in (rated(cast, title="Rating"), agreed(cast, ALL, title="Agreed")):
        with pytest.raises(AssessmentForbidden):
            decide(assessment, cast.manager, "A1", Word(1))
    going = in_session(cast, framework=small_framework("9"), title="Session")
    for person in (cast.reviewer, cast.other_manager, cast.donor):
        with pytest.raises(AssessmentForbidden):
            decide(going, person, "A1", Word(1))


def test_medians_are_taken_where_raters_agree_and_evidence_is_there(cast: Cast) -> None:
    assessment = in_session(cast, {"A3": 0})
    # A1 is disputed, B2 applies to some alone, A3 is decided, B1 needs evidence
    assert session.accept_proposals(assessment_id=assessment.pk, by=cast.manager, at=NOW) == (1, 1)
    assert dict(Consensus.objects.values_list("item", "level")) == {"A2": 2, "A3": 0}
    prove(assessment, "B1")
    assert session.accept_proposals(assessment_id=assessment.pk, by=cast.manager, at=NOW) == (1, 0)
    assert Consensus.objects.get(item="B1").level == 3


# --- closing -------------------------------------------------------------------------------------------------


def test_closing_names_what_is_missing_and_changes_nothing(cast: Cast) -> None:
    assessment = in_session(cast, {"A1": 4, "A2": 3, "A3": 1})
    prove(assessment, "A2")
    # shown by somebody who never handed in: no evidence
    late = Rater.objects.get(assessment=assessment, name="Late")
    prove(assessment, "A1", rater=late)
    with pytest.raises(NotReady, match=r"2 items have no agreed level yet\. 1 item needs evidence") as told:
        close(assessment, cast.manager, "Minute")
    assert [item.code for item in told.value.sheet.undecided] == ["B1", "B2"]
    assert [item.code for item in told.value.sheet.unproven] == ["A1"]
    assessment.refresh_from_db()
    assert (assessment.stage, assessment.minute) == (Stage.SESSION, "")


def test_what_is_agreed_never_changes(cast: Cast) -> None:
    assessment = in_session(cast, ALL | {"A1": 3})
    prove(assessment, "A1")
    done = close(assessment, cast.manager, "All were there.")
    assert (done.stage, done.agreed_by, done.minute) == (Stage.AGREED, cast.manager, "All were there.")
    again = close(assessment, cast.second_manager, "Another minute")
    assert (again.agreed_by_id, again.minute) == (cast.manager.pk, "All were there.")
    assert audited("capacity.assessment_agreed") == 1
    with pytest.raises(AssessmentForbidden, match="does not change any more"):
        decide(assessment, cast.manager, "A1", Word(0), version=1)


def test_the_minute_is_not_written_over_unseen(cast: Cast) -> None:
    assessment = in_session(cast)
    seen = session.mark_of_minute(assessment)
    session.write_minute(assessment_id=assessment.pk, minute="First", seen=seen, by=cast.manager, at=NOW)
    with pytest.raises(Overtaken, match="Join both texts"):
        session.write_minute(
            assessment_id=assessment.pk, minute="Second", seen=seen, by=cast.second_manager, at=NOW
        )
    assessment.refresh_from_db()
    assert assessment.minute == "First"


# --- from outside --------------------------------------------------------------------------------------------


def write(
    assessment: Assessment, by: User, found: dict[str, Found | None], **said: object
) -> outside.Written:
    words = {"verifier": "Amina, Ratings", "checked_on": date(2026, 3, 1), **said}
    return outside.write_findings(assessment_id=assessment.pk, found=found, by=by, at=NOW, **words)  # type: ignore[arg-type]


def test_findings_stand_beside_the_agreed_level(cast: Cast) -> None:
    assessment = agreed(cast, ALL)
    done = write(assessment, cast.manager, {"A1": Found(1, "No lists."), "A2": Found(2), "A3": None})
    assert done == outside.Written(("A1", "A2"), ())
    # the same again by somebody else is no new check; None takes away
    done = write(assessment, cast.manager, {"A1": Found(1, "No lists."), "A2": None}, verifier="Else")
    assert done == outside.Written((), ("A2",))
    assert OutsideView.objects.get().verifier == "Amina, Ratings"
    sheet = result_sheet(assessment)
    assert (sheet.scores["A1"], sheet.verified) == (2, {"A1": 1})
    assert audited("capacity.outside_view_written") == 2


@pytest.mark.parametrize(
    ("found", "said", "message"),
    [
        ({"A1": Found(9)}, {}, "not on the scale"),
        ({"X1": Found(1)}, {}, "no item X1"),
        ({"A1": Found(1)}, {"verifier": " "}, "Say who checked"),
        ({"A1": Found(1)}, {"checked_on": date(2026, 3, 20)}, "cannot have been on"),
        ({"A1": Found(1)}, {"checked_on": date(1999, 3, 20)}, "cannot have been on"),
        ({"A2": Found(1), "A1": Found(1, "x" * 5001)}, {}, "at most 5000"),
    ],
)
def test_wrong_findings_are_refused_whole(
    cast: Cast, found: dict[str, Found | None], said: dict[str, object], message: str
) -> None:
    with pytest.raises(Refused, match=message):
        write(agreed(cast, ALL), cast.manager, found, **said)
    assert not OutsideView.objects.exists()


def test_nobody_checks_what_is_sealed_or_belongs_to_others(cast: Cast) -> None:
    with pytest.raises(AssessmentForbidden, match="Raters still score"):
        write(rated(cast), cast.manager, {"A1": Found(1)})
    done = agreed(cast, ALL, title="Agreed")
    for person in (cast.reviewer, cast.other_manager, cast.donor):
        with pytest.raises(AssessmentForbidden, match="Only managers"):
            write(done, person, {"A1": Found(1)})
    assert not Proof.objects.exists()
