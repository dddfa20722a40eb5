"""The library as a table: one line per language version; for staff also uses and downloads."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from members.models import Association
from spm_portal.common.languages import language_name
from spm_portal.common.table_files import Cell, Sheet
from training.enums import Audience, Dimension, Topic
from training.models import DownloadCount, Work, WorkVersion
from training.selectors.library import on_shelf
from training.selectors.work_uses import uses_of


def works_sheet(keys: Iterable[UUID]) -> Sheet:
    """The works of these keys in this order, each with its language versions."""
    wanted = list(keys)
    works = {work.pk: work for work in Work.objects.filter(pk__in=wanted)}
    versions: dict[UUID, list[WorkVersion]] = {}
    for one in (
        WorkVersion.objects.filter(work__in=wanted).defer("words").order_by("-is_original", "language")
    ):
        versions.setdefault(one.work_id, []).append(one)
    rows: list[tuple[Cell, ...]] = []
    for key in wanted:
        rows += _rows(works[key], versions.get(key, []))
    headers = (
        _("Title"),
        _("Language"),
        _("Original"),
        _("Type"),
        _("Topics"),
        _("Dimensions"),
        _("Audiences"),
        _("Summary"),
        _("Link"),
        _("State of the link"),
        _("File"),
        _("Source"),
        _("Licence"),
        _("Year of publication"),
        _("To be reviewed by"),
        _("Public"),
        _("Group in the Ambassador Toolkit"),
        _("Number"),
        _("Put away"),
    )
    return Sheet(_("Library"), headers, tuple(rows))


def uses_sheet(association: Association) -> Sheet:
    """The log of uses."""
    rows = tuple(
        (
            _title(use.work_id, titles),
            str(use.get_kind_display()),
            use.occasion,
            use.used_on.isoformat(),
            use.place,
            use.used_by,
            use.audience,
            use.copies,
            language_name(use.language) if use.language else "",
            use.url,
            use.note,
        )
        for titles in [_titles(association)]
        for use in uses_of(association)
    )
    headers = (
        _("Work"),
        _("How"),
        _("Occasion"),
        _("Date"),
        _("Place"),
        _("By whom"),
        _("People reached"),
        _("Copies"),
        _("Language"),
        _("Link"),
        _("Note"),
    )
    return Sheet(_("Used at"), headers, rows)


def downloads_sheet(association: Association) -> Sheet:
    """How often each version was fetched in each month."""
    counts = (
        DownloadCount.objects.filter(association=association)
        .order_by("-month", "version__title", "version__language")
        .values_list("month", "version__title", "version__language", "count")
    )
    rows = tuple(
        (f"{month:%Y-%m}", title, language_name(language), count) for month, title, language, count in counts
    )
    return Sheet(_("Downloads"), (_("Month"), _("Title"), _("Language"), _("Times")), rows)


def _rows(work: Work, versions: list[WorkVersion]) -> list[tuple[Cell, ...]]:
    common: tuple[Cell, ...] = (
        work.source,
        work.licence,
        work.published_in,
        work.review_by.isoformat() if work.review_by else "",
        _("yes") if work.is_public else _("no"),
        work.toolkit_group,
        work.toolkit_number,
        work.retired_at.date().isoformat() if work.retired_at else "",
    )
    about: tuple[Cell, ...] = (
        str(work.get_kind_display()),
        ", ".join(str(Topic(one).label) for one in work.topics),
        ", ".join(str(Dimension(one).label) for one in work.dimensions),
        ", ".join(str(Audience(one).label) for one in work.audiences),
    )
    if not versions:
        shown = on_shelf(work, [])
        return [(shown.title, "", "", *about, shown.summary, "", "", "", *common)]
    return [
        (
            one.title,
            language_name(one.language),
            _("yes") if one.is_original else _("no"),
            *about,
            one.summary,
            one.url,
            str(one.get_link_state_display()) if one.url else "",
            one.name,
            *common,
        )
        for one in versions
    ]


def _titles(association: Association) -> dict[UUID, str]:
    rows = WorkVersion.objects.filter(association=association).order_by("is_original")
    return dict(rows.values_list("work_id", "title"))


def _title(key: UUID, titles: dict[UUID, str]) -> str:
    return titles.get(key, "")
