"""Putting single rules on trial, switching them off, or giving them dates, for one association."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import Association, User
from reporting.enums import RuleMode
from reporting.models import Round, RuleSetting
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.returns import load_sheets
from reporting.selectors.rule_settings import version_in_use
from reporting.selectors.rule_words import rules_in_words
from reporting.services.answers import refresh_counters
from spm_portal.common.audit import acting, record
from spm_portal.common.refusal import Refused
from spm_portal.common.typed import one_line

MAX_REASON = 1000


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """What a manager wants of a rule; the dates are compared with the last day of a round's period."""

    mode: RuleMode = RuleMode.IN_FORCE
    effective_from: date | None = None
    effective_until: date | None = None


def set_rule(
    *, association: Association, rule: str, terms: RuleTerms, reason: str, by: User, at: datetime
) -> RuleSetting:
    """Say what a rule does in this association's rounds; open returns are counted anew at once.

    The same terms with the same reason again write nothing. Raises Refused for an unknown rule, dates out of order or
    a missing reason, PermissionDenied for people who do not manage the association.
    """
    reason = _allowed(association, rule, reason, by)
    begins, ends = terms.effective_from, terms.effective_until
    if begins is not None and ends is not None and ends < begins:
        raise Refused(_("The last day lies before the first. Correct one of the two."))
    with transaction.atomic(), acting(by, reason=reason):
        # the association's row serialises two people who set the same rule at once
        Association.objects.select_for_update().get(pk=association.pk)
        row = RuleSetting.objects.filter(association=association, rule=rule).first()
        fields = {"mode": terms.mode, "effective_from": begins, "effective_until": ends, "reason": reason}
        if row is None:
            row = RuleSetting(association=association, rule=rule)
        elif all(getattr(row, name) == value for name, value in fields.items()):
            return row
        for name, value in fields.items():
            setattr(row, name, value)
        row.changed_at, row.changed_by = at, by
        row.save()
        record(
            "rule.set",
            row,
            by=by,
            at=at,
            association_id=association.pk,
            reason=reason,
            rule=rule,
            mode=terms.mode.value,
            effective_from=begins.isoformat() if begins else None,
            effective_until=ends.isoformat() if ends else None,
        )
        _count_anew(association)
    return row


def clear_rule(*, association: Association, rule: str, reason: str, by: User, at: datetime) -> bool:
    """Let a rule follow the catalogue again; false where it does already. Raises as `set_rule` does."""
    reason = _allowed(association, rule, reason, by)
    with transaction.atomic(), acting(by, reason=reason):
        Association.objects.select_for_update().get(pk=association.pk)
        row = RuleSetting.objects.filter(association=association, rule=rule).first()
        if row is None:
            return False
        record("rule.cleared", row, by=by, at=at, association_id=association.pk, reason=reason, rule=rule)
        row.delete()
        _count_anew(association)
    return True


def _allowed(association: Association, rule: str, reason: str, by: User) -> str:
    if not by.has_perm("reporting.set_rules", association):
        raise PermissionDenied
    reason = one_line(reason)
    if not reason:
        raise Refused(_("Write why, so that anybody can understand it later."))
    if len(reason) > MAX_REASON:
        raise Refused(
            _("The reason has %(count)s characters; at most %(limit)s are kept. Shorten it.")
            % {"count": len(reason), "limit": MAX_REASON}
        )
    version = version_in_use(association)
    if version is None or rule not in {told.rule for told in rules_in_words(catalogue_of(version))}:
        raise Refused(_("There is no rule “%(rule)s” in the catalogue.") % {"rule": rule[:64]})
    return reason


def _count_anew(association: Association) -> None:
    """Make the counters of returns that members or staff still work on repeat what the rules find now."""
    rounds = Round.objects.filter(association=association, closed_at=None, imported=False)
    for of_round in rounds.select_related("association", "catalogue").defer("catalogue__document"):
        for sheet in load_sheets(of_round):
            refresh_counters(sheet.submission, sheet)
