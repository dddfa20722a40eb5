"""For every table with a history: how to make rows of it, and a field that may change."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pghistory
from django.apps import apps
from django.db import models

from members.enums import ConsentPurpose, Role
from members.models import (
    ApiKey,
    Association,
    Consent,
    Institution,
    Invitation,
    Membership,
    RoleAssignment,
    SharingAgreement,
)
from reporting.models import (
    Answer,
    ChapterText,
    Evidence,
    EvidenceCitation,
    Explanation,
    Extension,
    GuestLink,
    Guidance,
    PaperEntry,
    PeerGroup,
    PeerGroupVersion,
    Question,
    Reply,
    ReplyWindow,
    ReportPlan,
    Round,
    RuleSetting,
    SectionAssignment,
    Story,
    Submission,
    ValueConsent,
    WorkbookUpload,
)
from tests.factories.evidence import EvidenceFactory
from tests.factories.members import (
    LONG_AGO,
    AssociationFactory,
    DonorFactory,
    InstitutionFactory,
    UserFactory,
)
from tests.factories.reporting import OPENED, CatalogueVersionFactory, RoundFactory, SubmissionFactory
from tests.history import rows_of_capacity, rows_of_training

_number = count(1)


@dataclass(frozen=True)
class Recipe:
    """How to make unsaved rows of one table (their parents are saved), and two values that one field may get."""

    model: type[models.Model]
    build: Callable[[], models.Model]
    field: str
    first: Any
    second: Any

    def rows(self, how_many: int) -> list[models.Model]:
        """Rows that are not stored yet."""
        return [self.build() for _ in range(how_many)]


def _round() -> Round:
    fresh: Round = RoundFactory.build(
        association=AssociationFactory(), catalogue=CatalogueVersionFactory(), code=f"r{next(_number)}"
    )
    return fresh


def _submission() -> Submission:
    of_round = RoundFactory()
    return Submission(
        round=of_round,
        association=of_round.association,
        institution=InstitutionFactory(),
        state_since=OPENED,
        currency="KES",
    )


def _of_a_return(model: type[models.Model], **fields: Any) -> models.Model:
    parent = SubmissionFactory(membership=False)
    return model(submission=parent, association=parent.association, institution=parent.institution, **fields)


def _citation() -> models.Model:
    citation = _of_a_return(EvidenceCitation, code="legal_form", cited_at=OPENED, cited_by=UserFactory())
    citation.evidence = EvidenceFactory(institution=citation.institution)  # type: ignore[attr-defined]
    return citation


def _saved(row: models.Model) -> Any:
    row.save()
    return row


def _peer_group() -> PeerGroup:
    return PeerGroup(
        association=AssociationFactory(), code=f"g{next(_number)}", name="Banks", created_at=OPENED
    )


def _reply_window() -> ReplyWindow:
    of_round = RoundFactory()
    return ReplyWindow(
        association=of_round.association,
        round=of_round,
        opened_at=OPENED,
        opened_by=UserFactory(),
        closes_at=OPENED + timedelta(days=14),
    )


def _reply() -> models.Model:
    parent = SubmissionFactory(membership=False)
    window = _reply_window()
    window.association, window.round = parent.association, parent.round
    window.save()
    return Reply(
        window=window,
        submission=parent,
        association=parent.association,
        institution=parent.institution,
        kind="comment",
        text="We opened in May.",
        at=OPENED,
        by=UserFactory(),
    )


def _of_a_report(model: type[models.Model], **fields: Any) -> models.Model:
    of_round = RoundFactory()
    return model(
        association=of_round.association,
        round=of_round,
        changed_at=OPENED,
        changed_by=UserFactory(),
        **fields,
    )


RECIPES = (
    Recipe(Association, AssociationFactory.build, "name", "Amani", "Amani Network"),
    Recipe(Institution, InstitutionFactory.build, "owner_group", "Holding", "Family"),
    Recipe(
        Membership,
        lambda: Membership(
            association=AssociationFactory(), institution=InstitutionFactory(), joined_on=date(2020, 1, 1)
        ),
        "left_on",
        date(2024, 12, 31),
        date(2025, 12, 31),
    ),
    Recipe(
        Consent,
        lambda: Consent(
            association=AssociationFactory(),
            institution=InstitutionFactory(),
            purpose=ConsentPurpose.BENCHMARK,
            given_at=LONG_AGO,
        ),
        "withdrawn_at",
        LONG_AGO + timedelta(days=1),
        LONG_AGO + timedelta(days=2),
    ),
    Recipe(
        SharingAgreement,
        lambda: SharingAgreement(
            association=AssociationFactory(), donor=DonorFactory(), since=date(2020, 1, 1)
        ),
        "until",
        date(2024, 12, 31),
        date(2025, 12, 31),
    ),
    Recipe(
        RoleAssignment,
        lambda: RoleAssignment(
            user=UserFactory(),
            role=Role.ASSOCIATION_MANAGER,
            association=AssociationFactory(),
            granted_at=LONG_AGO,
        ),
        "ended_at",
        LONG_AGO + timedelta(days=1),
        LONG_AGO + timedelta(days=2),
    ),
    Recipe(
        Invitation,
        lambda: Invitation(
            email=f"guest{next(_number)}@example.org",
            role=Role.INSTITUTION_EDITOR,
            institution=InstitutionFactory(),
            token_hash=f"{next(_number):064d}",
            invited_by=UserFactory(),
            created_at=LONG_AGO,
            expires_at=LONG_AGO + timedelta(days=7),
        ),
        "revoked_at",
        LONG_AGO + timedelta(days=1),
        LONG_AGO + timedelta(days=2),
    ),
    Recipe(
        ApiKey,
        lambda: ApiKey(
            user=UserFactory(),
            name="Robot",
            token_hash=f"{next(_number):064d}",
            scopes=["read"],
            created_at=LONG_AGO,
            expires_at=LONG_AGO + timedelta(days=7),
        ),
        "revoked_at",
        LONG_AGO + timedelta(days=1),
        LONG_AGO + timedelta(days=2),
    ),
    Recipe(Round, _round, "due_at", OPENED + timedelta(days=30), OPENED + timedelta(days=60)),
    Recipe(Submission, _submission, "state", "submitted", "in_review"),
    Recipe(
        Answer,
        lambda: _of_a_return(Answer, code="branches_total", number=Decimal(24), changed_at=OPENED),
        "number",
        Decimal(25),
        Decimal(26),
    ),
    Recipe(
        Explanation,
        lambda: _of_a_return(Explanation, rule="portfolio_grew", reason="We merged.", given_at=OPENED),
        "reason",
        "We merged in May.",
        "We merged in June.",
    ),
    Recipe(
        Question,
        lambda: _of_a_return(
            Question, code="legal_form", state_since=OPENED, asked_at=OPENED, asked_by=UserFactory()
        ),
        "state",
        "answered",
        "resolved",
    ),
    Recipe(
        Extension,
        lambda: _of_a_return(
            Extension, due_at=OPENED, reason="Floods.", granted_at=OPENED, granted_by=UserFactory()
        ),
        "reason",
        "Floods in May.",
        "Floods in June.",
    ),
    Recipe(
        WorkbookUpload,
        lambda: _of_a_return(
            WorkbookUpload, name="return.xlsx", size=1, uploaded_at=OPENED, uploaded_by=UserFactory()
        ),
        "state",
        "ready",
        "applied",
    ),
    Recipe(
        RuleSetting,
        lambda: RuleSetting(
            association=AssociationFactory(),
            rule="W01",
            reason="New.",
            changed_at=OPENED,
            changed_by=UserFactory(),
        ),
        "mode",
        "trial",
        "off",
    ),
    Recipe(
        Guidance,
        lambda: Guidance(
            association=AssociationFactory(),
            code="legal_form",
            language="en",
            changed_at=OPENED,
            changed_by=UserFactory(),
        ),
        "note",
        "As registered.",
        "As registered with the ministry.",
    ),
    Recipe(
        SectionAssignment,
        lambda: _of_a_return(
            SectionAssignment,
            section="PRO",
            assignee=UserFactory(),
            assigned_at=OPENED,
            assigned_by=UserFactory(),
        ),
        "note",
        "Please",
        "Please by Friday",
    ),
    Recipe(
        GuestLink,
        lambda: _of_a_return(
            GuestLink,
            section="PRO",
            name="Accountant",
            email="accountant@example.org",
            token_hash=f"{next(_number):064d}",
            created_at=OPENED,
            created_by=UserFactory(),
            expires_at=OPENED + timedelta(days=7),
        ),
        "revoked_at",
        OPENED + timedelta(days=1),
        OPENED + timedelta(days=2),
    ),
    Recipe(
        Evidence,
        lambda: EvidenceFactory.build(institution=InstitutionFactory(), uploaded_by=UserFactory()),
        "title",
        "Annual report 2024",
        "Report 2024",
    ),
    Recipe(EvidenceCitation, _citation, "place", "page 4", "page 5"),
    Recipe(
        PaperEntry,
        lambda: _of_a_return(PaperEntry, reason="By post.", opened_at=OPENED, opened_by=UserFactory()),
        "reason",
        "By post in May.",
        "By post in June.",
    ),
    Recipe(
        ValueConsent,
        lambda: ValueConsent(
            association=AssociationFactory(),
            institution=InstitutionFactory(),
            recipient="public",
            given_at=OPENED,
        ),
        "purpose",
        "Comparison",
        "Rating",
    ),
    Recipe(PeerGroup, _peer_group, "name", "Banks and NBFIs", "Banks and cooperatives"),
    Recipe(
        PeerGroupVersion,
        lambda: PeerGroupVersion(
            group=_saved(_peer_group()), number=1, proposed_at=OPENED, proposed_by=UserFactory()
        ),
        "reason",
        "New law",
        "New law of 2025",
    ),
    Recipe(ReplyWindow, _reply_window, "ended_reason", "All replied", "All have replied"),
    Recipe(Reply, _reply, "answer", "Corrected", "Corrected in May"),
    Recipe(ChapterText, lambda: _of_a_report(ChapterText, chapter="prices", language="en"), "text", "A", "B"),
    Recipe(
        Story, lambda: _of_a_report(Story, language="en", title="Asha", text="A loan."), "title", "A", "B"
    ),
    Recipe(ReportPlan, lambda: _of_a_report(ReportPlan), "left_out", ["radar"], ["radar", "bars"]),
    *(Recipe(*row) for row in rows_of_capacity.ROWS),
    *(Recipe(*row) for row in rows_of_training.ROWS),
)


def event_model(model: type[models.Model]) -> type[models.Model]:
    """The table of events of a tracked table."""
    return model.pgh_event_model  # type: ignore[attr-defined,no-any-return]


def tracked_models() -> list[type[models.Model]]:
    """Every table of ours that keeps a history."""
    return [
        model
        for model in apps.get_models()
        if hasattr(model, "pgh_event_model") and not issubclass(model, pghistory.models.Event)
    ]


def events_of(model: type[models.Model]) -> "models.QuerySet[models.Model]":
    """All events of a table, oldest first."""
    return event_model(model)._default_manager.order_by("pgh_id")
