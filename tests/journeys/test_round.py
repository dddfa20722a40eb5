"""The main job from end to end through pages: a round is opened, answered, reviewed, published and printed."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import page as pdf_rules
import pytest
from playwright.sync_api import Page, expect

from members.models import Institution, Membership, User
from reporting.enums import Move
from reporting.models import Round
from reporting.selectors.returns import load_sheet
from reporting.services.answers import explain
from reporting.services.transitions import move
from tests.cast import Cast, make_cast
from tests.factories.members import PASSWORD, InstitutionFactory, MembershipFactory, UserFactory
from tests.factories.releases import consent
from tests.factories.reporting import CatalogueVersionFactory, default_catalogue, fill
from tests.journeys.filling import VALUES, a_pdf, answer_by_keyboard, fill_section
from tests.plugins.browser import Pages
from tests.plugins.worker_process import ProcessFactory

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

YEAR = datetime.now(UTC).year - 1
NEW = "new.editor@example.org"
STRONG = "lantern orchid 42 canoe"
# All nine types of indicators are in these; the rest is filled in on pages without scripts.
BY_KEYBOARD = ("PRO", "MIS", "OUT", "PRI")


@pytest.fixture
def cast() -> Cast:
    """Amani with five members: Kilimo, whose people work on pages here, and four whose work services do."""
    found = make_cast()
    CatalogueVersionFactory()
    Membership.objects.filter(institution=found.pamoja, association=found.amani).delete()
    for number in (1, 2, 3):
        MembershipFactory(association=found.amani, institution=InstitutionFactory(name=f"Tano {number}"))
    for member in Institution.objects.members_of(found.amani):
        consent(found.amani, member)
    return found


def finish(of_round: Round, institutions: list[Institution], cast: Cast) -> None:
    """The other members report, and the reviewer approves."""
    for number, institution in enumerate(institutions):
        submission = of_round.submissions.get(institution=institution)
        signatory = signatory_of(institution)
        scaled = {
            code: value * (number + 2) // 2
            if isinstance(value, int) and not isinstance(value, bool) and value > 2500
            else value
            for code, value in VALUES.items()
        }
        fill(submission, scaled, at=datetime.now(UTC))
        for finding in load_sheet(submission).open_warnings:
            explain(
                submission_id=submission.pk,
                rule=finding.rule,
                reason="True.",
                by=signatory,
                at=datetime.now(UTC),
            )
        for one, by in (
            (Move.SUBMIT, signatory),
            (Move.START_REVIEW, cast.reviewer),
            (Move.APPROVE, cast.reviewer),
        ):
            move(submission_id=submission.pk, move=one, by=by, at=datetime.now(UTC))


def signatory_of(institution: Institution) -> User:
    """Somebody who signs for it."""
    from members.enums import Role
    from tests.factories.members import give_role

    user: User = UserFactory()
    give_role(user, Role.INSTITUTION_SIGNATORY, institution)
    return user


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def ledger_link(operator: Page, to: str, subject: str, kind: str) -> str:
    """The link in a mail, as the operator finds it in the ledger."""
    operator.goto("/ops/mail/")
    row = operator.get_by_role("row").filter(has=operator.get_by_role("cell", name=to, exact=True))
    row.get_by_role("link", name=subject).click()
    link = operator.locator(f"main a[href*='{kind}']").first.get_attribute("href")
    assert link is not None
    return link


def test_from_the_invitation_to_the_published_pdf(
    pages: Pages,
    cast: Cast,
    links_to_here: str,
    processes: ProcessFactory,
    tmp_path: Path,
) -> None:
    file = a_pdf(tmp_path)
    manager = pages.open()
    operator = pages.open(cast.operator)

    # The manager signs in and invites an editor of Kilimo, then opens the round.
    sign_in(manager, cast.manager.email, PASSWORD)
    expect(manager.get_by_role("heading", level=1)).to_have_text("Amani Microfinance Network")
    manager.goto(f"/i/{cast.kilimo.pk}/people/")
    manager.get_by_label("E-mail address").fill(NEW)
    manager.get_by_label("MFI editor").check()
    manager.get_by_role("button", name="Send invitation").click()
    expect(manager.get_by_role("status")).to_contain_text("is on its way")
    open_round(manager)
    expect(manager.get_by_role("row").filter(has_text="Kilimo")).to_contain_text("Draft")

    # The signatory is told by mail; the editor comes in by the link.
    link = ledger_link(operator, cast.signatory.email, f"Report {YEAR}", "/returns/")
    assert link.startswith(links_to_here)
    editor = pages.open()
    editor.goto(ledger_link(operator, NEW, "invites you to Kilimo", "/invitation/"))
    editor.get_by_label("Your name").fill("Daniel Mutua")
    editor.get_by_label("Password", exact=True).fill(STRONG)
    editor.get_by_label("The same password again").fill(STRONG)
    editor.get_by_role("button", name="Accept and sign in").click()
    editor.locator("summary").filter(has_text="Your account").click()
    editor.get_by_role("button", name="Sign out").click()
    sign_in(editor, NEW, STRONG)
    expect(editor.get_by_role("heading", name=f"Report {YEAR}: Kilimo Savings")).to_be_visible()
    editor.get_by_role("link", name="Start").click()
    of_round = Round.objects.get(association=cast.amani)
    address = f"/a/amani/returns/{of_round.submissions.get(institution=cast.kilimo).pk}/"

    # Key by key: saved marks, an error that is corrected, a warning that is explained.
    kinds = set()
    for section in BY_KEYBOARD:
        editor.goto(f"{address}sections/{section}/")
        for one in default_catalogue().section(section).indicators:
            if one.code in VALUES:
                answer_by_keyboard(editor, one.code, VALUES[one.code], file)
                kinds.add(one.type.value)
    editor.goto(f"{address}sections/OUT/")
    answer_by_keyboard(editor, "female_borrowers", 25_000, file)
    expect(editor.locator("#problems")).to_contain_text("1 error: correct it before you submit")
    expect(editor.locator("#v-female_borrowers")).to_have_attribute("aria-invalid", "true")
    answer_by_keyboard(editor, "female_borrowers", VALUES["female_borrowers"], file)
    expect(editor.locator("#problems")).not_to_contain_text("error")

    # The rest on a telephone without scripts.
    plain = pages.open(User.objects.get(email=NEW), javascript=False)
    for section in default_catalogue().sections:
        if section.code not in BY_KEYBOARD:
            plain.goto(f"{address}sections/{section.code}/")
            fill_section(plain, section.code, file)
            kinds.update(one.type.value for one in section.indicators if one.code in VALUES)
    assert len(kinds) == 9
    editor.goto(f"{address}sections/GOV/")
    answer_by_keyboard(editor, "board_trained_spm", 0, file)
    expect(editor.locator("#problems")).to_contain_text("1 warning: correct it or say why it is right")
    editor.get_by_label("Why the figure is right").fill("The training was put off to March.")
    editor.get_by_role("button", name="Keep this reason").click()
    expect(editor.locator("#problems")).to_contain_text("1 warning with a reason")
    editor.goto(address)
    expect(editor.locator(".next-step")).to_contain_text("a signatory of your MFI can submit it")

    # The signatory signs; the reviewer sends it back; the correction is shown to the reviewer.
    signatory = pages.open(cast.signatory)
    signatory.goto(link)
    submit(signatory)
    expect(signatory.get_by_role("heading", level=1)).to_have_text(
        re.compile(r"Receipt AMANI-\d{4}-\d{4}-\w+")
    )
    reviewer = pages.open(cast.reviewer)
    review(reviewer)
    expect(reviewer.get_by_text("The training was put off to March.").first).to_be_visible()
    reviewer.goto(f"{reviewer.url.partition('?')[0]}?section=OUT&ask=depositors")
    reviewer.get_by_label("What do you ask").fill("Depositors look low. Please check the branch list.")
    reviewer.get_by_role("button", name="Ask", exact=True).click()
    reviewer.get_by_role("button", name="Return with questions").click()
    expect(reviewer.get_by_role("status")).to_contain_text("back with Kilimo")
    editor.goto("/")
    expect(editor.locator("main")).to_contain_text("Your association sent it back.")
    editor.goto(f"{address}sections/OUT/")
    answer_by_keyboard(editor, "depositors", 23_900, file)
    editor.get_by_label("Your answer").fill("The list was old. It is right now.")
    editor.get_by_role("button", name="Answer", exact=True).click()
    signatory.goto(address)
    submit(signatory)
    review(reviewer)
    expect(reviewer.locator("main")).to_contain_text("1 answer changed since staff last looked")
    reviewer.get_by_role("button", name="Approve").click()
    reviewer.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(reviewer.get_by_role("status")).to_contain_text("is approved")

    # Four more members, then the manager publishes and a worker makes the report.
    finish(of_round, list(Institution.objects.members_of(cast.amani).exclude(pk=cast.kilimo.pk)), cast)
    content = publish_and_print(manager, processes, links_to_here, of_round.code)
    assert content.startswith(b"%PDF")
    report = tmp_path / "report.pdf"
    report.write_bytes(content)
    words = subprocess.run(["pdftotext", report, "-"], check=True, capture_output=True, text=True).stdout
    assert "Amani Microfinance Network" in words
    assert not pdf_rules.validate_pdf_bytes(content, profile=pdf_rules.ValidationProfile.PDF_UA_1).failures
    operator.goto("/ops/mail/")
    expect(operator.get_by_role("link", name=re.compile("report", re.IGNORECASE)).first).to_be_visible()


def open_round(manager: Page) -> None:
    """The suggestions are right; only figures for all members are added."""
    manager.goto("/a/amani/rounds/new/")
    manager.get_by_label("Exchange rate").fill("1")
    manager.get_by_label("GNI per person").fill("1,900")
    manager.get_by_role("button", name="Show the summary").last.click()
    expect(manager.get_by_role("heading", name="This is what will happen")).to_be_visible()
    expect(manager.locator("main")).to_contain_text("5 members are invited")
    manager.get_by_role("button", name="Open the round").click()
    expect(manager.get_by_role("heading", level=1)).to_contain_text(f"Report {YEAR}")


def submit(signatory: Page) -> None:
    signatory.get_by_role("link", name="Check and submit").click()
    signatory.get_by_label("Your name, as your signature").fill("Signatory")
    signatory.get_by_role("button", name="Sign and submit").click()


def review(reviewer: Page) -> None:
    """From home to the return that waits, and into review."""
    reviewer.goto("/")
    reviewer.get_by_role("link", name="Kilimo").first.click()
    reviewer.get_by_role("button", name="Start review").click()
    expect(reviewer.get_by_role("button", name="Approve")).to_be_visible()


def publish_and_print(manager: Page, processes: ProcessFactory, origin: str, code: str) -> bytes:
    """Hear the named members, publish by the dialog, ask for the report, follow its progress and download it."""
    manager.goto(f"/a/amani/rounds/{code}/publish/")
    expect(manager.locator("main")).to_contain_text("Named members were not asked yet")
    manager.get_by_role("link", name="Replies of named members").click()
    manager.get_by_role("button", name="Open the time for replies").click()
    expect(manager.get_by_role("status")).to_contain_text("told by mail")
    manager.get_by_label("Reason").fill("All members agreed in the assembly.")
    manager.get_by_role("button", name="End it now").click()
    expect(manager.locator("main")).to_contain_text("Named members had their time")
    manager.get_by_role("link", name="Publish").click()
    manager.get_by_role("button", name="Publish with 5 members").click()
    manager.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(manager.get_by_text("Waiting for a worker")).to_be_visible()
    processes.start("worker", PUBLIC_ORIGIN=origin)
    expect(manager.get_by_role("status")).to_contain_text("Edition 1 is published.", timeout=120_000)
    manager.get_by_role("button", name="Make the report").click()
    ready = manager.get_by_role("link", name="Download the report")
    expect(ready).to_be_visible(timeout=120_000)
    with manager.expect_download() as download:
        ready.click()
    assert download.value.suggested_filename.endswith(".pdf")
    return Path(download.value.path()).read_bytes()
