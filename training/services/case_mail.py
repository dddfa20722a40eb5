"""To whom mails about cases of technical assistance go: staff, the member's people, and experts without an account."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import User
from members.selectors.readers import people_of, staff_of
from members.services.letters import Letter, letter, tell, tell_address
from spm_portal.common.languages import country_name
from spm_portal.common.origin import address_of
from training.enums import CallAnswer
from training.models import Case, CaseCall, Expert


def where_the_link_is(case: Case) -> str:
    """How an expert opens the case, in mails that carry no link: only its hash is kept."""
    return _(
        "Open the case by the personal link that %(association)s sent you when it chose you. If you no longer find"
        " it, ask %(association)s for a new one."
    ) % {"association": case.association.label}


def unnamed(case: Case) -> str:
    """The member for experts who are not told which it is."""
    return _("one of its members in %(country)s") % {"country": country_name(case.institution.country)}


def facts_of(case: Case) -> dict[str, str]:
    """What mails about a case say."""
    return {
        "member": case.institution.name,
        "association": case.association.name,
        "number": case.number,
        "title": case.title,
        "expert": case.expert.name if case.expert is not None else "",
        "follow_up": date_format(case.follow_up_on, "DATE_FORMAT") if case.follow_up_on else "",
        "reason": case.end_reason,
        "page": address_of("case", case.association.slug, case.pk),
    }


def tell_staff(
    case: Case, words: Callable[[User], Letter], purpose: str, about: object, by: User | None, at: datetime
) -> int:
    """To the staff, but not to who did it; how many mails were new."""
    return _tell(staff_of(case.association_id), words, f"{purpose}.staff", about, by, at, case)


def tell_member(
    case: Case, words: Callable[[User], Letter], purpose: str, about: object, by: User | None, at: datetime
) -> int:
    """To the member’s people, but not to who did it; how many mails were new."""
    return _tell(people_of(case.institution_id), words, f"{purpose}.member", about, by, at, case)


def _tell(
    readers: Iterable[User],
    words: Callable[[User], Letter],
    purpose: str,
    about: object,
    by: User | None,
    at: datetime,
    case: Case,
) -> int:
    """To everybody but the person who did it."""
    others = [one for one in readers if by is None or one.pk != by.pk]
    return tell(others, words, purpose=purpose, about=about, at=at, association_id=case.association_id)


def to_the_call(call: CaseCall, words: Callable[[], Letter], purpose: str, at: datetime) -> None:
    """To the expert of a call, with the link that was just made."""
    key = f"{purpose}:{call.pk}:{(call.token_hash or '')[:16]}"
    _write(call.case, call.expert, words, purpose, key, at)


def tell_expert(
    case: Case, expert: Expert, words: Callable[[], Letter], purpose: str, about: object, at: datetime
) -> None:
    """To an expert, once about one thing."""

    def greeting() -> Letter:
        found = words()
        return letter(found.subject, _("Hello %(expert)s,") % {"expert": expert.name}, "", found.text)

    _write(case, expert, greeting, f"{purpose}.expert", f"{purpose}.expert:{about}:{expert.pk}", at)


def tell_asked(case: Case, words: Callable[[dict[str, str]], Letter], purpose: str, at: datetime) -> None:
    """To experts who were asked, did not decline, and were not chosen."""
    others = case.calls.exclude(answer=CallAnswer.DECLINED).exclude(expert=case.expert_id)
    for call in others.select_related("expert__user").order_by("expert__name"):
        tell_expert(case, call.expert, lambda: words(facts_of(case)), purpose, f"{call.pk} {at:%Y-%m-%d}", at)


def _write(
    case: Case, expert: Expert, words: Callable[[], Letter], purpose: str, key: str, at: datetime
) -> None:
    """In the association's language: nobody knows the expert's. Without an address nobody is written to."""
    if expert.mail_to:
        tell_address(
            expert.mail_to,
            case.association.language,
            words,
            purpose=purpose,
            key=key,
            at=at,
            association_id=case.association_id,
        )
