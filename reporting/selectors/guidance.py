"""Help with a question: the association's own words where it wrote any, the catalogue's everywhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from members.models import Association
from reporting.catalogue import Catalogue, Indicator
from reporting.models import Guidance
from reporting.selectors.rule_words import sign_words

MOST = 3  # formulas and checks that a help names; the catalogue has them all


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to read more; always https."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class GuidanceText:
    """What an association wrote about one indicator in one language; an empty part is the catalogue's business."""

    definition: str = ""
    example: str = ""
    evidence: str = ""
    note: str = ""
    links: Sequence[Link] = ()
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """A figure worked out from the answer, and how, in words."""

    label: str
    formula: str


@dataclass(frozen=True, slots=True)
class Help:
    """Everything that stands behind "Help" of one question."""

    indicator: Indicator
    words: GuidanceText
    uses: Sequence[Use]
    more_uses: int
    checks: Sequence[str]
    more_checks: int

    @property
    def definition(self) -> str:
        """What is asked, in the association's words or the catalogue's."""
        return self.words.definition or self.indicator.help

    @property
    def evidence(self) -> str:
        """What shows that the answer is right."""
        return self.words.evidence or self.indicator.evidence_prompt or ""

    @property
    def needs_evidence(self) -> bool:
        """Whether the catalogue asks for evidence, not only welcomes it."""
        return self.indicator.evidence.value == "required"


def guidance_for(association: Association, language: str) -> Mapping[str, GuidanceText]:
    """The association's words by indicator, in one query: in this language, else in the association's own."""
    rows = Guidance.objects.filter(association=association, language__in={language, association.language})
    found: dict[str, GuidanceText] = {}
    # the wanted language comes last and so wins
    for row in sorted(rows, key=lambda one: one.language == language):
        found[row.code] = text_of(row)
    return found


def text_of(row: Guidance) -> GuidanceText:
    """What a stored row says."""
    return GuidanceText(
        definition=row.definition,
        example=row.example,
        evidence=row.evidence,
        note=row.note,
        links=tuple(Link(one["title"], one["url"]) for one in row.links),
        changed_at=row.changed_at,
    )


def words_on(association: Association, code: str, language: str) -> GuidanceText:
    """The association's words about one indicator: in this language, else in its own, else none; one query."""
    rows = {
        row.language: row
        for row in Guidance.objects.filter(
            association=association, code=code, language__in={language, association.language}
        )
    }
    row = rows.get(language) or rows.get(association.language)
    return text_of(row) if row else GuidanceText()


def help_with(catalogue: Catalogue, indicator: Indicator, words: GuidanceText) -> Help:
    """The help beside a question; `words` are stored ones or those of a preview."""
    signs = sign_words()
    uses = [one for one in catalogue.derived if indicator.code in one.formula.codes]
    rules = catalogue.rules_of(indicator.code)
    return Help(
        indicator=indicator,
        words=words,
        uses=[Use(one.label, catalogue.readable(one.formula, signs)) for one in uses[:MOST]],
        more_uses=max(len(uses) - MOST, 0),
        checks=[catalogue.readable(rule.check, signs) for rule in rules[:MOST]],
        more_checks=max(len(rules) - MOST, 0),
    )
