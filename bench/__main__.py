"""`make bench`: prints one JSON object of ratios, queries and peak memory; the limits stand beside them."""

import json
import os
import sys
from pathlib import Path

import django


def main() -> None:
    """Measure in a database of its own, so that the figures do not depend on what is in yours."""
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
    from bench.memory import peak_memory
    from bench.pages import page_queries, page_ratios
    from bench.report import report_share
    from bench.workbook import import_ratio
    from reporting.models import CatalogueVersion
    from reporting.selectors.catalogues import catalogue_of

    association = prepare()
    version = CatalogueVersion.objects.latest("loaded_at")
    result = {
        "rule_engine_against_plain_python": engine_ratio(catalogue_of(version)),
        "our_share_of_a_report_against_weasyprint": report_share(association),
        "pages_against_an_empty_page": page_ratios(association),
        "board_of_sixty_members": board_of_sixty(association),
        "field_save_against_a_bare_write": save_ratio(association),
        "workbook_import_against_a_bare_read": import_ratio(association),
        "queries_of_pages": page_queries(association),
        "peak_memory": peak_memory(association),
    }
    json.dump(result, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
