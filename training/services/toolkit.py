"""The Ambassador Toolkit as works of an association's library: groups, numbers, titles and texts as in its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from members.access import forget
from members.models import Association, User
from members.services.permission import permit
from members.toolkit import ToolkitGroup, ToolkitItem, source, toolkit
from spm_portal.common.audit import acting, record
from training.enums import Audience, Topic
from training.models import Work, WorkVersion

MANAGE = "training.manage_training"
# The source groups by kind alone; topics and readers are ours, for the filters.
TOPICS: Mapping[str, Topic] = {
    "US-00": Topic.STANDARDS,
    "TP-01": Topic.INTRODUCTION,
    "TP-02": Topic.MISSION,
    "TP-03": Topic.CLIENT_PROTECTION,
    "TP-04": Topic.PRICING,
    "TP-05": Topic.INDICATORS,
    "TP-06": Topic.AUDIT,
    "TP-07": Topic.CLIENT_ASSESSMENT,
    "TP-08": Topic.STANDARDS,
    "HP-01": Topic.INDICATORS,
    "HP-02": Topic.INTRODUCTION,
    "HP-03": Topic.INTRODUCTION,
    "HP-04": Topic.INDICATORS,
    "HP-05": Topic.INTRODUCTION,
    "HP-06": Topic.INTRODUCTION,
    "HP-07": Topic.INTRODUCTION,
    "SP-08": Topic.INTRODUCTION,
    "SP-09": Topic.INTRODUCTION,
}
AUDIENCES: Mapping[str, Audience] = {
    "HP-05": Audience.ASSOCIATIONS,
    "HP-06": Audience.ASSOCIATIONS,
    "HP-07": Audience.INVESTORS,
}
ORIGINAL = "en"  # the language of the source's texts


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many works and language versions were new."""

    works: int
    versions: int


def load_toolkit(*, association: Association, by: User | None, at: datetime) -> Loaded:
    """Enter the toolkit into an association's library; works that are there stay as they are.

    The source names languages and no files or links: staff add them. Raises PermissionDenied.
    """
    if by is not None:
        forget(by)
    permit(by, MANAGE, association)
    with transaction.atomic(), acting(by, source="" if by else "system"):
        Association.objects.select_for_update(no_key=True).get(pk=association.pk)
        present = set(
            Work.objects.filter(association=association)
            .exclude(toolkit_key="")
            .values_list("toolkit_key", flat=True)
        )
        missing = [(group, item) for group in toolkit() for item in group.items if item.key not in present]
        works = [_work(association, group, item, by, at) for group, item in missing]
        Work.objects.bulk_create(works)
        versions = [
            WorkVersion(
                association=association,
                work=work,
                language=language,
                title=item.title,
                # the source has its texts in one language alone
                summary=item.summary if language == ORIGINAL else "",
                is_original=language == ORIGINAL,
            )
            for work, (_group, item) in zip(works, missing, strict=True)
            for language in item.languages
        ]
        WorkVersion.objects.bulk_create(versions)
        if works:
            record(
                "library.toolkit_loaded",
                association,
                by=by,
                at=at,
                association_id=association.pk,
                works=len(works),
                versions=len(versions),
            )
    return Loaded(len(works), len(versions))


def _work(
    association: Association, group: ToolkitGroup, item: ToolkitItem, by: User | None, at: datetime
) -> Work:
    whole = source()
    return Work(
        association=association,
        kind=group.kind,
        topics=[TOPICS[item.key]],
        audiences=[AUDIENCES[item.key]] if item.key in AUDIENCES else [],
        licence=whole.permission,
        source=f"{whole.title}, {whole.publisher}",
        toolkit_key=item.key,
        toolkit_group=group.heading,
        toolkit_number=item.number,
        added_at=at,
        added_by=by,
    )
