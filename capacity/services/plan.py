"""Writing the association's plan: items from gaps or by hand, changes that overwrite nobody's, steps and words."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from capacity.enums import OfferState, PlanStatus
from capacity.models import Assessment, FrameworkVersion, PlanItem, PlanUpdate, SupportOffer
from capacity.selectors.agreed import agreed_scores
from capacity.selectors.proposals import Proposal, proposals_of
from capacity.services.filling import fill
from capacity.services.plan_checks import check
from capacity.states import AFTER_OTHERS, SETTLED, may_step, needs_words
from members.models import Association, User
from members.services.permission import permit
from spm_portal.common import audit
from spm_portal.common.refusal import Refused

LONGEST_TITLE = 200
LONGEST_DONE_WHEN = 500
LONGEST_WORDS = 4000


class PlanItemChanged(Exception):
    """Somebody else saved the item after the page was opened; `item` is as it is now.

    No refusal like others: pages show both words beside each other, and nothing of either is lost.
    """

    def __init__(self, item: PlanItem) -> None:
        self.message = _(
            "Somebody else changed this item while you had it open. Nothing of yours was saved yet: "
            "compare, correct what you wrote, and save again."
        )
        super().__init__(self.message)
        self.item = item


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFields:
    """What people say of an item; an empty currency is the association's."""

    title: str
    goal_level: int
    description: str = ""
    owner: User | None = None
    owner_name: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    cost: Decimal | None = None
    currency: str = ""
    support_area: str = ""
    done_when: str = ""
    depends_on: PlanItem | None = None


NAMES = tuple(field.name for field in fields(PlanFields))


def propose_items(
    *, assessment: Assessment, chosen: Collection[str], by: User, at: datetime
) -> list[PlanItem]:
    """Take gaps of an agreed assessment into the plan as proposed items, with the framework's goal and support area.

    A gap for which the plan holds an open item is left alone, so that a double click proposes once. Raises Refused
    for a code that is no gap of this assessment.
    """
    association = assessment.association
    permit(by, "capacity.edit_plan", association)
    with transaction.atomic(), audit.acting(by, reason="plan proposed from gaps"):
        Association.objects.select_for_update().get(pk=association.pk)
        known = {one.item.code: one for one in proposals_of(assessment)}
        if strange := sorted(set(chosen) - known.keys()):
            raise Refused(_("“%(code)s” is not a gap of this assessment.") % {"code": strange[0][:40]})
        return [
            _from_gap(assessment, proposal, by, at)
            for code, proposal in known.items()
            if code in set(chosen) and proposal.planned is None
        ]


def add_item(
    *,
    association: Association,
    framework: FrameworkVersion,
    item: str,
    values: PlanFields,
    by: User,
    at: datetime,
    assessment: Assessment | None = None,
) -> PlanItem:
    """Put an item about one capacity into the plan; it starts from the level that the assessment agreed on.

    Raises ValidationError by field.
    """
    permit(by, "capacity.edit_plan", association)
    with transaction.atomic(), audit.acting(by, reason="plan item added"):
        made = PlanItem(
            association=association,
            framework=framework,
            assessment=assessment,
            item=item,
            from_level=_agreed_level(assessment, item),
            status_since=at,
            created_at=at,
            created_by=by,
        )
        _fill(made, values)
        check(made, known_owner=None, known_wait=None)
        made.save(force_insert=True)
        _record("plan.add", made, by, at, capacity=item)
    return made


def change_item(*, item_id: UUID, version: int, values: PlanFields, by: User, at: datetime) -> PlanItem:
    """Change what is said of an item, as its page of this `version` showed it.

    Raises PlanItemChanged where somebody saved meanwhile, ValidationError by field for what cannot be.
    """
    with transaction.atomic(), audit.acting(by, reason="plan item changed"):
        item = _locked(item_id, by)
        known_owner, known_wait = item.owner_id, item.depends_on_id
        before = {name: getattr(item, name) for name in NAMES}
        _fill(item, values)
        changed = [name for name in NAMES if getattr(item, name) != before[name]]
        if not changed:
            return item
        if item.version != version:
            raise PlanItemChanged(_fresh(item_id))
        _keep_currency(item, str(before["currency"]))
        check(item, known_owner=known_owner, known_wait=known_wait)
        item.version += 1
        item.save(update_fields=[*changed, "version"])
        _record("plan.change", item, by, at, fields=changed)
    return item


def step(
    *,
    item_id: UUID,
    version: int,
    status: str,
    by: User,
    at: datetime,
    text: str = "",
    url: str = "",
) -> PlanItem:
    """Move an item to another status, with words or a link.

    Done needs either, as evidence; dropping and taking back need words. Planned and what follows need an owner and a
    day, and what waits for another item cannot begin before that is done. Raises PlanItemChanged and Refused.
    """
    with transaction.atomic(), audit.acting(by, reason="plan item moved"):
        item = _locked(item_id, by)
        text, url = _words(text, url)
        if item.version != version:
            raise PlanItemChanged(item)
        _check_step(item, status, text, url)
        item.status, item.status_since = PlanStatus(status), at
        item.version += 1
        item.save(update_fields=["status", "status_since", "version"])
        _say(item, PlanStatus(status), text, url, by, at)
        _record("plan.step", item, by, at, status=status)
    return item


def write_word(*, item_id: UUID, by: User, at: datetime, text: str = "", url: str = "") -> PlanUpdate:
    """Report of an item without moving it. Raises Refused for neither words nor a link."""
    with transaction.atomic(), audit.acting(by, reason="word about a plan item"):
        item = _locked(item_id, by)
        text, url = _words(text, url)
        if not text and not url:
            raise Refused(_("Write what happened, or give a link."))
        said = _say(item, "", text, url, by, at)
        _record("plan.word", item, by, at)
    return said


def _locked(item_id: UUID, by: User) -> PlanItem:
    item = _items().select_for_update(of=("self",)).filter(pk=item_id).first()
    if item is None:
        raise PermissionDenied  # hidden and absent items answer alike
    permit(by, "capacity.change_plan_item", item)
    return item


def _fresh(item_id: UUID) -> PlanItem:
    return _items().get(pk=item_id)


def _items() -> QuerySet[PlanItem]:
    return PlanItem.objects.select_related("association", "framework", "owner", "depends_on").defer(
        "framework__document"
    )


def _fill(item: PlanItem, values: PlanFields) -> None:
    fill(item, values)
    item.currency = item.currency.upper() or item.association.currency


def _from_gap(assessment: Assessment, gap: Proposal, by: User, at: datetime) -> PlanItem:
    made = PlanItem(
        association=assessment.association,
        framework=assessment.framework,
        assessment=assessment,
        item=gap.item.code,
        from_level=gap.level.level,
        status_since=at,
        created_at=at,
        created_by=by,
    )
    _fill(
        made,
        PlanFields(
            title=_cut(gap.item.text, LONGEST_TITLE),
            goal_level=gap.goal.level,
            support_area=gap.support[0].area.code if gap.support else "",
            done_when=_cut(gap.done_when, LONGEST_DONE_WHEN),
        ),
    )
    made.save(force_insert=True)
    _record("plan.propose", made, by, at, capacity=gap.item.code, assessment=str(assessment.pk))
    return made


def _agreed_level(assessment: Assessment | None, item: str) -> int | None:
    if assessment is None:
        return None
    level = agreed_scores([assessment.pk])[assessment.pk].get(item)
    return level if isinstance(level, int) else None


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _keep_currency(item: PlanItem, before: str) -> None:
    """Offers stand in the currency that the item had: who offered counted in it."""
    if item.currency == before:
        return
    standing = (
        SupportOffer.objects.filter(
            item=item, state__in=[OfferState.OFFERED, OfferState.ACCEPTED, OfferState.COMPLETED]
        )
        .exclude(currency=item.currency)
        .select_related("donor")
        .first()
    )
    if standing is not None:
        raise ValidationError(
            {
                "currency": _(
                    "%(donor)s offered support for this item in %(offered)s, and you changed it to %(now)s. "
                    "Keep %(offered)s, so that both sides count the same."
                )
                % {"donor": standing.donor.name, "offered": standing.currency, "now": item.currency}
            }
        )


def _check_step(item: PlanItem, status: str, text: str, url: str) -> None:
    labels = dict(PlanStatus.choices)
    if status not in labels or not may_step(item.status, status):
        raise Refused(
            _("An item that is “%(old)s” cannot become “%(new)s”. Reload the page to see what it can become.")
            % {"old": labels[item.status], "new": labels.get(status, status[:40])}
        )
    if status in SETTLED and (item.due_on is None or not (item.owner_id or item.owner_name)):
        raise Refused(_("Say first who does it and until when: change the item, then come back."))
    other = item.depends_on
    if status in AFTER_OTHERS and other is not None and other.status != PlanStatus.DONE:
        raise Refused(
            _(
                "It waits for “%(other)s”, which is “%(status)s”. Finish that first, "
                "or change the item so that it waits for nothing."
            )
            % {"other": other.title, "status": other.get_status_display()}
        )
    if status == PlanStatus.DONE and not text and not url:
        raise Refused(_("Say what shows that it is done, or give a link to it."))
    if needs_words(item.status, status) and not text:
        raise Refused(_("Say why, so that everybody can understand it later."))


def _words(text: str, url: str) -> tuple[str, str]:
    text, url = text.strip(), url.strip()
    if len(text) > LONGEST_WORDS:
        raise Refused(_("Write at most %(count)s characters.") % {"count": LONGEST_WORDS})
    try:
        PlanUpdate(url=url).clean_fields(exclude=[f.name for f in PlanUpdate._meta.fields if f.name != "url"])
    except ValidationError:
        raise Refused(
            _("The link must be a whole address, such as https://example.org/report.pdf.")
        ) from None
    return text, url


def _say(item: PlanItem, status: str, text: str, url: str, by: User, at: datetime) -> PlanUpdate:
    said: PlanUpdate = PlanUpdate.objects.create(
        association_id=item.association_id, item=item, at=at, by=by, status=status, text=text, url=url
    )
    return said


def _record(verb: str, item: PlanItem, by: User, at: datetime, **data: Any) -> None:
    audit.record(verb, item, by=by, at=at, association_id=item.association_id, **data)
