"""What templates of reports need: the drawn figure, and the editors' words as sanitised markup."""

from django import template

from reporting.datasets.drawing import draw
from reporting.datasets.parts import Figure
from spm_portal.common.charts import Style
from spm_portal.common.markup import rendered

register = template.Library()


@register.simple_tag
def drawn(figure: Figure, style: Style) -> str:
    """The picture of a figure; its markup comes from the chart module, which escapes everything."""
    return draw(figure, style).svg


@register.filter
def prose(markdown: str, heading: int) -> str:
    """The words of an editor as markup that went through the sanitiser, headings of this level."""
    return rendered(markdown, heading=heading)
