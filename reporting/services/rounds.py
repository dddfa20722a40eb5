"""Opening and running reporting rounds: what is asked of whom, by when."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import rules
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from members.access import forget
from members.models import Association, Institution, Membership, User
from reporting import validation
from reporting.catalogue import Catalogue
from reporting.enums import FormLength
from reporting.models import CatalogueVersion, Round, Submission
from reporting.selectors.catalogues import catalogue_of
from reporting.services import notices
from spm_portal.common import audit


class RoundRefused(Exception):
    """Why a round cannot be opened or changed so; `field` names the part of the form where there is one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class RoundForbidden(RoundRefused):
    """The person may not do this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRules:
    """How strict a round is about its deadline and about who signs and approves."""

    grace_hours: int = 0
    locks_after_grace: bool = False
    two_signatures: bool = False
    four_eyes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSpec:
    """What a round asks. `sections` None: all of the catalogue; `currency` empty: the association's."""

    code: str
    name: str
    year: int
    period_end: date
    catalogue: CatalogueVersion
    due_at: datetime
    sections: tuple[str, ...] | None = None
    form_length: FormLength = FormLength.FULL
    exchange_rate_usd: Decimal | None = None
    gni_per_capita: Decimal | None = None
    currency: str = ""
    rules: RoundRules = RoundRules()


def open_round(
    *,
    association: Association,
    spec: RoundSpec,
    institutions: Iterable[Institution],
    by: User | None,
    at: datetime,
    imported: bool = False,
) -> Round:
    """Open a round, invite the members and tell their people by mail; an imported round tells nobody.

    `by` None is for commands only. Raises RoundRefused, naming the field that is at fault.
    """
    _require(by, "reporting.open_round", association)
    catalogue = catalogue_of(spec.catalogue)
    sections = _sections(catalogue, spec.sections)
    _check(association, spec, at=at, imported=imported)
    with transaction.atomic(), audit.acting(by, source="import" if imported else "page"):
        try:
            with transaction.atomic():
                opened = Round.objects.create(
                    association=association,
                    code=spec.code,
                    name=spec.name,
                    year=spec.year,
                    period_end=spec.period_end,
                    catalogue=spec.catalogue,
                    sections=list(sections),
                    form_length=spec.form_length,
                    due_at=spec.due_at,
                    exchange_rate_usd=spec.exchange_rate_usd,
                    gni_per_capita=spec.gni_per_capita,
                    **asdict(spec.rules),
                    imported=imported,
                    opened_at=at,
                    opened_by=by,
                    closed_at=at if imported else None,  # nobody answers an imported round
                )
        except IntegrityError as error:
            if "round_code_unique" not in str(error):
                raise
            raise RoundRefused(
                _("There is a round with the code “%(code)s” already. Choose another code.")
                % {"code": spec.code},
                "code",
            ) from None
        invited = _invite(opened, catalogue, institutions, at=at, currency=spec.currency)
        audit.record(
            "round.opened",
            opened,
            by=by,
            at=at,
            association_id=association.pk,
            code=opened.code,
            invited=len(invited),
            imported=imported,
        )
    return opened


def invite(*, round_id: UUID, institution_ids: Collection[UUID], by: User | None, at: datetime) -> int:
    """Invite more members to an open round; those invited already stay as they are. How many are new."""
    with transaction.atomic(), audit.acting(by):
        found = _locked(round_id)
        _require(by, "reporting.manage_round", found)
        if not found.is_open:
            raise RoundRefused(_("This round is closed. Re-open it before inviting members."))
        catalogue = catalogue_of(found.catalogue)
        institutions = Institution.objects.filter(pk__in=institution_ids)
        invited = _invite(found, catalogue, institutions, at=at)
        if invited:
            _record("round.members_invited", found, by, at, invited=len(invited))
    return len(invited)


def change_due(*, round_id: UUID, due_at: datetime, by: User | None, at: datetime) -> Round:
    """Set another due moment and tell the members who have not submitted; the same moment changes nothing."""
    with transaction.atomic(), audit.acting(by):
        found = _locked(round_id)
        _require(by, "reporting.manage_round", found)
        if due_at == found.due_at:
            return found
        if not found.is_open:
            raise RoundRefused(_("This round is closed. Re-open it before changing the due time."))
        if due_at <= at:
            raise RoundRefused(_("The due time has passed already. Choose one in the future."), "due")
        before, found.due_at = found.due_at, due_at
        found.save(update_fields=["due_at"])
        _record("round.due_changed", found, by, at, before=before.isoformat(), after=due_at.isoformat())
        notices.due_changed(found, at=at)
    return found


def change_rules(*, round_id: UUID, rules: RoundRules, by: User | None, at: datetime) -> Round:
    """Set grace, lock, signatures and four eyes; the same ones change nothing."""
    wanted = asdict(rules)
    with transaction.atomic(), audit.acting(by):
        found = _locked(round_id)
        _require(by, "reporting.manage_round", found)
        changed = {name: value for name, value in wanted.items() if getattr(found, name) != value}
        for name, value in changed.items():
            setattr(found, name, value)
        if changed:
            found.save(update_fields=list(changed))
            _record("round.rules_changed", found, by, at, **changed)
    return found


def close_round(*, round_id: UUID, by: User | None, at: datetime) -> Round:
    """End a round: members can no longer answer or submit, staff still review. Closing twice does nothing."""
    with transaction.atomic(), audit.acting(by):
        found = _locked(round_id)
        _require(by, "reporting.manage_round", found)
        if found.is_open:
            found.closed_at = at
            found.save(update_fields=["closed_at"])
            _record("round.closed", found, by, at)
    return found


def reopen_round(*, round_id: UUID, by: User | None, at: datetime) -> Round:
    """Let members answer again. Re-opening an open round does nothing."""
    with transaction.atomic(), audit.acting(by):
        found = _locked(round_id)
        _require(by, "reporting.manage_round", found)
        if not found.is_open:
            found.closed_at = None
            found.save(update_fields=["closed_at"])
            _record("round.reopened", found, by, at)
    return found


def _locked(round_id: UUID) -> Round:
    # not FOR UPDATE: saving an answer takes a key share of its round and must not wait for this
    return (
        Round.objects.select_for_update(of=("self",), no_key=True)
        .select_related("association", "catalogue")
        .defer("catalogue__document")
        .get(pk=round_id)
    )


def _require(by: User | None, permission: str, obj: Association | Round) -> None:
    if by is None:
        return  # a command of the operator
    forget(by)  # what the request read may be old by now
    if not rules.has_perm(permission, by, obj):
        raise RoundForbidden(_("Only a manager of the association can do this."))


def _record(verb: str, found: Round, by: User | None, at: datetime, **data: Any) -> None:
    audit.record(verb, found, by=by, at=at, association_id=found.association_id, **data)


def _sections(catalogue: Catalogue, wanted: tuple[str, ...] | None) -> tuple[str, ...]:
    known = tuple(section.code for section in catalogue.sections)
    if wanted is None:
        return known
    unknown = [code for code in wanted if code not in known]
    if unknown:
        raise RoundRefused(
            _("This catalogue version has no section %(codes)s.") % {"codes": ", ".join(unknown)}, "sections"
        )
    if not wanted:
        raise RoundRefused(_("Switch on at least one section."), "sections")
    return tuple(code for code in known if code in wanted)


def _check(association: Association, spec: RoundSpec, *, at: datetime, imported: bool) -> None:
    offered = CatalogueVersion.objects.offered_to(association).filter(pk=spec.catalogue.pk)
    if not offered.exists():
        raise RoundRefused(_("This catalogue version is not offered to the association."), "catalogue")
    if spec.period_end.year != spec.year:
        raise RoundRefused(
            _("The period ends in %(end)s, so that is the reporting year.") % {"end": spec.period_end.year},
            "year",
        )
    if not imported and spec.due_at <= at:
        raise RoundRefused(_("The due time has passed already. Choose one in the future."), "due")


def _invite(
    opened: Round,
    catalogue: Catalogue,
    institutions: Iterable[Institution],
    *,
    at: datetime,
    currency: str = "",
) -> Sequence[Submission]:
    """Give each member a return of its own, with the counters of an empty form."""
    wanted = {institution.pk: institution for institution in institutions}
    memberships = Membership.objects.filter(association_id=opened.association_id, institution__in=wanted)
    if not opened.imported:
        memberships = memberships.current()
    strangers = set(wanted) - set(memberships.values_list("institution_id", flat=True))
    if strangers:
        names = ", ".join(sorted(str(wanted[pk]) for pk in strangers))
        raise RoundRefused(
            _("Not a member of the association today: %(names)s. Take them out of the list.")
            % {"names": names},
            "institutions",
        )
    present = set(opened.submissions.filter(institution__in=wanted).values_list("institution_id", flat=True))
    blank = validation.progress(
        catalogue,
        {},
        {},
        opened.context,
        opened.sections,
        opened.form_length == FormLength.FULL,
    )
    made = Submission.objects.bulk_create(
        Submission(
            association_id=opened.association_id,
            institution=institution,
            round=opened,
            state_since=at,
            currency=currency or opened.association.currency,
            imported=opened.imported,
            required_count=blank.required,
            error_count=blank.required,  # what is required and not answered is an error until it is
        )
        for pk, institution in sorted(wanted.items())
        if pk not in present
    )
    if not opened.imported:
        notices.round_opened(opened, made, at=at)
    return made
