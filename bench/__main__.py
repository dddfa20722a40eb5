"""`make bench`: prints one JSON object of ratios, queries and peak memory; the limits stand beside them."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django


def main() -> None:
    """Measure in databases of its own, so that the figures do not depend on what is in yours.

    Names of parts after `python -m bench` measure these alone.
    """
    os.environ["DATABASE_NAME"] = "spm_portal_bench"
    os.environ["QUEUE_DIR"] = str(Path(__file__).resolve().parents[1] / "var" / "bench-queue")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm_portal.settings")
    django.setup()

    # after setup, because these modules need the app registry
    from bench.board import board_of_sixty
    from bench.database import prepare
    from bench.engine import engine_ratio
    from bench.field_save import save_ratio
    from bench.many_reports import memory_of_jobs, report_seconds
    from bench.memory import peak_memory
    from bench.pages import page_queries, page_ratios
    from bench.report import report_share
    from bench.scale import dashboards
    from bench.synthetic import prepare_scale
    from bench.training import training_pages
    from bench.workbook import import_ratio
    from reporting.models import CatalogueVersion
    from reporting.selectors.catalogues import catalogue_of

    association = prepare()
    version = CatalogueVersion.objects.latest("loaded_at")
    parts: dict[str, Callable[[], object]] = {
        "rule_engine_against_plain_python": lambda: engine_ratio(catalogue_of(version)),
        "our_share_of_a_report_against_weasyprint": lambda: report_share(association),
        "pages_against_an_empty_page": lambda: page_ratios(association),
        "board_of_sixty_members": lambda: board_of_sixty(association),
        "field_save_against_a_bare_write": lambda: save_ratio(association),
        "workbook_import_against_a_bare_read": lambda: import_ratio(association),
        "queries_of_pages": lambda: page_queries(association),
        "training_of_5000_works_and_2000_sessions": lambda: training_pages(association),
        "peak_memory": lambda: peak_memory(association),
        "dashboards_of_seventy_associations": lambda: dashboards(prepare_scale()),
        "a_member_s_report_against_weasyprint": lambda: report_seconds(prepare_scale().many),
        "fifty_reports_in_one_job": lambda: memory_of_jobs(prepare_scale().many),
    }
    if unknown := sorted(set(sys.argv[1:]) - parts.keys()):
        sys.exit(f"There is no {', '.join(unknown)}. There are: {', '.join(parts)}.")
    result = {name: part() for name, part in parts.items() if name in (sys.argv[1:] or parts)}
    json.dump(result, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
