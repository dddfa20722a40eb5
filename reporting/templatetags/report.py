"""What templates of reports need: the drawn figure."""

from django import template

from reporting.datasets.drawing import draw
from reporting.datasets.parts import Figure
from spm_portal.common.charts import Style

register = template.Library()


@register.simple_tag
def drawn(figure: Figure, style: Style) -> str:
    """The picture of a figure; its markup comes from the chart module, which escapes everything."""
    return draw(figure, style).svg
