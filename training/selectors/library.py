"""Works of the library as lists and pages show them: filtered, searched in each language, with their versions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib.postgres.search import CombinedSearchQuery, SearchQuery, SearchRank
from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Exists,
    F,
    FloatField,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import get_language

from members.models import Association, User
from members.toolkit import item_of, toolkit
from spm_portal.common.languages import own_name
from spm_portal.common.prepared import Prepared, count_in
from training.models import Work, WorkVersion
from training.models.library import SEARCH_CONFIGS, as_typed

PAGE = 25
MOST_FOUND = 250  # of a search: ten pages of the best of them; who wants others says more words
OTHERS = "simple"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; what is empty does not matter.

    `held` are the languages that there are, where somebody knows them: words are then looked for in these alone.
    """

    q: str = ""
    kind: str = ""
    topic: str = ""
    dimension: int | None = None
    audience: str = ""
    language: str = ""
    toolkit: bool = False
    away: bool = False
    held: tuple[str, ...] | None = None

    @property
    def chosen(self) -> bool:
        """Whether anything besides words narrows it."""
        return bool(self.kind or self.topic or self.dimension or self.audience or self.language)

    @property
    def narrowed(self) -> bool:
        """Whether words or filters narrow it."""
        return bool(self.q) or self.chosen


@dataclass(frozen=True, slots=True)
class Held:
    """A language version in a list: `gives` says whether there is a file or a link."""

    code: str
    name: str
    gives: bool


@dataclass(frozen=True, slots=True)
class Shelved:
    """A work in a list, in the reader's language where there is a version in it."""

    work: Work
    title: str
    summary: str
    language: str
    held: tuple[Held, ...]

    @property
    def gives(self) -> bool:
        """Whether there is anything to read."""
        return any(one.gives for one in self.held)


def works_of(association: Association, user: User) -> QuerySet[Work]:
    """The works of an association's library that the person may see."""
    return Work.objects.visible_to(user).filter(association=association)


def public_works(association: Association) -> QuerySet[Work]:
    """The works of an association's library that anybody may see."""
    return Work.objects.public().filter(association=association)


def any_public_works() -> QuerySet[Work]:
    """The works of all libraries that anybody may see."""
    return Work.objects.public().select_related("association")


def association_with_public_works(slug: str) -> Association | None:
    """The association of this address, if anybody may see some of its works."""
    public = Work.objects.public().filter(association=OuterRef("pk"))
    return Association.objects.filter(Exists(public), slug=slug).first()


def public_languages(association: Association) -> list[str]:
    """Codes of the languages of an association's public works."""
    versions = WorkVersion.objects.filter(work__in=public_works(association))
    return sorted(versions.values_list("language", flat=True).distinct())


def shelf(works: QuerySet[Work], wanted: Wanted, number: str | int | None = None) -> "Page[Shelved]":
    """One page of the works that are wanted: the best first where words are looked for, else the newest."""
    keys = Paginator(wanted_keys(works, wanted), PAGE).get_page(number)
    page = cast("Page[Shelved]", keys)
    page.object_list = shelved(keys.object_list)
    return page


def wanted_keys(works: QuerySet[Work], wanted: Wanted) -> "QuerySet[Work, UUID] | list[UUID]":
    """The keys of the works that are wanted, in their order."""
    fitting = _filtered(works, wanted)
    if wanted.q:
        return _searched(fitting, wanted)
    order = (_toolkit_place(), "toolkit_number") if wanted.toolkit else (F("added_at").desc(), "toolkit_key")
    return fitting.order_by(*order, "pk").values_list("pk", flat=True)


def shelved(keys: Iterable[UUID]) -> list[Shelved]:
    """The works of these keys in this order, in two queries."""
    wanted = list(keys)
    works = Work.objects.filter(pk__in=wanted)
    versions: dict[UUID, list[WorkVersion]] = {}
    for version in _light(WorkVersion.objects.filter(work__in=wanted)):
        versions.setdefault(version.work_id, []).append(version)
    found = {work.pk: work for work in works}
    return [on_shelf(found[key], versions.get(key, [])) for key in wanted if key in found]


def on_shelf(work: Work, versions: Sequence[WorkVersion]) -> Shelved:
    """A work as lists show it."""
    shown = chosen(versions)
    entry = item_of(work.toolkit_key) if work.toolkit_key else None
    held = tuple(Held(one.language, own_name(one.language), bool(one.file or one.url)) for one in versions)
    if shown is None:  # the source of the toolkit names no language of its first entry
        title = entry.title if entry else str(work.get_kind_display())
        return Shelved(work, title, entry.summary if entry else "", "en" if entry else "", held)
    # titles of the toolkit are printed in English whatever the language of the version
    printed = entry is not None and entry.title == shown.title
    return Shelved(work, shown.title, shown.summary, "en" if printed else shown.language, held)


def chosen(versions: Sequence[WorkVersion]) -> WorkVersion | None:
    """The version to show first: in the reader's language, else the original, else the first."""
    spoken = (get_language() or "en").partition("-")[0]
    ours = [one for one in versions if one.language == spoken]
    return next(iter([*ours, *(one for one in versions if one.is_original), *versions]), None)


def versions_of(work: Work) -> list[WorkVersion]:
    """The language versions of a work, the original first."""
    return list(_light(WorkVersion.objects.filter(work=work)))


def languages_in(association: Association) -> list[str]:
    """Codes of the languages of which the library holds something."""
    return sorted(_languages(association.pk))


def has_toolkit(association: Association) -> bool:
    """Whether every entry of the Ambassador Toolkit is in the library."""
    entries = sum(len(group.items) for group in toolkit())
    return sum(_how_many_entries(association.pk)) >= entries


_languages = Prepared(
    lambda association: (
        WorkVersion.objects.filter(association=association).values_list("language", flat=True).distinct()
    )
)
_how_many_entries = Prepared(
    lambda association: count_in(Work.objects.filter(association=association).exclude(toolkit_key=""))
)


def _light(versions: QuerySet[WorkVersion]) -> QuerySet[WorkVersion]:
    return versions.defer("words").order_by("-is_original", "language")


def _filtered(works: QuerySet[Work], wanted: Wanted) -> QuerySet[Work]:
    found = works.filter(retired_at__isnull=not wanted.away)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.topic:
        found = found.filter(topics__contains=[wanted.topic])
    if wanted.dimension:
        found = found.filter(dimensions__contains=[wanted.dimension])
    if wanted.audience:
        found = found.filter(audiences__contains=[wanted.audience])
    if wanted.toolkit:
        found = found.exclude(toolkit_key="")
    if wanted.language:
        in_it = WorkVersion.objects.filter(work=OuterRef("pk"), language=wanted.language)
        found = found.filter(Exists(in_it))
    return found


def _searched(works: QuerySet[Work], wanted: Wanted) -> list[UUID]:
    """Works of which a version has the words, each language by its own rules; the best first."""
    among = (wanted.language,) if wanted.language else wanted.held
    spoken = [code for code in SEARCH_CONFIGS if among is None or code in among]
    ways = [(Q(language=code), _query(wanted.q, SEARCH_CONFIGS[code])) for code in spoken]
    if among is None or not SEARCH_CONFIGS.keys() >= set(among):
        ways.append((~Q(language__in=list(SEARCH_CONFIGS)), _query(wanted.q, OTHERS)))
    has = Q(pk__in=[])
    for in_it, query in ways:
        has |= in_it & Q(words=query)
    rank = Case(
        *(When(in_it, then=SearchRank(F("words"), query)) for in_it, query in ways),
        default=Value(0.0),
        output_field=FloatField(),
    )
    matching = WorkVersion.objects.filter(has, work__in=works)
    if wanted.language:
        matching = matching.filter(language=wanted.language)
    ranked = matching.values("work_id").annotate(best=Max(rank)).order_by("-best", "work_id")
    keys: list[UUID] = [key for key, _best in ranked.values_list("work_id", "best")[:MOST_FOUND]]
    # an entry of the toolkit without any language has no version that could be searched
    bare = [
        item.key
        for group in toolkit()
        for item in group.items
        if not item.languages and _has_words(f"{item.title} {item.summary}", wanted.q)
    ]
    if bare and not wanted.language:
        keys += [
            key for key in works.filter(toolkit_key__in=bare).values_list("pk", flat=True) if key not in keys
        ]
    return keys


def _query(words: str, config: str) -> SearchQuery | CombinedSearchQuery:
    """What is looked for, and the same without accents, as a title in capitals has it."""
    asked, typed = SearchQuery(words, config=config, search_type="websearch"), as_typed(words)
    return asked if typed == words else asked | SearchQuery(typed, config=config, search_type="websearch")


def _has_words(text: str, words: str) -> bool:
    here = text.casefold()
    return all(word.strip('"') in here for word in words.casefold().split())


def _toolkit_place() -> Case:
    """Where a work's group stands in the source of the toolkit."""
    return Case(
        *(When(toolkit_group=group.heading, then=Value(place)) for place, group in enumerate(toolkit())),
        default=Value(len(toolkit())),
        output_field=IntegerField(),
    )
