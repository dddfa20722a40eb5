"""Right of reply: who is asked, for how long to the very moment, what blocks publication, and what is kept."""

import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.enums import ConsentPurpose, Role
from members.models import Association, Consent, Institution, User
from reporting.due import closing_moment, middle_of
from reporting.enums import ReplyKind, ReturnState
from reporting.models import ChapterText, Release, Reply, ReplyWindow, Round, Submission
from reporting.selectors.replies import Block, hearing_of
from reporting.services.releases import PublishRefused, publish
from reporting.services.replies import ReplyRefused, answer, end_early, open_window, reply, send_due
from spm_portal.common.clocks import clock_of
from spm_portal.common.models import AuditEvent, MailMessage
from tests.browsers import signed_in
from tests.factories.members import AssociationFactory, person
from tests.factories.releases import approved_round, consent, institutions
from tests.factories.reporting import OPENED

pytestmark = pytest.mark.django_db

SMALL = ("PRO", "OUT")
NAIROBI = "Africa/Nairobi"


@pytest.fixture
def association() -> Association:
    found: Association = AssociationFactory(slug="aaa", currency="KES", time_zone=NAIROBI, reply_days=10)
    return found


@pytest.fixture
def manager(association: Association) -> User:
    return person(Role.ASSOCIATION_MANAGER, association)


@pytest.fixture
def members(association: Association) -> list[Institution]:
    """Six members that count; the first three may be named."""
    found = institutions(association, 6)
    Consent.objects.filter(institution__in=found[3:], purpose=ConsentPurpose.NAMED).delete()
    return found


@pytest.fixture
def of_round(association: Association, members: list[Institution]) -> Round:
    return approved_round(association, members, sections=SMALL)


@pytest.fixture
def signatories(members: list[Institution]) -> list[User]:
    return [person(Role.INSTITUTION_SIGNATORY, one) for one in members]


@pytest.fixture
def say(of_round: Round, members: list[Institution], signatories: list[User]) -> Callable[..., Reply]:
    """The signatory of one member replies."""

    def said(place: int, kind: ReplyKind, text: str = "", at: datetime = OPENED) -> Reply:
        submission = Submission.objects.get(round=of_round, institution=members[place])
        return reply(submission_id=submission.pk, kind=kind, text=text, by=signatories[place], at=at)

    return said


def kinds(of_round: Round, at: datetime) -> list[Block]:
    return [one.kind for one in hearing_of(of_round).blockers(at)]


def mails(purpose: str) -> list[str]:
    return sorted(MailMessage.objects.filter(purpose=purpose).values_list("to", flat=True))


class TestTimes:
    @pytest.mark.parametrize(
        ("zone", "opened", "closes"),
        [
            ("Africa/Nairobi", "2025-06-02T08:00", "2025-06-12T20:59"),
            # still 1 June in La Paz
            ("America/La_Paz", "2025-06-02T03:00", "2025-06-12T03:59"),
            # the clocks go back in between: ten days are 241 hours
            ("Europe/Paris", "2025-10-20T08:00", "2025-10-30T22:59"),
        ],
    )
    def test_whole_days_by_the_clocks_of_the_association(self, zone: str, opened: str, closes: str) -> None:
        at = datetime.fromisoformat(opened).replace(tzinfo=UTC)
        assert closing_moment(at, 10, zoneinfo.ZoneInfo(zone)) == datetime.fromisoformat(closes).replace(
            tzinfo=UTC
        )

    def test_the_middle(self) -> None:
        assert middle_of(OPENED, OPENED + timedelta(days=9)) == OPENED + timedelta(days=4, hours=12)


class TestOpening:
    def test_every_named_member_is_told_once(
        self, of_round: Round, manager: User, signatories: list[User]
    ) -> None:
        first = open_window(round_id=of_round.pk, by=manager, at=OPENED)
        again = open_window(round_id=of_round.pk, by=manager, at=OPENED + timedelta(minutes=1))
        assert first.pk == again.pk
        assert mails("reply.opened") == sorted(one.email for one in signatories[:3])
        assert AuditEvent.objects.filter(verb="replies.opened").count() == 1
        said = MailMessage.objects.filter(purpose="reply.opened").first()
        assert said is not None
        assert NAIROBI in said.text

    @pytest.mark.parametrize("role", [Role.ASSOCIATION_REVIEWER, Role.INSTITUTION_SIGNATORY])
    def test_only_a_manager_opens(
        self, of_round: Round, association: Association, members: list[Institution], role: Role
    ) -> None:
        place: Any = association if role == Role.ASSOCIATION_REVIEWER else members[0]
        with pytest.raises(PermissionDenied):
            open_window(round_id=of_round.pk, by=person(role, place), at=OPENED)

    def test_nobody_named_needs_no_time(self, of_round: Round, manager: User) -> None:
        Consent.objects.filter(purpose=ConsentPurpose.NAMED).delete()
        with pytest.raises(ReplyRefused, match="nobody needs to be asked"):
            open_window(round_id=of_round.pk, by=manager, at=OPENED)
        assert publish(round_id=of_round.pk, by=manager, at=OPENED).method["replies"] == {
            "named": 0,
            "replied": 0,
        }

    def test_not_before_the_figures_stand(self, of_round: Round, manager: User) -> None:
        Submission.objects.filter(round=of_round).update(state=ReturnState.IN_REVIEW)
        with pytest.raises(ReplyRefused, match="too few"):
            open_window(round_id=of_round.pk, by=manager, at=OPENED)


class TestPublishingWaits:
    def test_nothing_is_published_before_members_were_asked(self, of_round: Round, manager: User) -> None:
        with pytest.raises(PublishRefused, match="3 members would be named"):
            publish(round_id=of_round.pk, by=manager, at=OPENED)
        assert not Release.objects.exists()

    def test_to_the_very_moment(self, of_round: Round, manager: User) -> None:
        window = open_window(round_id=of_round.pk, by=manager, at=OPENED)
        with pytest.raises(PublishRefused, match="may reply until"):
            publish(round_id=of_round.pk, by=manager, at=window.closes_at)
        after = window.closes_at + timedelta(microseconds=1)
        release = publish(round_id=of_round.pk, by=manager, at=after)
        assert release.method["replies"] == {
            "named": 3,
            "replied": 0,
            "opened_at": window.opened_at.isoformat(),
            "ended_at": window.closes_at.isoformat(),
            "reason": "",
        }

    def test_a_reply_at_the_last_moment_counts_and_one_after_it_does_not(
        self, of_round: Round, manager: User, say: Callable[..., Reply]
    ) -> None:
        window = open_window(round_id=of_round.pk, by=manager, at=OPENED)
        say(0, ReplyKind.SEEN, at=window.closes_at)
        with pytest.raises(ReplyRefused, match="ended at"):
            say(1, ReplyKind.SEEN, at=window.closes_at + timedelta(microseconds=1))

    def test_when_all_have_replied_the_time_ends(
        self, of_round: Round, manager: User, say: Callable[..., Reply]
    ) -> None:
        open_window(round_id=of_round.pk, by=manager, at=OPENED)
        for place in (0, 1):
            say(place, ReplyKind.SEEN)
        assert kinds(of_round, OPENED) == [Block.OPEN]
        say(2, ReplyKind.COMMENT, "We are a young MFI.")
        assert kinds(of_round, OPENED) == []
        assert ReplyWindow.objects.get().ended_at == OPENED
        assert publish(round_id=of_round.pk, by=manager, at=OPENED).method["replies"]["replied"] == 3

    def test_a_manager_ends_it_with_a_reason(self, of_round: Round, manager: User) -> None:
        open_window(round_id=of_round.pk, by=manager, at=OPENED)
        with pytest.raises(ReplyRefused, match="Write why"):
            end_early(round_id=of_round.pk, reason="  ", by=manager, at=OPENED)
        with pytest.raises(ReplyRefused, match="at most 300"):
            end_early(round_id=of_round.pk, reason="x" * 301, by=manager, at=OPENED)
        end_early(round_id=of_round.pk, reason="All agreed in the assembly.", by=manager, at=OPENED)
        release = publish(round_id=of_round.pk, by=manager, at=OPENED)
        assert release.method["replies"]["reason"] == "All agreed in the assembly."
        with pytest.raises(ReplyRefused, match="No time for replies is running"):
            end_early(round_id=of_round.pk, reason="Again.", by=manager, at=OPENED)

    def test_a_correction_blocks_until_staff_answer(
        self, of_round: Round, manager: User, association: Association, say: Callable[..., Reply]
    ) -> None:
        window = open_window(round_id=of_round.pk, by=manager, at=OPENED)
        said = say(0, ReplyKind.CORRECTION, "We have 312 staff, not 321.")
        after = window.closes_at + timedelta(days=1)
        assert kinds(of_round, after) == [Block.UNANSWERED]
        with pytest.raises(PublishRefused, match="has no answer"):
            publish(round_id=of_round.pk, by=manager, at=after)
        reviewer = person(Role.ASSOCIATION_REVIEWER, association)
        answer(reply_id=said.pk, text="The signed return says 321; see your letter.", by=reviewer, at=after)
        assert publish(round_id=of_round.pk, by=manager, at=after).replies == []  # never published

    def test_figures_that_changed_afterwards_are_shown_again(self, of_round: Round, manager: User) -> None:
        window = open_window(round_id=of_round.pk, by=manager, at=OPENED)
        after = window.closes_at + timedelta(days=1)
        Submission.objects.filter(institution__name="Member 01").update(state_since=after)
        later = after + timedelta(days=1)
        with pytest.raises(PublishRefused, match="Member 01"):
            publish(round_id=of_round.pk, by=manager, at=later)
        again = open_window(round_id=of_round.pk, by=manager, at=later)
        assert again.pk != window.pk
        assert (
            publish(round_id=of_round.pk, by=manager, at=again.closes_at + timedelta(seconds=1)).number == 1
        )

    def test_who_agrees_to_be_named_afterwards_is_asked_too(
        self, of_round: Round, manager: User, association: Association, members: list[Institution]
    ) -> None:
        window = open_window(round_id=of_round.pk, by=manager, at=OPENED)
        consent(association, members[4], ConsentPurpose.NAMED)
        after = window.closes_at + timedelta(days=1)
        Consent.objects.filter(institution=members[4], purpose=ConsentPurpose.NAMED).update(given_at=after)
        assert kinds(of_round, after) == [Block.NOT_SHOWN]

    def test_the_command_line_and_imports_say_that_nobody_was_heard(self, of_round: Round) -> None:
        release = publish(round_id=of_round.pk, by=None, at=OPENED)
        assert release.method["replies"] == {"named": 3, "replied": 0, "skipped": "command line"}

    def test_an_imported_round_needs_no_time(self, of_round: Round, manager: User) -> None:
        Round.objects.filter(pk=of_round.pk).update(imported=True)
        release = publish(round_id=of_round.pk, by=manager, at=OPENED)
        assert release.method["replies"]["skipped"] == "imported"

    def test_a_second_edition_is_shown_again(self, of_round: Round, manager: User) -> None:
        window = open_window(round_id=of_round.pk, by=manager, at=OPENED)
        after = window.closes_at + timedelta(days=1)
        publish(round_id=of_round.pk, by=manager, at=after)
        assert kinds(of_round, after + timedelta(days=1)) == [Block.NOT_ASKED]


class TestReplying:
    def test_comments_are_published_with_the_edition(
        self, of_round: Round, manager: User, members: list[Institution], say: Callable[..., Reply]
    ) -> None:
        window = open_window(round_id=of_round.pk, by=manager, at=OPENED)
        say(0, ReplyKind.COMMENT, "Our first word.")
        second = say(0, ReplyKind.COMMENT, "Our last word.", OPENED + timedelta(hours=1))
        say(1, ReplyKind.COMMENT, "Never mind.")
        say(1, ReplyKind.SEEN, at=OPENED + timedelta(hours=2))
        answer(reply_id=second.pk, text="Thank you.", by=manager, at=OPENED + timedelta(hours=3))
        after = window.closes_at + timedelta(days=1)
        release = publish(round_id=of_round.pk, by=manager, at=after)
        assert [(one["name"], one["text"], one["answer"]) for one in release.replies] == [
            ("Member 01", "Our last word.", "Thank you.")
        ]
        # the second of two clicks finds the same edition
        assert publish(round_id=of_round.pk, by=manager, at=after + timedelta(seconds=1)).pk == release.pk

    def test_the_same_again_is_one_reply_and_one_mail(
        self, of_round: Round, manager: User, say: Callable[..., Reply]
    ) -> None:
        open_window(round_id=of_round.pk, by=manager, at=OPENED)
        assert say(0, ReplyKind.COMMENT, "Once.").pk == say(0, ReplyKind.COMMENT, " Once. ").pk
        assert mails("reply.given") == [manager.email]

    @pytest.mark.parametrize(
        ("kind", "text", "words"),
        [
            (ReplyKind.COMMENT, "  ", "Write what you want to say"),
            (ReplyKind.CORRECTION, "", "Write what you want to say"),
            (ReplyKind.COMMENT, "x" * 4001, "at most 4000"),
            ("praise", "x", "Choose what you want to say"),
        ],
    )
    def test_bad_input_is_told_how_to_do_it(
        self, of_round: Round, manager: User, say: Callable[..., Reply], kind: Any, text: str, words: str
    ) -> None:
        open_window(round_id=of_round.pk, by=manager, at=OPENED)
        with pytest.raises(ReplyRefused, match=words):
            say(0, kind, text)
        assert not Reply.objects.exists()

    def test_who_is_not_named_has_nothing_to_reply_to(
        self, of_round: Round, manager: User, say: Callable[..., Reply]
    ) -> None:
        open_window(round_id=of_round.pk, by=manager, at=OPENED)
        with pytest.raises(ReplyRefused, match="not named"):
            say(4, ReplyKind.COMMENT, "And us?")

    def test_before_it_was_opened(self, say: Callable[..., Reply]) -> None:
        with pytest.raises(ReplyRefused, match="not opened"):
            say(0, ReplyKind.SEEN)

    def test_nobody_replies_for_another(
        self, of_round: Round, manager: User, members: list[Institution], signatories: list[User]
    ) -> None:
        open_window(round_id=of_round.pk, by=manager, at=OPENED)
        submission = Submission.objects.get(round=of_round, institution=members[0])
        editor = person(Role.INSTITUTION_EDITOR, members[0])
        for stranger in (signatories[1], manager, editor):
            with pytest.raises(PermissionDenied):
                reply(submission_id=submission.pk, kind=ReplyKind.SEEN, text="", by=stranger, at=OPENED)

    def test_an_answer_is_given_once(
        self, of_round: Round, manager: User, say: Callable[..., Reply], signatories: list[User]
    ) -> None:
        open_window(round_id=of_round.pk, by=manager, at=OPENED)
        said = say(0, ReplyKind.CORRECTION, "Wrong.")
        with pytest.raises(ReplyRefused, match="Write your answer"):
            answer(reply_id=said.pk, text=" ", by=manager, at=OPENED)
        answer(reply_id=said.pk, text="Re-opened.", by=manager, at=OPENED)
        answer(reply_id=said.pk, text="Re-opened.", by=manager, at=OPENED)
        with pytest.raises(ReplyRefused, match="an answer already"):
            answer(reply_id=said.pk, text="Something else.", by=manager, at=OPENED)
        assert mails("reply.answered") == [signatories[0].email]
        with pytest.raises(PermissionDenied):
            answer(reply_id=said.pk, text="Mine.", by=signatories[0], at=OPENED)
        seen = say(1, ReplyKind.SEEN)
        with pytest.raises(ReplyRefused, match="nothing to answer"):
            answer(reply_id=seen.pk, text="Thanks.", by=manager, at=OPENED)


class TestMails:
    def test_half_way_those_who_are_silent_are_reminded_once(
        self, of_round: Round, manager: User, signatories: list[User], say: Callable[..., Reply]
    ) -> None:
        window = open_window(round_id=of_round.pk, by=manager, at=OPENED)
        say(0, ReplyKind.SEEN)
        middle = middle_of(window.opened_at, window.closes_at)
        assert send_due(at=middle - timedelta(microseconds=1)) == 0
        assert send_due(at=middle) == 2
        assert send_due(at=middle + timedelta(hours=1)) == 0
        assert mails("reply.reminder") == sorted(one.email for one in signatories[1:3])

    def test_the_end_is_told_once(self, of_round: Round, manager: User, signatories: list[User]) -> None:
        window = open_window(round_id=of_round.pk, by=manager, at=OPENED)
        assert send_due(at=window.closes_at) == 3  # the reminder that no worker sent before
        after = window.closes_at + timedelta(minutes=1)
        assert send_due(at=after) == 4
        assert send_due(at=after + timedelta(hours=1)) == 0
        assert mails("reply.closed") == sorted(one.email for one in signatories[:3])
        assert mails("reply.closed.staff") == [manager.email]

    def test_months_later_nobody_is_written_to(self, of_round: Round, manager: User) -> None:
        window = open_window(round_id=of_round.pk, by=manager, at=OPENED)
        assert send_due(at=window.closes_at + timedelta(days=60)) == 0


class TestPages:
    def test_from_the_board_to_the_reply_and_its_answer(
        self, of_round: Round, manager: User, members: list[Institution], signatories: list[User]
    ) -> None:
        staff, mfi = signed_in(manager), signed_in(signatories[0])
        submission = Submission.objects.get(round=of_round, institution=members[0])
        board = reverse("replies", args=["aaa", of_round.code])
        page = reverse("reply", args=["aaa", submission.pk])
        overview = reverse("return", args=["aaa", submission.pk])
        assert "Named members were not asked yet" in staff.get(board).content.decode()
        assert "The time for replies has not begun" in mfi.get(page).content.decode()
        assert "Look and reply" not in mfi.get(overview).content.decode()
        staff.post(board, {"action": "open"})
        shown = mfi.get(page).content.decode()
        assert "You have 10 days" in shown
        assert NAIROBI in shown
        assert "Look and reply" in mfi.get(overview).content.decode()
        refused = mfi.post(page, {"kind": "correction", "text": " "})
        assert refused.status_code == 422
        assert "Write what you want to say" in refused.content.decode()
        mfi.post(page, {"kind": "correction", "text": "We have 312 staff <b>now</b>."})
        listed = staff.get(board).content.decode()
        assert "312 staff &lt;b&gt;now&lt;/b&gt;" in listed
        assert "A correction waits for an answer" in listed
        said = Reply.objects.get()
        answered = staff.post(reverse("reply_answer", args=["aaa", said.pk]), {"text": ""})
        assert answered.status_code == 409
        staff.post(reverse("reply_answer", args=["aaa", said.pk]), {"text": "Re-opened for you."})
        assert "Re-opened for you." in mfi.get(page).content.decode()
        assert staff.post(board, {"action": "end", "reason": ""}).status_code == 409
        staff.post(board, {"action": "end", "reason": "All agreed."})
        assert "Named members had their time" in staff.get(board).content.decode()
        assert "The time for replies is over" in mfi.get(page).content.decode()

    def test_home_says_what_to_do_until_when_to_people_of_named_members_alone(
        self, of_round: Round, manager: User, members: list[Institution], say: Callable[..., Reply]
    ) -> None:
        def home(role: Role, place: int) -> str:
            found = signed_in(person(role, members[place])).get(reverse("association_home", args=["aaa"]))
            return " ".join(found.content.decode().split())

        submission = Submission.objects.get(round=of_round, institution=members[0])
        page = f'href="{reverse("reply", args=["aaa", submission.pk])}"'
        assert page not in home(Role.INSTITUTION_SIGNATORY, 0)
        now = timezone.now()
        window = open_window(round_id=of_round.pk, by=manager, at=now)
        shown = home(Role.INSTITUTION_SIGNATORY, 0)
        assert page in shown
        assert clock_of(window.closes_at, NAIROBI, weekday=True) in shown
        assert "10 days left" in shown
        assert "Look and reply" in shown
        assert "Nothing to do now" not in shown
        assert "A signatory of your MFI replies" in home(Role.INSTITUTION_EDITOR, 0)
        assert "named in the report" not in home(Role.INSTITUTION_SIGNATORY, 3)
        say(0, ReplyKind.SEEN, at=now)
        shown = home(Role.INSTITUTION_SIGNATORY, 0)
        assert "You replied:</strong> Seen, nothing to add." in shown
        assert "Look and reply" not in shown
        end_early(round_id=of_round.pk, reason="All agreed.", by=manager, at=timezone.now())
        assert page not in home(Role.INSTITUTION_SIGNATORY, 0)

    def test_the_board_of_the_round_tells_staff_who_replied(
        self, of_round: Round, manager: User, members: list[Institution], say: Callable[..., Reply]
    ) -> None:
        client, board = signed_in(manager), reverse("round_board", args=["aaa", of_round.code])

        def shown() -> str:
            return " ".join(client.get(board).content.decode().split())

        assert "Replies before publication" not in shown()
        window = open_window(round_id=of_round.pk, by=manager, at=timezone.now())
        say(0, ReplyKind.CORRECTION, "We have 312 staff.", timezone.now())
        with CaptureQueriesContext(connection) as one:
            page = shown()
        assert "1 of 3 named members replied." in page
        assert clock_of(window.closes_at, NAIROBI) in page
        assert "1 correction waits for your answer." in page
        assert "A figure is wrong and should be corrected" in page
        assert page.count("not yet") == 2
        assert f'href="{reverse("replies", args=["aaa", of_round.code])}"' in page
        for place in (1, 2):
            say(place, ReplyKind.SEEN, at=timezone.now())
        with CaptureQueriesContext(connection) as three:
            page = shown()
        assert "3 of 3 named members replied." in page
        assert "The time for replies is over." in page
        assert len(one) == len(three)

    def test_texts_that_name_the_member_are_shown_to_it_alone(
        self, of_round: Round, manager: User, members: list[Institution], signatories: list[User]
    ) -> None:
        for number, words in enumerate(("Member 01 grew fast.", "Member 02 shrank.")):
            ChapterText.objects.create(
                association=of_round.association,
                round=of_round,
                chapter=f"outreach{number}",
                language="en",
                text=words,
                changed_at=OPENED,
                changed_by=manager,
            )
        submission = Submission.objects.get(round=of_round, institution=members[0])
        page = signed_in(signatories[0]).get(reverse("reply", args=["aaa", submission.pk])).content.decode()
        assert "Member 01 grew fast." in page
        assert "shrank" not in page

    def test_as_many_queries_for_three_named_members_as_for_one(
        self, of_round: Round, manager: User, members: list[Institution], say: Callable[..., Reply]
    ) -> None:
        open_window(round_id=of_round.pk, by=manager, at=timezone.now())
        client, address = signed_in(manager), reverse("replies", args=["aaa", of_round.code])
        say(0, ReplyKind.COMMENT, "One.", timezone.now())
        client.get(address)
        with CaptureQueriesContext(connection) as one:
            client.get(address)
        for place in (1, 2):
            say(place, ReplyKind.COMMENT, "More.", timezone.now())
        with CaptureQueriesContext(connection) as three:
            client.get(address)
        assert len(one) == len(three)
