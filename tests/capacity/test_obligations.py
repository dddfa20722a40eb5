"""Reports that are owed to donors: drafts that only the association reads, a review, and reminders sent once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from capacity.due import STEPS, newest_step
from capacity.enums import DutyState
from capacity.models import Obligation
from capacity.selectors.support import Between, calendar, last_report, shows_file
from capacity.services import escalation, obligations
from members.enums import Role
from spm_portal.common.models import MailMessage
from spm_portal.common.refusal import Refused
from tests.capacity.support import NOW, accepted_offer
from tests.cast import Cast
from tests.factories.members import give_role

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

DUE = date(2026, 6, 30)
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def duty(cast: Cast) -> Obligation:
    """A report that Amani owes Horizon at the end of June."""
    return obligations.add(
        offer_id=accepted_offer(cast).pk, title="First report", due_on=DUE, by=cast.donor, at=NOW
    )


def written(duty: Obligation, cast: Cast, text: str, **fields: Any) -> dict[str, Any]:
    return {
        "obligation_id": duty.pk,
        "text": text,
        "version": duty.version,
        "by": cast.reviewer,
        "at": NOW,
        **fields,
    }


def mailed(purpose: str) -> list[str]:
    return sorted(MailMessage.objects.filter(purpose=purpose).values_list("to", flat=True))


def test_a_report_goes_from_draft_to_accepted(cast: Cast, duty: Obligation) -> None:
    review: dict[str, Any] = {"obligation_id": duty.pk, "by": cast.donor, "at": NOW}
    with pytest.raises(Refused, match="cannot be done while"):
        obligations.accept(**review)
    with pytest.raises(Refused, match="nothing to hand in"):
        obligations.hand_in(**written(duty, cast, " "))
    duty = obligations.save_draft(**written(duty, cast, "Half of it"))
    assert (duty.state, last_report(duty)) == (DutyState.DRAFT, "")
    file = SimpleUploadedFile("report.pdf", PDF)
    sent = written(duty, cast, "All of it")
    duty = obligations.hand_in(**sent, upload=file)
    file.seek(0)
    assert obligations.hand_in(**sent, upload=file).version == duty.version  # the second of two clicks
    assert mailed("obligation.moved") == [cast.donor.email]
    assert (last_report(duty), shows_file(duty)) == ("All of it", True)
    with pytest.raises(Refused, match="cannot be changed"):
        obligations.save_draft(**written(duty, cast, "More"))
    with pytest.raises(Refused, match="Write your questions"):
        obligations.ask(**review, text="")
    duty = obligations.ask(**review, text="How many women?")
    assert obligations.ask(**review, text="How many women?").steps.count() == duty.steps.count()
    duty = obligations.save_draft(**written(duty, cast, "All of it, and 40 women"))
    # while the association works on it, the donor reads what was handed in, and no file that may be a new one
    assert (last_report(duty), shows_file(duty)) == ("All of it", False)
    duty = obligations.hand_in(**written(duty, cast, "All of it, and 40 women"))
    duty = obligations.accept(**review, text="Thank you.")
    assert obligations.accept(**review).state == DutyState.ACCEPTED
    assert [step.state for step in duty.steps.order_by("at", "pk")].count(DutyState.ACCEPTED) == 1
    with pytest.raises(Refused, match="cannot be done while"):
        obligations.skip(**review, reason="Late.")


def test_two_colleagues_never_write_over_each_other(cast: Cast, duty: Obligation) -> None:
    mine, theirs = written(duty, cast, "Mine"), written(duty, cast, "Theirs", by=cast.manager)
    obligations.save_draft(**theirs)
    with pytest.raises(Refused, match="Somebody else changed this report"):
        obligations.hand_in(**mine)
    assert Obligation.objects.get().text == "Theirs"


def test_each_side_does_its_own_part(cast: Cast, duty: Obligation) -> None:
    for person in (cast.donor, cast.other_manager, cast.signatory):
        with pytest.raises(PermissionDenied):
            obligations.save_draft(**written(duty, cast, "No", by=person))
    for person in (cast.manager, cast.other_donor):
        with pytest.raises(PermissionDenied):
            obligations.skip(obligation_id=duty.pk, reason="Easier.", by=person, at=NOW)
    with pytest.raises(Refused, match="why it is not needed"):
        obligations.skip(obligation_id=duty.pk, reason=" ", by=cast.donor, at=NOW)
    with pytest.raises(Refused, match="is not a kind of file"):
        obligations.save_draft(**written(duty, cast, ""), upload=SimpleUploadedFile("virus.exe", b"MZ"))
    again = obligations.add(
        offer_id=duty.offer_id, title=" First  report ", due_on=DUE, by=cast.manager, at=NOW
    )
    assert again.pk == duty.pk


@pytest.mark.parametrize(
    ("today", "since", "step"),
    [
        (DUE - timedelta(days=15), date(2026, 1, 1), None),
        (DUE - timedelta(days=14), date(2026, 1, 1), -14),
        (DUE - timedelta(days=1), date(2026, 1, 1), -3),
        (DUE, date(2026, 1, 1), -3),
        (DUE + timedelta(days=29), date(2026, 1, 1), 7),
        (DUE + timedelta(days=400), date(2026, 1, 1), 30),
        (DUE - timedelta(days=4), DUE - timedelta(days=10), None),  # it was not owed on that day
    ],
)
def test_the_newest_step_alone_is_due(today: date, since: date, step: int | None) -> None:
    assert newest_step(DUE, today=today, since=since) == step


def test_reminders_go_out_once_and_reach_the_donor_when_it_is_late(cast: Cast, duty: Obligation) -> None:
    give_role(cast.other_reviewer, Role.DONOR_READER, cast.horizon)
    staff = sorted([cast.manager.email, cast.second_manager.email, cast.reviewer.email])
    sent = []
    for step in STEPS:
        morning = datetime(2026, 6, 30, 5, 10, tzinfo=UTC) + timedelta(days=step)
        sent.append(escalation.send_due(at=morning))
        sent.append(escalation.send_due(at=morning + timedelta(hours=1)))
    assert sent == [1, 0] * len(STEPS)
    assert mailed("obligation.reminder") == sorted(staff * len(STEPS))
    assert mailed("obligation.late") == sorted([cast.donor.email, cast.other_reviewer.email] * 2)
    assert MailMessage.objects.filter(subject="“First report” is due in 3 days").count() == len(staff)
    # another day begins the steps anew, and tells the staff
    obligations.put_off(obligation_id=duty.pk, due_on=date(2026, 9, 30), by=cast.donor, at=NOW)
    assert mailed("obligation.put_off") == staff
    assert escalation.send_due(at=datetime(2026, 9, 27, 6, 0, tzinfo=UTC)) == 1
    # what is with the donor is not reminded of
    duty.refresh_from_db()
    obligations.hand_in(**written(duty, cast, "Here it is."))
    assert escalation.send_due(at=datetime(2026, 10, 30, 6, 0, tzinfo=UTC)) == 0


def test_the_owner_of_the_item_is_reminded_with_the_managers(cast: Cast, duty: Obligation) -> None:
    item = duty.offer.item
    item.owner = cast.reviewer
    item.save()
    cast.manager.role_assignments.update(ended_at=NOW - timedelta(days=1))
    escalation.send_due(at=datetime(2026, 6, 27, 6, 0, tzinfo=UTC))
    assert mailed("obligation.reminder") == sorted([cast.reviewer.email, cast.second_manager.email])


def test_the_calendar_tells_who_is_late_and_who_waits(cast: Cast, duty: Obligation) -> None:
    offer = duty.offer
    for title, due in (("Soon", date(2026, 7, 10)), ("Later", date(2026, 12, 1)), ("Skipped", DUE)):
        obligations.add(offer_id=offer.pk, title=title, due_on=due, by=cast.donor, at=NOW)
    skipped = Obligation.objects.get(title="Skipped")
    obligations.skip(obligation_id=skipped.pk, reason="Twice.", by=cast.donor, at=NOW)
    today = date(2026, 7, 5)
    for between, person in (
        (Between(association=cast.amani), cast.reviewer),
        (Between(donor=cast.horizon), cast.donor),
    ):
        told = calendar(between, person, today=today)
        groups = {
            name: [line.duty.title for line in getattr(told, name)]
            for name in ("late", "soon", "later", "with_donor", "settled")
        }
        assert groups == {
            "late": ["First report"],
            "soon": ["Soon"],
            "later": ["Later"],
            "with_donor": [],
            "settled": ["Skipped"],
        }
        assert told.late[0].days == -5
    assert calendar(Between(donor=cast.horizon), cast.other_donor, today=today).is_empty
    obligations.hand_in(**written(duty, cast, "Here."))
    told = calendar(Between(association=cast.amani), cast.reviewer, today=date(2026, 3, 20))
    assert [(line.duty.title, line.waits) for line in told.with_donor] == [("First report", 10)]
