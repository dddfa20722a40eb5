"""A template of ours that names what nothing passes fails; what is forgiven stays forgiven."""

import pytest
from django.conf import settings
from django.template import Context, Engine, Origin, Template

from tests.plugins.undefined_variables import UndefinedVariable


def render(markup: str, folder: str = "templates", **context) -> str:
    origin = Origin(name=f"{settings.BASE_DIR}/{folder}/planted.html")
    template = Template(markup, origin=origin, name="planted.html", engine=Engine.get_default())
    return template.render(Context(context))


@pytest.mark.parametrize("markup", ["{{ missing }}", "{{ person.missing }}", "{{ missing|upper }}"])
def test_undefined_variable_fails(markup):
    with pytest.raises(UndefinedVariable, match=r"planted\.html: nothing passes {{ "):
        render(markup, person={"name": "Ann"})


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("{{ person.name }}", "Ann"),
        ('{{ missing|default:"-" }}', "-"),
        ("{% if missing %}yes{% else %}no{% endif %}", "no"),
        ("{% firstof missing person.name %}", "Ann"),
    ],
)
def test_what_is_forgiven(markup, expected):
    assert render(markup, person={"name": "Ann"}) == expected


def test_templates_of_libraries_are_not_ours_to_mend():
    assert render("{{ missing }}", folder="site-packages") == ""
