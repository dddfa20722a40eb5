"""Documents and conflicts of an expert on a page: the forms that were sent or are empty, and what is done with them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Institution, User
from spm_portal.common.attempt import tried
from training.forms.roster import ConflictForm, DocumentForm, EndForm
from training.models import Expert
from training.services import expert_papers as service

ACTIONS = ("document", "remove_document", "conflict", "end_conflict")


@dataclass
class Papers:
    """The forms of one expert's documents and conflicts; only the one that was sent is bound."""

    document: DocumentForm
    conflict: ConflictForm
    ending: EndForm
    ended: str = ""  # the conflict that should end

    @property
    def has_errors(self) -> bool:
        """Whether anything has to be corrected."""
        return bool(self.document.errors or self.conflict.errors or self.ending.errors)


def papers_of(institutions: Iterable[Institution], prefix: str = "") -> Papers:
    """Empty forms; `prefix` tells the experts of one page apart."""
    return Papers(
        DocumentForm(prefix=f"{prefix}document"),
        ConflictForm(institutions=institutions, prefix=f"{prefix}conflict"),
        EndForm(prefix=f"{prefix}end", initial={"until": timezone.localdate()}),
    )


def change_papers(
    request: HttpRequest,
    action: str,
    expert: Expert,
    papers: Papers,
    institutions: Iterable[Institution],
    by: User | None,
    prefix: str = "",
) -> str:
    """Do what was sent; the words that tell of success, or nothing where a form says what to correct."""
    sent, at = request.POST, timezone.now()
    who: dict[str, Any] = {"expert_id": expert.pk, "by": by, "at": at}
    if action == "remove_document":
        service.remove_document(document_id=key_of(sent.get("document", "")), **who)
        return _("The document is taken away.")
    if action == "document":
        document = papers.document = DocumentForm(sent, request.FILES, prefix=f"{prefix}document")
        return tried(
            document,
            lambda: service.add_document(
                title=document.cleaned_data["title"],
                upload=document.cleaned_data["file"],
                expires_on=document.cleaned_data["expires_on"],
                **who,
            ),
            _("The document is kept."),
        )
    if action == "conflict":
        conflict = papers.conflict = ConflictForm(sent, institutions=institutions, prefix=f"{prefix}conflict")
        return tried(conflict, _declare(conflict, who), _("The conflict of interest is written down."))
    if action != "end_conflict":
        raise Http404
    ending = papers.ending = EndForm(sent, prefix=f"{prefix}end")
    papers.ended = sent.get("conflict", "")
    return tried(
        ending,
        lambda: service.end_conflict(
            conflict_id=key_of(papers.ended), until=ending.cleaned_data["until"], **who
        ),
        _("The conflict of interest ends that day."),
    )


def _declare(form: ConflictForm, who: dict[str, Any]) -> Callable[[], object]:
    def call() -> object:
        typed = form.cleaned_data
        return service.declare_conflict(
            institution_id=UUID(typed["institution"]),
            kind=typed["kind"],
            note=typed["note"],
            since=typed["since"],
            until=typed["until"],
            **who,
        )

    return call


def key_of(text: str) -> UUID:
    """A key that a form sent; Http404 for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
