"""Documents that MFIs keep as evidence, and the answers that cite them."""

import hashlib
import uuid
from collections.abc import Mapping

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from members.models import User
from reporting.enums import EvidenceClass
from reporting.models import Evidence, EvidenceCitation, Submission
from tests.factories.members import LONG_AGO, InstitutionFactory, UserFactory
from tests.factories.reporting import OPENED, SubmissionFactory


class EvidenceFactory(DjangoModelFactory):
    """An annual report, of which only the row is there."""

    class Meta:
        model = Evidence

    institution = factory.SubFactory(InstitutionFactory)
    title = "Annual report"
    year = 2024
    name = "report.pdf"
    content_type = "application/pdf"
    size = 1
    sha256 = "0" * 64
    uploaded_at = OPENED
    uploaded_by = factory.SubFactory(UserFactory)


class CitationFactory(DjangoModelFactory):
    """An answer that cites a document of its MFI."""

    class Meta:
        model = EvidenceCitation

    submission = factory.SubFactory(SubmissionFactory)
    association = factory.SelfAttribute("submission.association")
    institution = factory.SelfAttribute("submission.institution")
    code = "legal_form"
    evidence = factory.SubFactory(EvidenceFactory, institution=factory.SelfAttribute("..institution"))
    cited_at = OPENED
    cited_by = factory.SubFactory(UserFactory)


def cited_documents(
    submission: Submission, names: Mapping[str, str], *, by: User, content: bytes
) -> tuple[Evidence, EvidenceCitation]:
    """A document that the association may read and one that the MFI keeps to itself, both cited; the first of them.

    `names` are the names of their files by their titles.
    """
    made: list[tuple[Evidence, EvidenceCitation]] = []
    for (title, name), confidentiality in zip(
        names.items(), (EvidenceClass.ASSOCIATION, EvidenceClass.MFI), strict=True
    ):
        document: Evidence = EvidenceFactory(
            institution=submission.institution,
            title=title,
            confidentiality=confidentiality,
            file=ContentFile(content, name=f"permissions/{uuid.uuid4().hex}.pdf"),
            name=name,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            uploaded_at=LONG_AGO,
            uploaded_by=by,
        )
        citation: EvidenceCitation = CitationFactory(
            submission=submission,
            code="branches_total",
            evidence=document,
            place=f"{title} page 3",
            cited_at=LONG_AGO,
            cited_by=by,
        )
        made.append((document, citation))
    return made[0]
