"""Our share of a report's time: data and HTML against WeasyPrint's layout."""

from django.template.loader import render_to_string
from django.utils import translation

from bench.timing import medians, ratio
from members.models import Association
from reporting.datasets import report as dataset
from reporting.datasets.drawing import pdf_style
from reporting.datasets.report import build_report
from reporting.models import Release
from reporting.selectors.releases import with_round
from reporting.services import reports
from spm_portal.common import pdf

LIMIT = 0.15
LANGUAGE = "en"


def report_share(association: Association) -> dict[str, float]:
    """Process time of making the data and the HTML, as a share of what WeasyPrint takes for the same report."""
    release = with_round(Release.objects.filter(association=association)).latest("published_at")
    data = build_report(release, LANGUAGE)
    assets = reports._assets(release)

    def html() -> str:
        with translation.override(LANGUAGE):
            made = dataset._build(release, LANGUAGE)  # not the copy that a process keeps
            context = {"report": made, "style": pdf_style(made), "logo": "", "accent": made.accent}
            return render_to_string(reports.TEMPLATE, context)

    written = html()

    def layout() -> bytes:
        return pdf.render_pdf(written, title=data.full_title, language=LANGUAGE, assets=assets)

    taken = medians({"ours": html, "weasyprint": layout}, rounds=3, warm_up=1)
    return {"ratio": ratio(taken["ours"], taken["weasyprint"]), "limit": LIMIT}
