"""Every table is known for what it is: kept with its history, only ever added to, or neither for a reason."""

import pghistory
import pgtrigger
import pytest
import rules
from django.apps import apps
from django.db import models

from spm_portal.common.models.base import BaseModel
from tests.architecture.source import APPS, ROOT, python_files

# Tables without a history of their own, each with the reason.
WITHOUT_HISTORY = {
    "members.User": "who may do what hangs on roles, which are tracked; the profile is the person's own",
    "members.Donor": "a name and an address, entered once by an operator, with an audit row",
    "reporting.CatalogueVersion": "cannot change once a round uses it",
    "reporting.Attachment": "a file is never changed; the answer that names it is tracked",
    "members.IdempotentRequest": "the first answer to a program's request, kept to be given again",
    "reporting.Reminder": "a ledger: one row for each step that was done",
    "training.SessionNotice": "a ledger: one row for each mail about a session",
    "training.CertificateNotice": "a ledger: one row for each mail about a certificate that ends",
    "training.DownloadCount": "a counter that names nobody",
    "reporting.AnswerFlag": "a mark of the moment, like a finger kept in a book",
    "reporting.OpenPage": "what has arrived from a page that is being typed into; the answers are tracked",
    "reporting.SectionTime": "measured once, when a return is submitted",
    "common.Job": "the course of work, not a fact about anybody",
    "common.MailMessage": "the ledger is its own record of what became of a message",
}


def ours() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in APPS and not issubclass(model, pghistory.models.Event)
    ]


def is_tracked(model: type[models.Model]) -> bool:
    return hasattr(model, "pgh_event_model")


def is_frozen(model: type[models.Model]) -> bool:
    return any(
        isinstance(trigger, pgtrigger.Protect) for owner, trigger in pgtrigger.registered() if owner is model
    )


@pytest.mark.parametrize("model", ours(), ids=lambda model: model._meta.label)
def test_a_table_is_tracked_frozen_or_named_with_a_reason(model: type[models.Model]) -> None:
    label = model._meta.label
    kinds = [is_tracked(model), is_frozen(model), label in WITHOUT_HISTORY]
    assert sum(kinds) == 1, f"{label}: tracked, frozen, without history: {kinds}"


def test_no_reason_stands_for_a_table_that_is_gone() -> None:
    assert WITHOUT_HISTORY.keys() <= {model._meta.label for model in ours()}


@pytest.mark.parametrize("model", ours(), ids=lambda model: model._meta.label)
def test_keys_cannot_be_guessed_or_counted(model: type[models.Model]) -> None:
    assert issubclass(model, BaseModel)
    assert isinstance(model._meta.pk, models.UUIDField)


@pytest.mark.parametrize("model", ours(), ids=lambda model: model._meta.label)
def test_nothing_is_deleted_by_accident(model: type[models.Model]) -> None:
    """A row that others hang on cannot go; an open invitation may go with its organisation."""
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT:
            assert model._meta.label == "members.Invitation", f"{model._meta.label}.{field.name}"


@pytest.mark.parametrize("model", ours(), ids=lambda model: model._meta.label)
def test_names_on_screen_can_be_translated(model: type[models.Model]) -> None:
    assert not isinstance(model._meta.verbose_name, str), model._meta.label
    for field in model._meta.concrete_fields:
        given = field._verbose_name
        plain = field.name in {"id", "password", "last_login", "is_superuser"} or isinstance(
            field, models.ForeignKey
        )
        assert plain or not isinstance(given, str), f"{model._meta.label}.{field.name}"


def test_every_permission_is_asked_somewhere_and_says_its_rule() -> None:
    texts = "\n".join(
        (ROOT / path).read_text(encoding="utf-8") for path in python_files() if path.name != "rules.py"
    )
    texts += (ROOT / "reporting/rules.py").read_text(encoding="utf-8").partition("PERMISSION_OF_MOVE")[2]
    for name, predicate in rules.permissions.permissions.items():
        assert f'"{name}"' in texts, f"Nobody asks for {name}."
        assert predicate is not None
