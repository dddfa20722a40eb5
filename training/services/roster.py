"""Writing the roster: experts, how far they came as trainers, what each may teach, and their personal links."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import Association, User
from members.services.letters import Letter, letter, tell_address
from members.services.permission import permit
from spm_portal.common.audit import acting, record
from spm_portal.common.money import currencies
from spm_portal.common.origin import address_of
from spm_portal.common.refusal import Refused
from spm_portal.common.tokens import hash_of, new_token
from spm_portal.common.typed import one_line, paragraphs
from training.enums import CaseStage, SessionState, TeachingLevel, Topic, TrainerStatus
from training.models import Case, Course, Expert, SessionTrainer, TeachingRight
from training.trainer_levels import may_teach, needed_for

MANAGE, CHANGE = "training.manage_roster", "training.change_expert"
LONGEST_ABOUT = 4000
MOST_LISTED = 40  # languages, countries
UNDER_WAY = (CaseStage.CONTRACT, CaseStage.DELIVERY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertFields:
    """What the roster says of an expert."""

    name: str
    email: str = ""
    organisation: str = ""
    is_staff: bool = False
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    about: str = ""
    day_rate: Decimal | None = None
    currency: str = ""


def save_expert(
    *,
    association: Association,
    values: ExpertFields,
    by: User,
    at: datetime,
    expert_id: UUID | None = None,
) -> Expert:
    """Take somebody onto the roster, or change the entry of this key. Raises ValidationError by field.

    Whoever has an account with the same e-mail address sees the own sessions with it.
    """
    clean = _cleaned(values)
    with transaction.atomic(), acting(by):
        permit(by, MANAGE, association)
        Association.objects.select_for_update(no_key=True).get(pk=association.pk)
        expert = (
            Expert(association=association, added_at=at)
            if expert_id is None
            else locked_expert(expert_id=expert_id, by=by, at=at)
        )
        _once(expert, str(clean["email"]))
        moved = expert.token_hash is not None and expert.email != clean["email"]
        for name, value in clean.items():
            setattr(expert, name, value)
        expert.user = _account(expert.email)
        if moved:  # whoever reads the old address opens nothing any more
            expert.token_hash = None
        expert.save()
        _record("roster.write", expert, by, at)
    return expert


def retire(*, expert_id: UUID, by: User, at: datetime) -> Expert:
    """Take somebody off the roster; what was taught and delivered stays. Raises Refused while work is under way."""
    with transaction.atomic(), acting(by):
        expert = locked_expert(expert_id=expert_id, by=by, at=at)
        if expert.retired_at is not None:
            return expert
        teaching = SessionTrainer.objects.filter(
            expert=expert,
            session__state__in=(SessionState.DRAFT, SessionState.ANNOUNCED),
            session__ends_at__gt=at,
        ).select_related("session")
        if one := teaching.first():
            raise Refused(
                _("%(name)s still teaches “%(session)s”. Choose another trainer there first.")
                % {"name": expert.name, "session": one.session.title}
            )
        if case := Case.objects.filter(expert=expert, stage__in=UNDER_WAY).first():
            raise Refused(
                _("%(name)s works on case %(case)s. Close it first, or choose another expert there.")
                % {"name": expert.name, "case": case.number}
            )
        expert.retired_at, expert.token_hash = at, None
        expert.save(update_fields=["retired_at", "token_hash"])
        _record("roster.retire", expert, by, at)
    return expert


def bring_back(*, expert_id: UUID, by: User, at: datetime) -> Expert:
    """Take somebody onto the roster again. Raises Refused where the address is in use there by now."""
    with transaction.atomic(), acting(by):
        expert = locked_expert(expert_id=expert_id, by=by, at=at)
        if expert.retired_at is not None:
            try:
                _once(expert, expert.email)
            except ValidationError as error:
                raise Refused(" ".join(error.messages)) from None
            expert.retired_at = None
            expert.save(update_fields=["retired_at"])
            _record("roster.bring_back", expert, by, at)
    return expert


def set_status(*, expert_id: UUID, status: str, since: date, by: User, at: datetime) -> Expert:
    """Say how far somebody came on the way to training others, and since when.

    Raises Refused where the person holds rights to teach that the new status does not allow.
    """
    if status not in TrainerStatus.values:
        raise Refused(_("Choose one of the list."))
    if since > at.date():
        raise Refused(_("The day is still to come. Enter it once it is so."))
    with transaction.atomic(), acting(by):
        expert = locked_expert(expert_id=expert_id, by=by, at=at)
        too_much = [
            right
            for right in TeachingRight.objects.filter(expert=expert, until__isnull=True).select_related(
                "course"
            )
            if not may_teach(status, right.level)
        ]
        if too_much:
            raise Refused(
                _("End these rights to teach first: %(rights)s.")
                % {
                    "rights": ", ".join(
                        f"{right.course.title} ({right.get_level_display()})" for right in too_much
                    )
                }
            )
        before = expert.trainer_status
        expert.trainer_status = status
        expert.trainer_since = None if status == TrainerStatus.NONE else since
        expert.save(update_fields=["trainer_status", "trainer_since"])
        _record("roster.status", expert, by, at, before=before, after=status)
    return expert


def give_right(
    *, expert_id: UUID, course_id: UUID, level: str, since: date, by: User, at: datetime
) -> TeachingRight:
    """Let somebody teach a course in a part; another part of the same course ends the day before.

    Only certified trainers lead, and candidates assist: otherwise raises Refused with what is missing.
    """
    if level not in TeachingLevel.values:
        raise Refused(_("Choose in which part the person may teach."))
    with transaction.atomic(), acting(by):
        expert = locked_expert(expert_id=expert_id, by=by, at=at)
        if expert.retired_at is not None:
            raise Refused(_("%(name)s was taken off the roster.") % {"name": expert.name})
        course = Course.objects.current().filter(association=expert.association_id, pk=course_id).first()
        if course is None:
            raise Refused(_("This course is not in the catalogue any more. Choose another one."))
        if not may_teach(expert.trainer_status, level):
            raise Refused(_too_early(expert, level))
        held = TeachingRight.objects.filter(expert=expert, course=course, until__isnull=True).first()
        if held is not None and held.level == level:
            return held
        if held is not None and since <= held.since:
            held.level = level
            held.save(update_fields=["level"])
            _record("roster.right", expert, by, at, course=course.code, level=level)
            return held
        if held is not None:
            held.until = since - timedelta(days=1)
            held.save(update_fields=["until"])
        made: TeachingRight = TeachingRight.objects.create(
            association_id=expert.association_id, expert=expert, course=course, level=level, since=since
        )
        _record("roster.right", expert, by, at, course=course.code, level=level)
    return made


def end_right(*, expert_id: UUID, right_id: UUID, until: date, by: User, at: datetime) -> TeachingRight:
    """End a right to teach. Raises Refused where the person is to teach the course after that day."""
    with transaction.atomic(), acting(by):
        expert = locked_expert(expert_id=expert_id, by=by, at=at)
        right = TeachingRight.objects.filter(expert=expert, pk=right_id).select_related("course").first()
        if right is None:
            raise PermissionDenied
        if right.until is not None and right.until <= until:
            return right
        if until < right.since:
            raise Refused(
                _("The right began on %(day)s: the last day cannot come before it.")
                % {"day": date_format(right.since, "DATE_FORMAT")}
            )
        later = SessionTrainer.objects.filter(
            expert=expert,
            session__course=right.course_id,
            session__state__in=(SessionState.DRAFT, SessionState.ANNOUNCED),
            session__starts_at__date__gt=until,
        ).select_related("session")
        if one := later.first():
            raise Refused(
                _("%(name)s still teaches “%(session)s”. Choose another trainer there first.")
                % {"name": expert.name, "session": one.session.title}
            )
        right.until = until
        right.save(update_fields=["until"])
        _record("roster.right_ended", expert, by, at, course=right.course.code)
    return right


def send_link(*, expert_id: UUID, by: User, at: datetime) -> Expert:
    """Mail a new personal link; an older one opens nothing any more. Raises Refused without an address."""
    with transaction.atomic(), acting(by):
        expert = locked_expert(expert_id=expert_id, by=by, at=at)
        if expert.retired_at is not None:
            raise Refused(_("%(name)s was taken off the roster.") % {"name": expert.name})
        if not expert.email:
            raise Refused(_("Enter the e-mail address of %(name)s first.") % {"name": expert.name})
        token = new_token()
        expert.token_hash = hash_of(token)
        expert.save(update_fields=["token_hash"])
        _record("roster.link_sent", expert, by, at)
        association = expert.association
        tell_address(
            expert.email,
            association.language,
            lambda: _link_letter(expert, association, token),
            purpose="training.teaching_link",
            key=f"training.teaching_link:{expert.token_hash}",
            at=at,
            association_id=association.pk,
        )
    return expert


def log_roster_file(*, association: Association, by: User, at: datetime) -> None:
    """Write down that somebody took the roster away as a file."""
    with transaction.atomic(), acting(by):
        permit(by, "training.view_roster", association)
        record("roster.file", association, by=by, at=at, association_id=association.pk)


def expert_under_lock(expert_id: UUID) -> Expert:
    """The entry under its row lock, whoever asks; raises PermissionDenied where there is none."""
    expert = (
        Expert.objects.select_for_update(of=("self",), no_key=True)
        .select_related("association")
        .filter(pk=expert_id)
        .first()
    )
    if expert is None:
        raise PermissionDenied
    return expert


def locked_expert(*, expert_id: UUID, by: User, at: datetime) -> Expert:
    """The entry under its row lock, for whoever may change it."""
    expert = expert_under_lock(expert_id)
    permit(by, CHANGE, expert)
    return expert


def _record(verb: str, expert: Expert, by: User, at: datetime, **data: Any) -> None:
    record(verb, expert, by=by, at=at, association_id=expert.association_id, **data)


def _account(email: str) -> User | None:
    return User.objects.filter(email__iexact=email, is_active=True).first() if email else None


def _once(expert: Expert, email: str) -> None:
    others = Expert.objects.filter(association=expert.association_id, email=email, retired_at__isnull=True)
    if email and others.exclude(pk=expert.pk).exists():
        raise ValidationError({"email": _("Somebody on the roster has this address already.")})


def _too_early(expert: Expert, level: str) -> str:
    words = {
        TeachingLevel.LEAD: _("Only certified trainers lead a course."),
        TeachingLevel.CO_TRAINER: _("Co-trainers are at least practising beside a certified trainer."),
        TeachingLevel.ASSISTANT: _("Who assists attended the training of trainers."),
    }
    return "{} {}".format(
        words[TeachingLevel(level)],
        _("The status of %(name)s is “%(status)s”; it would have to be “%(needed)s”.")
        % {
            "name": expert.name,
            "status": expert.get_trainer_status_display(),
            "needed": needed_for(level).label,
        },
    )


def _link_letter(expert: Expert, association: Association, token: str) -> Letter:
    values = {"name": expert.name, "association": association.label}
    return letter(
        _("Your page as a trainer of %(association)s") % values,
        _("Hello %(name)s,") % values,
        "",
        _(
            "%(association)s gives you a page of your own: your sessions with dates, materials and attendance, your"
            " documents, and your conflicts of interest. You need no account: open this link."
        )
        % values,
        "",
        address_of("teaching_link", token),
        "",
        _("The link is yours alone: do not pass it on. A newer link replaces it."),
    )


def _cleaned(values: ExpertFields) -> dict[str, object]:
    """The fields as they are kept. Raises ValidationError with all that is wrong."""
    faults: dict[str, str] = {}
    name, email = one_line(values.name), values.email.strip().lower()
    if not name or len(name) > 150:
        faults["name"] = _("Write the name in at most %(limit)s characters.") % {"limit": 150}
    if email:
        try:
            validate_email(email)
        except ValidationError:
            faults["email"] = _("Enter an e-mail address, such as name@example.org.")
    if set(values.skills) - set(Topic.values):
        faults["skills"] = _("Choose one of the list.")
    for field in ("languages", "countries"):
        if len(getattr(values, field)) > MOST_LISTED:
            faults[field] = _("Choose at most %(limit)s.") % {"limit": MOST_LISTED}
    rate, currency = values.day_rate, values.currency.strip().upper()
    if rate is not None and not (0 <= rate < 10**10 and rate == round(rate, 2)):
        faults["day_rate"] = _("Write the rate as an amount of 0 or more.")
    if rate is not None and currency not in currencies():
        faults["currency"] = _("Write three letters of ISO 4217, such as KES.")
    if len(values.about) > LONGEST_ABOUT:
        faults["about"] = _("Write at most %(limit)s characters.") % {"limit": LONGEST_ABOUT}
    if faults:
        raise ValidationError({field: [text] for field, text in faults.items()})
    return {
        "name": name,
        "email": email,
        "organisation": one_line(values.organisation)[:150],
        "is_staff": values.is_staff,
        "skills": list(values.skills),
        "languages": list(values.languages),
        "countries": list(values.countries),
        "about": paragraphs(values.about),
        "day_rate": rate,
        "currency": currency if rate is not None else "",
    }
