"""The rules of an association: what each says, how far it counts, and how often it fired in the last round."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from members.models import Association, User
from reporting.catalogue import Mode, Severity, Terms
from reporting.models import CatalogueVersion, Round, RuleSetting
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.returns import load_sheets
from reporting.selectors.rule_words import Told, rules_in_words

CHANGED, FIRED, NOT_IN_FORCE = "changed", "fired", "paused"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule with the association's own setting; `fired`: returns of the last round in which it spoke up."""

    told: Told
    setting: RuleSetting | None
    fired: int | None

    @property
    def rule(self) -> str:
        """The id of the rule."""
        return self.told.rule

    @property
    def terms(self) -> Terms:
        """How far it counts here: the association's word, or else the catalogue's."""
        if self.setting is None:
            return self.told.terms
        return Terms(Mode(self.setting.mode), self.setting.effective_from, self.setting.effective_until)

    @property
    def counts_fully(self) -> bool:
        """Whether it is in force without an end or a beginning."""
        return self.terms == Terms()


@dataclass(frozen=True)
class RuleGroup:
    """The rules of one severity, or (`severity` none) the comparisons with earlier returns."""

    severity: Severity | None
    lines: Sequence[RuleLine]


@dataclass(frozen=True)
class RuleBook:
    """All rules of the catalogue that the association uses; `last_round` is where they were counted."""

    version: CatalogueVersion
    lines: Sequence[RuleLine]
    last_round: Round | None
    returns: int = 0

    def chosen(self, only: str = "") -> list[RuleGroup]:
        """The rules in groups; `only` those changed here, those that fired, or those not fully in force."""
        tests = {
            CHANGED: lambda line: line.setting is not None,
            FIRED: lambda line: bool(line.fired),
            NOT_IN_FORCE: lambda line: not line.counts_fully,
        }
        lines = [line for line in self.lines if tests.get(only, bool)(line)]
        comparing = [line for line in lines if _compares(line.told)]
        groups = [
            RuleGroup(
                severity, [one for one in lines if one.told.severity is severity and one not in comparing]
            )
            for severity in Severity
        ]
        return [group for group in (*groups, RuleGroup(None, comparing)) if group.lines]

    def count(self, only: str) -> int:
        """How many rules a filter leaves."""
        return sum(len(group.lines) for group in self.chosen(only))

    def line(self, rule: str) -> RuleLine | None:
        """The rule with this id."""
        return next((line for line in self.lines if line.rule == rule), None)


def _compares(told: Told) -> bool:
    return told.rule.startswith("T-") or told.rule in {"UNIT", "CURR"}


def version_in_use(association: Association) -> CatalogueVersion | None:
    """The catalogue of the newest round; before the first round the newest one that is offered."""
    newest = _newest_round(association)
    if newest is not None:
        return newest.catalogue
    offered = CatalogueVersion.objects.offered_to(association).defer("document")
    return offered.order_by("-loaded_at").first()


def _newest_round(association: Association) -> Round | None:
    return (
        Round.objects.filter(association=association)
        .select_related("association", "catalogue")
        .defer("catalogue__document")
        .order_by("-period_end", "-opened_at")
        .first()
    )


def rule_book(association: Association, user: User, *, rule: str = "") -> RuleBook | None:
    """The rules for a person, counted for the association's staff alone; None before there is any catalogue.

    Members do not learn how often others' figures were asked about. `rule` leaves only that one.
    """
    version = version_in_use(association)
    if version is None:
        return None
    settings = {
        one.rule: one
        for one in RuleSetting.objects.filter(association=association).select_related("changed_by")
    }
    counted = user.has_perm("reporting.view_rule_counts", association)
    last = _newest_round(association) if counted else None
    sheets = load_sheets(last) if last is not None else []
    fired = Counter(rule for sheet in sheets for rule in {found.rule for found in sheet.findings})
    lines = [
        RuleLine(told, settings.get(told.rule), fired[told.rule] if last is not None else None)
        for told in rules_in_words(catalogue_of(version))
        if not rule or told.rule == rule
    ]
    return RuleBook(version, lines, last, len(sheets))
