"""Sections of the catalogue as checklists for other apps, with what an MFI answered in its last approved return."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from members.models import Association, User
from members.selectors.checklists import Checklist, ChecklistItem, ChecklistName, LastAnswers, Source
from reporting.catalogue import Catalogue, Indicator, IndicatorType, Section
from reporting.datasets.wording import value_text
from reporting.enums import MissingReason
from reporting.models import CatalogueVersion, Submission
from reporting.selectors.catalogues import catalogue_of
from reporting.selectors.indicator_names import newest_version
from reporting.selectors.return_rows import APPROVED
from reporting.selectors.returns import earlier_answers, engine_values
from reporting.validation import compute

PREFIX = "catalogue"


def offered(association: Association) -> list[ChecklistName]:
    """The sections of the newest catalogue that the association can use."""
    version = newest_version(association)
    if version is None:
        return []
    return [_name(version, section) for section in catalogue_of(version).sections if _items(section)]


def found(association: Association, key: str) -> Checklist | None:
    """A section of any version of the association, newest or not: a version never changes."""
    version, section = _section(association, key)
    if version is None or section is None:
        return None
    return Checklist(
        _name(version, section),
        section.help,
        tuple(
            ChecklistItem(one.code, one.label, one.help, _choices(one), one.usspm_dimension or "")
            for one in _items(section)
        ),
    )


def answered(association: Association, key: str, institution_id: UUID, reader: User) -> LastAnswers | None:
    """What the MFI's last approved return says on a section, for whoever may see the return; four queries."""
    _version, section = _section(association, key)
    last = next(iter(APPROVED(association.pk, [institution_id])), None)
    if (
        section is None
        or last is None
        or not Submission.objects.visible_to(reader).filter(pk=last.pk).exists()
    ):
        return None
    catalogue = catalogue_of(last.round.catalogue)
    rows = earlier_answers([last.pk])[last.pk]
    values = engine_values(catalogue, rows)
    answers = {}
    for code in (one.code for one in section.indicators if one.code in rows):
        row = rows[code]
        if row.missing:
            answers[code] = str(MissingReason(row.missing).label)
        elif row.file is not None:
            answers[code] = row.file.name
        elif code in values:
            answers[code] = value_text(catalogue.indicator(code), values[code], last.currency)
    return LastAnswers(last.round.name, answers, _worked_out(catalogue, section, values, last))


def _worked_out(
    catalogue: Catalogue, section: Section, values: Mapping[str, object], last: Submission
) -> tuple[tuple[str, str], ...]:
    """Derived values of which the section asks half of the answers or more, practice indexes among them."""
    own = {one.code for one in section.indicators}
    computed = compute(catalogue, values, last.round.context)
    return tuple(
        (part.label, value_text(part, value, last.currency))
        for part in catalogue.derived
        if (value := computed.derived.get(part.code)) is not None
        and 2 * len(own & set(inputs := catalogue.inputs_of(part.code))) >= len(inputs)
    )


def _items(section: Section) -> list[Indicator]:
    """Its questions without their breakdowns, and without files that are handed in beside an answer."""
    own = {one.code for one in section.indicators}
    return [
        one for one in section.indicators if one.child_of not in own and one.type is not IndicatorType.FILE
    ]


def _choices(one: Indicator) -> tuple[str, ...]:
    if one.type is IndicatorType.BOOLEAN:
        return _("Yes"), _("No")
    return tuple(choice.label for choice in one.choices)


def _section(association: Association, key: str) -> tuple[CatalogueVersion | None, Section | None]:
    """The version and section of a key; nothing for keys of others and of no version of the association."""
    prefix, _colon, rest = key.partition(":")
    pk, _colon, code = rest.partition(":")
    try:
        wanted = UUID(pk)
    except ValueError:
        return None, None
    if prefix != PREFIX:
        return None, None
    version = CatalogueVersion.objects.offered_to(association).defer("document").filter(pk=wanted).first()
    if version is None:
        return None, None
    return version, next((one for one in catalogue_of(version).sections if one.code == code), None)


def _name(version: CatalogueVersion, section: Section) -> ChecklistName:
    return ChecklistName(f"{PREFIX}:{version.pk}:{section.code}", section.title, version.version)


SOURCE = Source(offered, found, answered)
