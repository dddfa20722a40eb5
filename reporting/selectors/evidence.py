"""Documents of an MFI and what cites them, as each side may see them."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from members.access import access_of
from members.models import Association, Institution, User
from reporting.enums import EvidenceClass, ReturnState
from reporting.models import Evidence, EvidenceCitation, Submission
from reporting.selectors.catalogues import catalogue_of


@dataclass(frozen=True, slots=True)
class Citation:
    """That an answer rests on a document. Where the reader may not open it, `title` and `place` are empty."""

    pk: UUID
    evidence_id: UUID
    code: str
    title: str
    year: int
    place: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Citing:
    """An answer that cites a document, as the document's page lists it."""

    submission: Submission
    code: str
    label: str
    place: str


@dataclass(frozen=True, slots=True)
class EvidenceFilter:
    """What a list of documents shows; unknown values count as none given."""

    year: str = ""
    confidentiality: str = ""
    put_away: bool = False


def citations_of(submission: Submission, *, reader: User | None = None) -> dict[str, list[Citation]]:
    """The documents that each answer of a return cites, by code, in one query.

    Without a `reader`, and for everybody but the MFI's own people, a document that the MFI keeps to itself shows its
    year alone.
    """
    own = reader is not None and submission.institution_id in access_of(reader).works_for
    found: dict[str, list[Citation]] = defaultdict(list)
    rows = (
        EvidenceCitation.objects.filter(submission=submission)
        .order_by("code", "cited_at", "pk")
        .values_list(
            "pk",
            "evidence_id",
            "code",
            "evidence__title",
            "evidence__year",
            "place",
            "evidence__confidentiality",
        )
    )
    for pk, evidence, code, title, year, place, confidentiality in rows:
        is_open = own or confidentiality != EvidenceClass.MFI
        found[code].append(
            Citation(pk, evidence, code, title if is_open else "", year, place if is_open else "", is_open)
        )
    return dict(found)


def own_institutions(user: User, association: Association) -> list[Institution]:
    """The MFIs for which the person works and that are members of the association, by name."""
    mine = access_of(user).works_for
    return list(
        Institution.objects.members_of(association).filter(pk__in=mine).order_by("name", "pk").distinct()
    )


def own_evidence(user: User) -> "QuerySet[Evidence]":
    """Documents of the person's own MFIs, whoever cites them."""
    return Evidence.objects.filter(institution__in=access_of(user).works_for)


def evidence_list(user: User, institution: Institution, wanted: EvidenceFilter) -> "QuerySet[Evidence]":
    """The documents of one MFI, the latest year first, each with how many answers cite it (`cited`)."""
    found = own_evidence(user).filter(institution=institution, retired_at__isnull=not wanted.put_away)
    if wanted.year.isdecimal() and len(wanted.year) <= 4:
        found = found.filter(year=int(wanted.year))
    if wanted.confidentiality in EvidenceClass.values:
        found = found.filter(confidentiality=wanted.confidentiality)
    return (
        found.select_related("uploaded_by")
        .annotate(cited=Count("citations"))
        .order_by("-year", "title", "pk")
    )


def years_of(user: User, institution: Institution) -> list[int]:
    """The years of the MFI's documents, the latest first."""
    years = own_evidence(user).filter(institution=institution).values_list("year", flat=True)
    return sorted(set(years), reverse=True)


def in_use(submission: Submission, user: User) -> "QuerySet[Evidence]":
    """The documents that the person may cite in this return: of its MFI, which is theirs, and not put away."""
    found = own_evidence(user).filter(institution=submission.institution_id, retired_at__isnull=True)
    return found.order_by("-year", "title", "pk")


def choosable(submission: Submission, code: str, user: User) -> "QuerySet[Evidence]":
    """Documents that one answer does not cite yet, to be offered there."""
    cited = EvidenceCitation.objects.filter(submission=submission, code=code).values("evidence_id")
    return in_use(submission, user).exclude(pk__in=cited)


def citation_file(submission: Submission, citation: UUID, user: User) -> Evidence | None:
    """The document behind a citation of this return, if the person may open it."""
    found = EvidenceCitation.objects.filter(submission=submission, pk=citation)
    if submission.institution_id not in access_of(user).works_for:
        found = found.exclude(evidence__confidentiality=EvidenceClass.MFI)
    row = found.select_related("evidence").first()
    return row.evidence if isinstance(row, EvidenceCitation) else None


def citing(evidence: Evidence, association: Association) -> list[Citing]:
    """Every answer to this association that cites a document, the newest return first, in one query."""
    rows = (
        EvidenceCitation.objects.filter(evidence=evidence, association=association)
        .select_related("submission__round__catalogue")
        .defer("submission__round__catalogue__document")
        .order_by("-submission__round__period_end", "cited_at", "pk")
    )
    found = []
    for row in rows:
        assert isinstance(row, EvidenceCitation)
        labels = catalogue_of(row.submission.round.catalogue).labels
        found.append(Citing(row.submission, row.code, labels.get(row.code, row.code), row.place))
    return found


def is_handed_in(evidence: Evidence) -> bool:
    """Whether a return that was submitted at least once cites the document."""
    return EvidenceCitation.objects.filter(
        Q(evidence=evidence) & ~Q(submission__state=ReturnState.DRAFT)
    ).exists()
