"""Builds the demonstration through the services, as its people would have done it over three years."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from capacity.demo.build import build_capacity
from capacity.services.frameworks import shipped_version
from members.enums import ConsentPurpose, Role
from members.models import Association, Donor, Institution, User
from members.services import associations, consents, donors, register, roles
from reporting.demo.cast import DONORS, INSTITUTIONS, PEOPLE, DemoInstitution
from reporting.demo.consents import give_consents, read_as_donor
from reporting.demo.figures import Values, returns_of
from reporting.demo.levels import check
from reporting.demo.peers import make_groups, propose_another
from reporting.demo.people import make_person
from reporting.demo.words import write_report
from reporting.enums import AnswerSource, Move, ReplyKind, ReturnState
from reporting.models import Round, Submission
from reporting.selectors.member_reports import MEMBER_REPORT_KIND
from reporting.selectors.returns import load_sheet
from reporting.services.answers import explain, import_answers
from reporting.services.catalogues import default_version
from reporting.services.questions import answer, ask
from reporting.services.releases import publish
from reporting.services.replies import answer as answer_reply
from reporting.services.replies import open_window, reply
from reporting.services.rounds import RoundSpec, close_round, open_round
from reporting.services.transitions import move
from reporting.services.what_changed import work_out
from spm_portal.common.models import Job, JobState
from training.demo.build import begin_training, build_training

SLUG = "amani"
TIME_ZONE = "Africa/Nairobi"
RATES = {
    0: (Decimal("156.4600"), 251_000),
    1: (Decimal("129.3000"), 268_000),
    2: (Decimal("129.1500"), 281_000),
}
WITHOUT_CONSENT = {"Bahari"}  # reports, but does not let its figures count
UNNAMED = {"Lakeshore", "Hekima"}  # count, but are not named

# Where each member stands in the open round; those not listed have not begun.
STANDING: dict[str, str] = {
    **dict.fromkeys(
        ("Tumaini", "Mwangaza", "Umoja", "Daraja", "Wanawake", "Maendeleo"), ReturnState.APPROVED
    ),
    **dict.fromkeys(("Jitegemee", "Zawadi", "Pamoja"), ReturnState.IN_REVIEW),
    **dict.fromkeys(("Kilimo", "Green Valley", "First Rift"), ReturnState.SUBMITTED),
    **dict.fromkeys(("Safari Rural", "Imani"), ReturnState.RETURNED),
    **dict.fromkeys(("Neema", "Sunrise"), ReturnState.RESUBMITTED),
    **dict.fromkeys(("Upendo", "Highland Coop", "Pamoja Agri", "Lakeshore", "Baraka"), ReturnState.DRAFT),
}
# How much of the form the drafts hold, and what is wrong with them.
DRAFTS: dict[str, tuple[float, Values]] = {
    "Upendo": (0.66, {"female_borrowers": 26_900, "new_borrowers": 9_300}),
    "Highland Coop": (0.93, {"staff_left_voluntary": 61}),
    "Pamoja Agri": (0.38, {}),
    "Lakeshore": (0.12, {}),
    "Baraka": (0.55, {"par30_balance": 61_000_000}),
}
# True but odd figures of the open round, and what the member says about them.
ODDITIES: dict[str, tuple[str, str, float, str]] = {
    "Zawadi": (
        "par30_balance",
        "gross_loan_portfolio",
        0.118,
        "Floods in the lake region in October: 31 groups reschedule, their loans are overdue until January.",
    ),
    "Kilimo": (
        "staff_left_voluntary",
        "staff_total",
        0.44,
        "A new bank opened in our area and hired two of our branch teams.",
    ),
    "Sunrise": (
        "staff_left_voluntary",
        "staff_total",
        0.47,
        "Two branches closed in March; 52 people took the leaving package. See the board minutes.",
    ),
}
# What the reviewer asks of those whose return goes back: the value, and the question.
QUESTIONS: dict[str, tuple[str, str]] = {
    "Safari Rural": (
        "active_borrowers",
        "Does the number of borrowers match your branch list? Its sum looks higher.",
    ),
    "Imani": (
        "complaints_received",
        "Complaints received look low for your size. Please confirm the figure or add the branch registers.",
    ),
    "Neema": ("complaints_received", "Are complaints by telephone counted here too?"),
    "Sunrise": ("staff_left_voluntary", "Please explain the rise in staff turnover."),
}
# What named members say before publication.
HEARD: dict[str, tuple[ReplyKind, str]] = {
    "Tumaini": (ReplyKind.SEEN, ""),
    "Umoja": (
        ReplyKind.COMMENT,
        "Our loan book fell because we wrote off old loans in full; we did not lend less to women.",
    ),
    "Daraja": (ReplyKind.SEEN, ""),
}
HEARD_ANSWER = "Thank you. The comment is published with the figures."
REPLY = "We asked our branches once more. The return now says what their registers say."


@dataclass(frozen=True, slots=True)
class Demo:
    """What was built."""

    association: Association
    rounds: tuple[Round, ...]


def build_demo(*, at: datetime) -> Demo:
    """Make the fictional association with its members, people and three rounds, the last one open at `at`."""
    last = at.year - 1
    begun = at - timedelta(days=900)
    shipped_version(at=begun)
    association = associations.create_association(
        name="Amani Microfinance Network",
        slug=SLUG,
        at=begun,
        short_name="Amani Network",
        countries=["KE"],
        currency="KES",
        time_zone=TIME_ZONE,
        accent_colour="#0b6e4f",
        has_public_page=True,
    )
    institutions = {each.short_name: _institution(association, each, begun) for each in INSTITUTIONS}
    people = _people(association, institutions, begun)
    partners = _donors(association, begun)
    for donor in partners:
        _grant_donor(donor, begun)
    years = range(last - 2, last + 1)
    returns = {each.short_name: returns_of(each, years) for each in INSTITUTIONS}
    rounds = []
    for number, year in enumerate(years):
        opened = at - timedelta(days=365 * (last - year) + 45)
        round_ = _open(association, year, number, institutions, people["manager"], opened)
        if number == 0:
            make_groups(association, people, at=opened)
        for short_name, by_year in returns.items():
            submission = round_.submissions.filter(institution=institutions[short_name]).first()
            if submission is not None:
                _answer(submission, short_name, by_year[year], people, opened, is_open=year == last)
        if year != last:
            done = opened + timedelta(days=75)
            close_round(round_id=round_.pk, by=people["manager"], at=done)
            if year == last - 1:
                write_report(round_, institutions["Tumaini"], by=people["manager"], at=done)
            _hear(round_, people, done)
            publish(round_id=round_.pk, by=people["manager"], at=done + timedelta(days=16))
        rounds.append(round_)
    training = begin_training(
        association,
        manager=people["manager"],
        reviewer=people["reviewer"],
        members=institutions,
        people=people,
        at=at,
    )
    published = rounds[-2].releases.get()
    work_out(after=published, by=people["manager"], at=published.published_at + timedelta(days=30))
    give_consents(association, institutions, partners, people, at=at - timedelta(days=60))
    reader = User.objects.get(email="donor@demo.example")
    read_as_donor(partners[0], reader, rounds[-2], institutions["Upendo"], at=at - timedelta(days=20))
    propose_another(association, people, at=at - timedelta(days=3))
    build_capacity(
        association,
        manager=people["manager"],
        reviewer=people["reviewer"],
        donors=[(partner, _reader_of(partner)) for partner in partners],
        at=at,
    )
    build_training(training, donor=partners[0])
    _leave_reports_to_be_asked_for(institutions["Upendo"])
    return Demo(association, tuple(rounds))


def _leave_reports_to_be_asked_for(shown: Institution) -> None:
    """Take back what approvals of past years asked of the worker, but for one MFI: it would be busy for minutes."""
    newest = Submission.objects.approved().filter(institution=shown).latest("round__period_end")
    asked = Job.objects.filter(kind=MEMBER_REPORT_KIND, state=JobState.QUEUED)
    asked.exclude(args__submission=str(newest.pk)).delete()


def _hear(of_round: Round, people: Mapping[str, User], at: datetime) -> None:
    """Let the named members look before publication: some say so, one comments and is answered."""
    open_window(round_id=of_round.pk, by=people["manager"], at=at)
    submissions = {
        one.institution.short_name: one for one in of_round.submissions.select_related("institution")
    }
    for day, (short_name, (kind, text)) in enumerate(HEARD.items(), start=2):
        if short_name not in submissions:
            continue
        said = reply(
            submission_id=submissions[short_name].pk,
            kind=kind,
            text=text,
            by=people[short_name],
            at=at + timedelta(days=day),
        )
        if kind == ReplyKind.COMMENT:
            answer_reply(
                reply_id=said.pk, text=HEARD_ANSWER, by=people["reviewer"], at=at + timedelta(days=day + 1)
            )


def _institution(association: Association, each: DemoInstitution, at: datetime) -> Institution:
    institution = register.create_institution(
        name=each.name, short_name=each.short_name, country="KE", owner_group=each.owner_group, at=at
    )
    register.add_member(
        association=association, institution=institution, joined_on=date(each.joined, 1, 15), at=at
    )
    for purpose in ConsentPurpose.values:
        if each.short_name in WITHOUT_CONSENT or (
            purpose == ConsentPurpose.NAMED and each.short_name in UNNAMED
        ):
            continue
        consents.give(association=association, institution=institution, purpose=purpose, by=None, at=at)
    return institution


def _people(
    association: Association, institutions: Mapping[str, Institution], at: datetime
) -> dict[str, User]:
    """The people that can sign in, and a signatory without password for every other MFI; by role or MFI."""
    found: dict[str, User] = {}
    for person in PEOPLE:
        user = make_person(person.email, person.name, at, language=person.language, time_zone=TIME_ZONE)
        role = Role(person.role)
        if role == Role.PLATFORM_OPERATOR:
            roles.grant_role(user=user, role=role, organisation=None, at=at)
        elif person.place in institutions:
            roles.grant_role(user=user, role=role, organisation=institutions[person.place], at=at)
            if role == Role.INSTITUTION_SIGNATORY:
                found[person.place] = user
        elif role != Role.DONOR_READER:
            roles.grant_role(user=user, role=role, organisation=association, at=at)
            found[role.removeprefix("association_")] = user
    for short_name, institution in institutions.items():
        if short_name not in found:
            address = f"director.{institution.short_name.lower().replace(' ', '-')}@demo.example"
            found[short_name] = make_person(
                address, f"Director of {short_name}", at, can_sign_in=False, time_zone=TIME_ZONE
            )
            roles.grant_role(
                user=found[short_name], role=Role.INSTITUTION_SIGNATORY, organisation=institution, at=at
            )
    return found


def _donors(association: Association, at: datetime) -> list[Donor]:
    made = []
    for name, slug in DONORS:
        donor = donors.create_donor(name=name, slug=slug, at=at)
        donors.share(association=association, donor=donor, since=at.date(), at=at)
        made.append(donor)
    return made


def _grant_donor(donor: Donor, at: datetime) -> None:
    for person in PEOPLE:
        if person.place == donor.slug:
            user = User.objects.get(email=person.email)
            roles.grant_role(user=user, role=Role.DONOR_READER, organisation=donor, at=at)


def _reader_of(donor: Donor) -> User:
    email = next(person.email for person in PEOPLE if person.place == donor.slug)
    found: User = User.objects.get(email=email)
    return found


def _open(
    association: Association,
    year: int,
    number: int,
    institutions: Mapping[str, Institution],
    by: User,
    at: datetime,
) -> Round:
    rate, income = RATES[number]
    spec = RoundSpec(
        code=str(year),
        name=f"Social performance report {year}",
        year=year,
        period_end=date(year, 12, 31),
        catalogue=default_version(at),
        due_at=(at + timedelta(days=57)).replace(hour=20, minute=59, second=0, microsecond=0),
        exchange_rate_usd=rate,
        gni_per_capita=Decimal(income),
    )
    invited = [
        institutions[each.short_name]
        for each in INSTITUTIONS
        if each.joined <= year  # the newest member was not there yet in the first round
    ]
    return open_round(association=association, spec=spec, institutions=invited, by=by, at=at)


def _answer(
    submission: Submission,
    short_name: str,
    values: Values,
    people: Mapping[str, User],
    opened: datetime,
    *,
    is_open: bool,
) -> None:
    """Take one return as far as it should be."""
    standing = STANDING.get(short_name) if is_open else ReturnState.APPROVED
    if standing is None:
        return
    signatory, reviewer = people[short_name], people["reviewer"]
    day = opened + timedelta(days=6 + sum(map(ord, short_name)) % 25)
    if standing == ReturnState.DRAFT:
        share, changes = DRAFTS[short_name]
        kept = dict(list(values.items())[: round(len(values) * share)]) | changes
        _write(submission, kept, signatory, day)
        return
    if is_open and short_name in ODDITIES:
        code, whole, share, _reason = ODDITIES[short_name]
        values = values | {code: round(values[whole] * share)}
    _write(submission, values, signatory, day)
    _explain(submission, short_name, signatory, day)

    def step(name: Move, by: User, days: int, comment: str = "") -> None:
        move(submission_id=submission.pk, move=name, by=by, at=day + timedelta(days=days), comment=comment)

    step(Move.SUBMIT, signatory, 1)
    if standing == ReturnState.SUBMITTED:
        return
    step(Move.START_REVIEW, reviewer, 3)
    check(submission, short_name, by=reviewer, at=day + timedelta(days=3, hours=2))
    if standing in {ReturnState.RETURNED, ReturnState.RESUBMITTED}:
        code, text = QUESTIONS[short_name]
        ask(submission_id=submission.pk, code=code, text=text, by=reviewer, at=day + timedelta(days=4))
        step(Move.SEND_BACK, reviewer, 4)
    if standing == ReturnState.RESUBMITTED:
        _write(submission, _corrected(values), signatory, day + timedelta(days=6))
        _explain(submission, short_name, signatory, day + timedelta(days=6))
        asked = submission.questions.get()
        answer(question_id=asked.pk, text=REPLY, by=signatory, at=day + timedelta(days=6))
        step(Move.SUBMIT, signatory, 6)
    if standing == ReturnState.APPROVED:
        step(Move.APPROVE, reviewer, 5)


def _write(submission: Submission, values: Values, by: User, at: datetime) -> None:
    result = import_answers(
        submission_id=submission.pk, values=values, by=by, at=at, source=AnswerSource.PAGE
    )
    if result.refused:
        raise ValueError(f"{submission}: {result.refused}")


def _explain(submission: Submission, short_name: str, by: User, at: datetime) -> None:
    """Give a reason for every warning, as the form asks."""
    usual = "Checked against the audited accounts; the figure is right."
    reason = ODDITIES[short_name][3] if short_name in ODDITIES else usual
    for finding in load_sheet(submission).open_warnings:
        explain(submission_id=submission.pk, rule=finding.rule, reason=reason, by=by, at=at)


def _corrected(values: Values) -> dict[str, Any]:
    """A return after questions: one figure corrected, one practice rated more strictly."""
    return values | {
        "complaints_received": values["complaints_received"] + 9,
        "feedback_used": 0.5 if values["feedback_used"] == 1 else 0,
    }
