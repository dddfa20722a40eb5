"""What the pages about consents list: consents in words, those of all members, and who read an MFI's values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.enums import ConsentPurpose
from members.models import Association, Consent, Donor, Institution, Membership, User
from reporting.catalogue import Catalogue
from reporting.enums import Recipient
from reporting.models import CatalogueVersion, Round, ValueConsent
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.sharing import WITHOUT
from spm_portal.common.models import AuditEvent

READS = ("values.read", "values.refused")


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One consent in words."""

    consent: ValueConsent
    recipient: str
    group: str
    round: str

    @property
    def ended(self) -> bool:
        """Whether it came to its end by itself."""
        return self.consent.withdrawn_at is None


def recipient_words(recipient: str, donor: Donor | None) -> str:
    """A recipient as people call it: the donor's own name, or what kind it is."""
    return donor.name if donor else str(Recipient(recipient).label)


def lines_of(consents: Iterable[ValueConsent], catalogue: Catalogue) -> list[ConsentLine]:
    """Consents in words; a group that the catalogue no longer has is named by its code."""
    titles = {section.code: section.title for section in catalogue.sections}
    return [
        ConsentLine(
            one,
            recipient_words(one.recipient, one.donor),
            titles.get(one.section, one.section) if one.section else _("Every group, also later ones"),
            one.round.name if one.round else _("Every round, also later ones"),
        )
        for one in consents
    ]


def newest_catalogue(association: Association) -> Catalogue | None:
    """The catalogue of the association's newest round; before the first round the portal's newest."""
    newest = (
        Round.objects.filter(association=association)
        .select_related("catalogue")
        .defer(*WITHOUT)
        .order_by("-period_end", "-opened_at")
        .first()
    )
    if newest is not None:
        return catalogue_of(newest.catalogue)
    version = (
        CatalogueVersion.objects.filter(association=None).defer("document").order_by("-loaded_at").first()
    )
    return catalogue_of(version) if version else None


# --- All members, for staff ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MemberConsents:
    """What one member agreed to: to count, to be named, and to whom it shows values of its own."""

    institution: Institution
    counts: bool
    named: bool
    shown_to: tuple[str, ...]


def consents_of_members(association: Association, user: User) -> list[MemberConsents]:
    """Members of today that the person may see, by name; three queries."""
    members = (
        Membership.objects.current()
        .filter(association=association, institution__in=Institution.objects.visible_to(user))
        .select_related("institution")
        .order_by("institution__name")
    )
    purposes: dict[UUID, set[str]] = defaultdict(set)
    for institution, purpose in (
        Consent.objects.live().filter(association=association).values_list("institution_id", "purpose")
    ):
        purposes[institution].add(purpose)
    shown: dict[UUID, list[str]] = defaultdict(list)
    live = ValueConsent.objects.live().filter(association=association).select_related("donor")
    for one in live.order_by("recipient", "donor__name"):
        shown[one.institution_id].append(recipient_words(one.recipient, one.donor))
    return [
        MemberConsents(
            one.institution,
            counts=ConsentPurpose.BENCHMARK in purposes[one.institution_id],
            named=ConsentPurpose.NAMED in purposes[one.institution_id],
            shown_to=tuple(dict.fromkeys(shown[one.institution_id])),
        )
        for one in members
    ]


# --- Who read -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One time that somebody asked for values of the MFI: granted or refused, who, when and which.

    `reader` is the donor, the member or the association's staff by name, or everybody; `person` is empty for visitors.
    """

    at: datetime
    person: str
    reader: str
    round: str
    granted: bool
    groups: tuple[str, ...]
    values: tuple[str, ...]
    by_program: bool


def reads_of(association: Association, institution: Institution) -> QuerySet[AuditEvent]:
    """The log of all who asked for values of this MFI through this association, the newest first."""
    return (
        AuditEvent.objects.about(institution)
        .filter(association_id=association.pk, verb__in=READS)
        .select_related("actor")
        .order_by("-at", "-pk")
    )


def _reader(said: Mapping[str, Any]) -> str:
    named = str(said.get("donor_name") or said.get("reader_name") or "")
    return named or str(Recipient(said.get("recipient", Recipient.DONOR)).label)


def read_lines(events: Iterable[AuditEvent], catalogue: Catalogue | None) -> list[ReadLine]:
    """Rows of the log in words."""
    titles = {one.code: one.title for one in catalogue.sections} if catalogue else {}
    labels = catalogue.labels if catalogue else {}
    lines = []
    for event in events:
        said: dict[str, Any] = event.data
        lines.append(
            ReadLine(
                at=event.at,
                person=str(event.actor) if event.actor else "",
                reader=_reader(said),
                round=str(said.get("round_name", "")),
                granted=event.verb == "values.read",
                groups=tuple(titles.get(code, code) for code in said.get("sections", ())),
                values=tuple(labels.get(code, code) for code in said.get("codes", ())),
                by_program=said.get("source") == "api",
            )
        )
    return lines
