"""`manage.py load_catalogue FILE [--association SLUG]`: load a version of the indicator catalogue."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members.models import Association
from reporting.catalogue import CatalogueError
from reporting.services import catalogues


class Command(BaseCommand):
    """Loads a catalogue file; says every fault of one that is not sound and then loads nothing."""

    help = "Load a version of the indicator catalogue from a JSON file; loading it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and the association that alone may use it."""
        parser.add_argument("file", type=Path, help="the catalogue as JSON")
        parser.add_argument("--association", metavar="SLUG", help="offer it to this association only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, keep."""
        try:
            version = catalogues.load_version(
                document=_read(options["file"]),
                at=timezone.now(),
                association=_association(options["association"]),
            )
        except CatalogueError as error:
            faults = "\n".join(f"  {fault}" for fault in error.faults)
            raise CommandError(
                f"{options['file']}: {len(error.faults)} faults, nothing was loaded.\n{faults}"
            ) from None
        except catalogues.CatalogueRefused as error:
            raise CommandError(f"{options['file']}: {error}") from None
        self.stdout.write(f"{version} ({version.sha256[:12]}…), {version.pk}")


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}. Give the path of a catalogue file.") from None
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise CommandError(
            f"{path}, line {error.lineno}, column {error.colno}: {error.msg}. Correct the JSON there."
        ) from None
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{path}: {error}") from None
    if not isinstance(document, dict):
        raise CommandError(f"{path}: a catalogue is a JSON object with meta, sections, rules and more.")
    return document


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON. Write null or a figure.")


def _association(slug: str | None) -> Association | None:
    if slug is None:
        return None
    found = Association.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Association.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no association {slug!r}. Known: {known}.")
    return found
