"""What the last approved return of each member says about needs: weak practices, and core questions without an answer.

A dimension of the standards and a section of the catalogue stand for a topic of the training area; the tables below say
for which. Their codes are those of the shipped catalogue: what another catalogue calls otherwise is taken for social
indicators in general.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Association, Membership
from members.selectors.need_findings import HIGH, MEDIUM, Finding
from reporting.catalogue import Catalogue, Tier
from reporting.enums import FormLength, MissingReason
from reporting.models import Answer, Submission
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.returns import engine_values
from reporting.validation import Computed, compute
from training.enums import NeedSource, Topic

TOPIC_OF_DIMENSION: Mapping[str, Topic] = {
    "D1": Topic.MISSION,
    "D2": Topic.GOVERNANCE,
    "D3": Topic.PRODUCTS,
    "D4": Topic.CLIENT_PROTECTION,
    "D5": Topic.STAFF,
    "D6": Topic.PRICING,
    "D7": Topic.ENVIRONMENT,
}
TOPIC_OF_SECTION: Mapping[str, Topic] = {
    "PRO": Topic.DATA,
    "MIS": Topic.MISSION,
    "GOV": Topic.GOVERNANCE,
    "PRD": Topic.PRODUCTS,
    "OUT": Topic.INDICATORS,
    "MET": Topic.INDICATORS,
    "RET": Topic.CLIENT_ASSESSMENT,
    "CLP": Topic.CLIENT_PROTECTION,
    "PRI": Topic.PRICING,
    "HRM": Topic.STAFF,
    "ENT": Topic.INDICATORS,
    "ENV": Topic.ENVIRONMENT,
    "POV": Topic.POVERTY,
    "FIN": Topic.DATA,
    "SIG": Topic.DATA,
}
WEAK_BELOW, URGENT_BELOW = 50, 25  # of 100: yes counts 1, partly a half
FEWEST_PRACTICES = 3  # answered, before anything is said of a dimension
FEWEST_OPEN, OPEN_FROM = 2, 20  # core questions without an answer on a topic, and their share in per cent
# answers that are no gap of knowledge: the question does not concern the MFI, or it chose not to say
NO_GAP = frozenset({MissingReason.NOT_APPLICABLE, MissingReason.REFUSED})
YEARS = 3  # how old a return may be
MOST_NAMED = 4


def read(association: Association, at: datetime) -> list[Finding]:
    """What returns say about the members of today, in three queries."""
    last = _last_returns(association, at)
    answers: dict[UUID, dict[str, Answer]] = defaultdict(dict)
    for answer in Answer.objects.filter(submission__in=[one.pk for one in last]):
        answers[answer.submission_id][answer.code] = answer
    found: list[Finding] = []
    for one in last:
        catalogue = catalogue_of(one.round.catalogue)
        own = answers[one.pk]
        computed = compute(
            catalogue,
            engine_values(catalogue, own),
            one.round.context,
            sections=one.round.sections,
            full_form=one.round.form_length == FormLength.FULL,
        )
        found += _weak(one, catalogue, computed)
        missing = {code: answer.missing for code, answer in own.items() if answer.missing}
        found += _open(one, catalogue, computed, missing)
    return found


def _last_returns(association: Association, at: datetime) -> list[Submission]:
    members = Membership.objects.current().filter(association=association).values("institution_id")
    rows = (
        Submission.objects.approved()
        .filter(association=association, institution__in=members, round__year__gte=at.year - YEARS)
        .select_related("round__catalogue", "institution")
        .defer("round__catalogue__document")
        .order_by("institution_id", "-round__period_end", "-round__opened_at")
        .distinct("institution_id")
    )
    return sorted(rows, key=lambda one: (one.institution.name, str(one.pk)))


def _weak(one: Submission, catalogue: Catalogue, computed: Computed) -> Iterator[Finding]:
    for dimension in catalogue.dimensions:
        shares = {
            code: float(value)
            for code in dimension.scored_indicators
            if code in computed.relevant and isinstance(value := computed.names.get(code), bool | int | float)
        }
        if len(shares) < FEWEST_PRACTICES:
            continue
        score = round(100 * sum(shares.values()) / len(shares))
        if score >= WEAK_BELOW:
            continue
        in_place = sum(share >= 1 for share in shares.values())
        partly = sum(0 < share < 1 for share in shares.values())
        missing = [
            catalogue.labels[code]
            for code, share in sorted(shares.items(), key=lambda pair: pair[1])
            if share < 1
        ]
        reason = _(
            "%(year)s, %(dimension)s: of %(asked)s practices %(done)s are in place and %(partly)s partly. "
            "That is %(score)s of 100, below the limit of %(limit)s."
        ) % {
            "year": one.round.year,
            "dimension": dimension.label,
            "asked": len(shares),
            "done": in_place,
            "partly": partly,
            "score": score,
            "limit": WEAK_BELOW,
        }
        yield Finding(
            institution_id=one.institution_id,
            topic=TOPIC_OF_DIMENSION.get(dimension.code, Topic.STANDARDS),
            source=NeedSource.PRACTICE,
            key=f"practice:{dimension.code}:{one.round.year}",
            reason=reason,
            facts={
                "year": one.round.year,
                "score": score,
                "limit": WEAK_BELOW,
                "asked": len(shares),
                "missing": _named(missing),
            },
            urgency=HIGH if score < URGENT_BELOW else MEDIUM,
        )


def _open(
    one: Submission, catalogue: Catalogue, computed: Computed, missing: Mapping[str, str]
) -> Iterator[Finding]:
    asked: dict[Topic, list[str]] = defaultdict(list)
    unanswered: dict[Topic, list[str]] = defaultdict(list)
    for indicator in catalogue.indicators:
        code = indicator.code
        if indicator.tier is not Tier.CORE or not indicator.required or code not in computed.relevant:
            continue
        if missing.get(code) in NO_GAP:
            continue
        topic = TOPIC_OF_SECTION.get(indicator.section, Topic.INDICATORS)
        asked[topic].append(code)
        if code not in computed.values:
            unanswered[topic].append(code)
    for topic, codes in unanswered.items():
        share = 100 * len(codes) // len(asked[topic])
        if len(codes) < FEWEST_OPEN or share < OPEN_FROM:
            continue
        not_tracked = sum(missing.get(code) == MissingReason.NOT_TRACKED for code in codes)
        reason = _("%(year)s: %(open)s of %(asked)s core questions on “%(topic)s” have no answer.") % {
            "year": one.round.year,
            "open": len(codes),
            "asked": len(asked[topic]),
            "topic": topic.label,
        }
        if not_tracked:
            reason += " " + ngettext(
                "%(count)s is marked as not tracked.", "%(count)s are marked as not tracked.", not_tracked
            ) % {"count": not_tracked}
        yield Finding(
            institution_id=one.institution_id,
            topic=topic,
            source=NeedSource.UNANSWERED,
            key=f"unanswered:{topic}:{one.round.year}",
            reason=reason,
            facts={
                "year": one.round.year,
                "open": len(codes),
                "asked": len(asked[topic]),
                "not_tracked": not_tracked,
                "missing": _named([catalogue.labels[code] for code in codes]),
            },
            urgency=MEDIUM,
        )


def _named(labels: list[str]) -> str:
    """The first few labels."""
    more = len(labels) - MOST_NAMED
    words = "; ".join(labels[:MOST_NAMED])
    if more <= 0:
        return words
    return ngettext("%(named)s; and %(count)s more", "%(named)s; and %(count)s more", more) % {
        "named": words,
        "count": more,
    }
