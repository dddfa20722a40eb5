"""Every view says who guards it; the few that cannot are libraries, each with its reason."""

import re
from dataclasses import dataclass

import rules

from tests.permissions.addresses import Address, all_addresses

# Pages that anybody may open: each shows nobody's things.
PUBLIC = {
    "call_link",
    "certificate_check",
    "certificate_public",
    "healthz",
    "readyz",
    "theme",
    "invitation",
    "calendar_feed",
    "guest_link",
    "rater_link",
    "teaching_link",
    "registration_link",
    # works of the library that anybody may read
    "public_library",
    "public_work",
    "public_work_file",
    # what an association opened to everybody, and which edition a printed hash belongs to
    "public_editions",
    "public_report",
    "verify_edition",
    # values that members opened to everybody
    "public_round_values",
    "public_member_values",
}
GUARD = re.compile(
    r"public|guest_page|person_page|operator_page|association_page\((None|[a-z_.]+)\)|api(\([a-z_.]+\))?"
)


@dataclass(frozen=True)
class Library:
    """Views of a library, which has checks of its own."""

    prefix: str
    module: str
    reason: str

    def has(self, address: Address) -> bool:
        """Whether the address is the library's."""
        return address.pattern.startswith(self.prefix) and address.view.__module__.startswith(self.module)


LIBRARIES = (
    Library("accounts/", "allauth.", "Signing in and one's own account; the adapter closes the sign-up."),
    Library(
        "admin/", "django.contrib.admin.", "The support tool: staff only, rows by visible_to, read only."
    ),
    Library("admin/r/", "django.contrib.contenttypes.", "The support tool's link to a page; staff only."),
    Library("admin/", "django.views.generic.base", "The support tool's old addresses, redirects only."),
)


def guard_of(address: Address) -> str | None:
    """The mark that a guard of ours left on the view."""
    found = getattr(address.view, "guard", None)
    return found if isinstance(found, str) else None


def test_every_view_has_a_guard_or_a_library_with_a_reason() -> None:
    bare = [
        f"{address.pattern} ({address.view.__module__})"
        for address in all_addresses()
        if guard_of(address) is None and not any(library.has(address) for library in LIBRARIES)
    ]
    assert not bare, "Guard these views with one of members.web.guards:\n" + "\n".join(bare)


def test_every_guard_is_one_we_know_and_asks_a_permission_that_exists() -> None:
    for address in all_addresses():
        guard = guard_of(address)
        if guard is None:
            continue
        assert GUARD.fullmatch(guard), f"{address.pattern}: {guard}"
        permission = re.search(r"\(([a-z_]+\.[a-z_]+)\)", guard)
        if permission:
            assert rules.perm_exists(permission[1]), f"{address.pattern}: no permission {permission[1]}"


def test_public_pages_are_the_few_we_meant() -> None:
    assert {address.name for address in all_addresses() if guard_of(address) == "public"} == PUBLIC


def test_pages_of_guests_are_the_few_we_meant() -> None:
    found = {address.name for address in all_addresses() if guard_of(address) == "guest_page"}
    raters = {"rater_page", "rater_area", "rater_score", "rater_proofs", "rater_file"}
    trainers = {"my_teaching", "teaching_session", "teaching_material", "teaching_document"}
    registered = {"my_registration", "my_registration_leave", "my_registration_ics", "my_material"}
    registered |= {"my_certificate", "my_certificate_job", "my_certificate_file"}
    trainers |= {"teaching_calendar", "teaching_paper", "teaching_paper_job", "teaching_paper_file"}
    learning = {"teaching_attendance", "teaching_results", "my_test", "my_evaluation"}
    asked = {"my_call", "my_call_file"}
    guests = {"guest_section", "guest_answer", "guest_help"}
    assert found == guests | raters | trainers | registered | learning | asked


def test_no_library_on_the_list_is_gone() -> None:
    for library in LIBRARIES:
        theirs = [one for one in all_addresses() if library.has(one) and guard_of(one) is None]
        assert theirs, f"Nothing is left of {library.module} under {library.prefix}: take it off the list."


def test_every_address_inside_an_association_is_guarded_by_it() -> None:
    outside = [
        address.pattern
        for address in all_addresses()
        if address.pattern.startswith("a/<slug:slug>/")
        and not (guard_of(address) or "").startswith("association_page")
    ]
    assert not outside
