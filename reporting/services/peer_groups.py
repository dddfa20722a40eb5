"""Proposing, approving and retiring peer groups: a changed rule is a new version, and somebody else approves it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.access import forget
from members.models import Association, User
from members.selectors.readers import staff_of
from members.services.permission import permit
from reporting.models import PeerGroup, PeerGroupVersion
from reporting.peer_rules import RuleError, read_rule
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.peer_words import fault_words, legal_forms_of
from reporting.selectors.rule_settings import version_in_use
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line

MAX_NAME = 120
MAX_REASON = 300
MAX_CODE = 40
PERMISSION = "reporting.manage_peer_groups"


def propose(
    *,
    association: Association,
    rule: Mapping[str, Any],
    by: User,
    at: datetime,
    reason: str,
    group_id: UUID | None = None,
    name: str = "",
) -> PeerGroupVersion:
    """Propose a group under a new name, or (`group_id`) another rule for a group that there is, as its next version.

    Raises Refused for a rule with faults, one that is there already, a missing or used name, a version that still
    waits, or a group that is retired.
    """
    _allowed(association, by)
    reason = _reason(reason)
    document = _document(association, rule)
    with transaction.atomic(), acting(by, reason=reason):
        # the association's row serialises two people who propose at once
        Association.objects.select_for_update().get(pk=association.pk)
        _check_new(association, document, group_id)
        if group_id is None:
            group = _group(association, name, at)
        else:
            group = _open_group(association, group_id)
            if group.versions.filter(approved_at__isnull=True).exists():
                raise Refused(_("A version of this group waits for approval. Approve or withdraw it first."))
        last = group.versions.order_by("-number").first()
        version = PeerGroupVersion.objects.create(
            group=group,
            number=last.number + 1 if last else 1,
            rule=document,
            reason=reason,
            proposed_at=at,
            proposed_by=by,
        )
        _record("peer_group.proposed", version, by=by, at=at, reason=reason, rule=document)
    return version


def approve(*, version_id: UUID, by: User, at: datetime, reason: str = "") -> PeerGroupVersion:
    """Approve a version that waits: from the next edition it counts, and it never changes again.

    Another person than the proposer approves. Where the association has nobody else, the proposer does, with a
    reason. Raises Refused; approving twice changes nothing.
    """
    with transaction.atomic(), acting(by, reason=reason):
        version = _version(version_id)
        association = version.group.association
        _allowed(association, by)
        if version.approved_at is not None:
            return version
        _open_group(association, version.group_id)
        reason = one_line(reason)[:MAX_REASON]
        alone = not any(one.pk != by.pk for one in staff_of(association.pk))
        if version.proposed_by_id == by.pk:
            if not alone:
                raise Refused(
                    _(
                        "You proposed this version: a colleague approves it, so that two people have read the rule."
                    )
                )
            if not reason:
                raise Refused(_("You approve what you proposed yourself. Write why nobody else can."))
        version.approved_at, version.approved_by = at, by
        version.save(update_fields=["approved_at", "approved_by"])
        _record(
            "peer_group.approved",
            version,
            by=by,
            at=at,
            reason=reason,
            alone=version.proposed_by_id == by.pk,
        )
    return version


def withdraw(*, version_id: UUID, by: User, at: datetime) -> None:
    """Take a version back that waits for approval; a group without any other version goes with it."""
    with transaction.atomic(), acting(by):
        version = _version(version_id)
        group = version.group
        _allowed(group.association, by)
        if version.approved_at is not None:
            raise Refused(_("The version is approved: propose another one, or retire the group."))
        _record("peer_group.withdrawn", version, by=by, at=at, rule=version.rule)
        version.delete()
        if not group.versions.exists():
            group.delete()


def retire(*, group_id: UUID, by: User, at: datetime, reason: str) -> PeerGroup:
    """Offer a group no more from the next edition; old editions keep it. Retiring twice changes nothing."""
    group = PeerGroup.objects.select_related("association").get(pk=group_id)
    _allowed(group.association, by)
    reason = _reason(reason)
    with transaction.atomic(), acting(by, reason=reason):
        group = PeerGroup.objects.select_for_update().get(pk=group_id)
        if group.retired_at is None:
            if group.versions.filter(approved_at__isnull=True).exists():
                raise Refused(_("A version of this group waits for approval. Approve or withdraw it first."))
            group.retired_at = at
            group.save(update_fields=["retired_at"])
            record(
                "peer_group.retired",
                group,
                by=by,
                at=at,
                association_id=group.association_id,
                reason=reason,
                code=group.code,
            )
    return group


def _allowed(association: Association, by: User) -> None:
    forget(by)  # roles as they are now, not as the request found them
    permit(by, PERMISSION, association)


def _reason(given: str) -> str:
    reason = one_line(given)
    if not reason:
        raise Refused(_("Write why, so that anybody can understand it later."))
    if len(reason) > MAX_REASON:
        raise Refused(
            _("The reason has %(count)s characters; at most %(limit)s are kept. Shorten it.")
            % {"count": len(reason), "limit": MAX_REASON}
        )
    return reason


def _document(association: Association, rule: Mapping[str, Any]) -> dict[str, Any]:
    """The rule in its one order; raises Refused with every fault in words."""
    in_use = version_in_use(association)
    forms = legal_forms_of(catalogue_of(in_use)) if in_use else {}
    try:
        return read_rule(dict(rule), legal_forms=forms).document
    except RuleError as error:
        raise Refused(" ".join(fault_words(one) for one in error.faults)) from None


def _check_new(association: Association, document: Mapping[str, Any], group_id: UUID | None) -> None:
    """Two groups with one rule would be one group with two names."""
    newest: dict[UUID, PeerGroupVersion] = {}
    for version in (
        PeerGroupVersion.objects.filter(group__association=association, group__retired_at__isnull=True)
        .select_related("group")
        .order_by("number")
    ):
        newest[version.group_id] = version
    for version in newest.values():
        if version.rule == document:
            if version.group_id == group_id:
                raise Refused(_("The rule is the same as before: nothing was changed."))
            raise Refused(
                _("“%(group)s” has this rule already. Use that group, or change the rule.")
                % {"group": version.group.name}
            )


def _group(association: Association, name: str, at: datetime) -> PeerGroup:
    name = one_line(name)
    if not name:
        raise Refused(_("Give the group a name."))
    if len(name) > MAX_NAME:
        raise Refused(
            _("The name has %(count)s characters; at most %(limit)s are kept. Shorten it.")
            % {"count": len(name), "limit": MAX_NAME}
        )
    groups = PeerGroup.objects.filter(association=association)
    if groups.filter(name__iexact=name, retired_at__isnull=True).exists():
        raise Refused(_("There is a group “%(name)s” already. Choose another name.") % {"name": name})
    taken = set(groups.values_list("code", flat=True))
    base = slugify(name)[: MAX_CODE - 4].strip("-") or "group"
    code, number = base, 2
    while code in taken or code == "new":
        code, number = f"{base}-{number}", number + 1
    return PeerGroup.objects.create(association=association, code=code, name=name, created_at=at)


def _open_group(association: Association, pk: UUID) -> PeerGroup:
    group = PeerGroup.objects.get(pk=pk, association=association)
    if group.retired_at is not None:
        raise Refused(_("The group is retired. Propose a new one with this rule."))
    return group


def _version(pk: UUID) -> PeerGroupVersion:
    try:
        return (
            PeerGroupVersion.objects.select_for_update(of=("self",))
            .select_related("group__association")
            .get(pk=pk)
        )
    except PeerGroupVersion.DoesNotExist:
        raise Refused(_("This version was withdrawn meanwhile.")) from None


def _record(
    verb: str, version: PeerGroupVersion, *, by: User, at: datetime, reason: str = "", **data: Any
) -> None:
    record(
        verb,
        version,
        by=by,
        at=at,
        association_id=version.group.association_id,
        reason=reason,
        code=version.group.code,
        number=version.number,
        **data,
    )
