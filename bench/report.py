"""Our share of a report's time: figures, words and HTML against WeasyPrint's layout."""

from unittest.mock import patch

from django.utils import translation

from bench.timing import medians, ratio
from members.models import Association
from reporting.datasets import report as dataset
from reporting.models import Release
from reporting.selectors.releases import with_round
from reporting.services import reports
from spm_portal.common.pdf import render_pdf

LIMIT = 0.15
LANGUAGE = "en"


def report_share(association: Association) -> dict[str, float]:
    """Process time of all that comes before the layout, as a share of what WeasyPrint takes for the same report."""
    release = with_round(Release.objects.filter(association=association)).latest("published_at")
    laid_out: dict[str, object] = {}

    def keep(html: str, **how: object) -> bytes:
        laid_out.update(html=html, how=how)
        return b""

    def ours() -> None:
        with patch.object(reports, "render_pdf", keep), translation.override(LANGUAGE):
            made = dataset._build(release, LANGUAGE, "")  # not the copy that a process keeps
            reports._file(made, release, "pdf")

    def layout() -> None:
        render_pdf(laid_out["html"], **laid_out["how"])  # type: ignore[arg-type]

    ours()
    taken = medians({"ours": ours, "weasyprint": layout}, rounds=3, warm_up=1)
    return {"ratio": ratio(taken["ours"], taken["weasyprint"]), "limit": LIMIT}
