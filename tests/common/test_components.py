"""Every component renders from its declared inputs, says what they are, and is in the gallery."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from spm_portal.common.badges import BADGES, badge_of
from spm_portal.common.components import COMPONENTS
from spm_portal.common.views.gallery import gallery

pytestmark = pytest.mark.integration

FOLDER = Path(settings.BASE_DIR) / "templates" / "components"
# Parts of the page's frame or of another component, shown with it.
NOT_ALONE = {
    "account_links.html",
    "chart_table.html",
    "confirm.html",
    "htmx.html",
    "job_file.html",
    "messages.html",
    "problem_list.html",
    "site_footer.html",
    "site_header.html",
    "sort_header.html",
}
EXAMPLES = [(component, example) for component in COMPONENTS for example in component.examples()]


@pytest.mark.parametrize(
    ("component", "example"), EXAMPLES, ids=lambda value: getattr(value, "name", getattr(value, "title", ""))
)
def test_example_renders_without_inline_style_or_script(component, example):
    html = render_to_string(component.template, dict(example.context), request=RequestFactory().get("/"))
    assert html.strip()
    assert not re.search(r"\sstyle=|<script|<style|\son[a-z]+=", html)


def test_every_component_is_in_the_registry():
    listed = {Path(component.template).name for component in COMPONENTS}
    assert {file.name for file in FOLDER.glob("*.html")} == listed | NOT_ALONE


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.html")), ids=lambda file: file.name)
def test_component_declares_its_inputs_at_the_top(file):
    head = "\n".join(file.read_text().splitlines()[:1])
    assert re.search(r"\{#.*(Inputs|Reads|inputs).*#\}", head)


@pytest.mark.django_db
def test_gallery_shows_every_component():
    request = RequestFactory().get("/gallery/")
    page = gallery(request).content.decode()
    for component in COMPONENTS:
        assert f'id="{component.anchor}"' in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def test_a_long_amount_may_break_in_its_tile():
    words = "KES\u00a02,470\u00a0million"
    html = render_to_string("components/tiles.html", {"tiles": [{"label": "Portfolio", "figure": words}]})
    assert "KES 2,470 million" in html
    assert words not in html


class TestBadge:
    @pytest.mark.parametrize("state", BADGES)
    def test_has_words_shape_and_class(self, state):
        html = Template("{% badge state %}").render(Context({"state": state}))
        assert f"state-{state}" in html
        assert f"#{BADGES[state].icon}" in html
        assert str(BADGES[state].label) in html

    def test_every_icon_is_in_the_sprite(self):
        sprite = (Path(settings.BASE_DIR) / "static" / "img" / "icons.svg").read_text()
        for badge in [*BADGES.values(), badge_of("something_new")]:
            assert f'id="{badge.icon}"' in sprite

    def test_every_icon_of_a_template_is_in_the_sprite(self):
        sprite = (Path(settings.BASE_DIR) / "static" / "img" / "icons.svg").read_text()
        templates = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
        used = {
            name
            for file in templates
            for name in re.findall(r'(?:{% icon |icon_name=)"([^"]+)"', file.read_text())
        }
        assert used
        assert {name for name in used if f'id="{name}"' not in sprite} == set()

    def test_unknown_state_is_shown_in_its_own_words(self):
        html = Template('{% badge "half_baked" %}').render(Context())
        assert "Half baked" in html


class TestFilters:
    def render(self, source: str, language: str = "en", **context: object) -> str:
        with translation.override(language):
            return Template(source).render(Context(context))

    @pytest.mark.parametrize(
        ("language", "told"),
        [
            ("en", "Nov. 7, 2026, 17:05"),
            ("fr", "7 novembre 2026 17:05"),
            ("es", "7 de noviembre de 2026 a las 17:05"),
            ("ar", "7 نوفمبر، 2026، 17:05"),
        ],
    )
    def test_moments_have_24_hours_in_the_order_of_the_language(self, language, told):
        at = datetime(2026, 11, 7, 17, 5, tzinfo=UTC)
        assert self.render("{{ at|moment }}", language, at=at) == told

    def test_numbers_follow_the_language(self):
        assert self.render("{{ n|number }}", n=1204300) == "1,204,300"
        assert self.render("{{ n|number }}", "es", n=1204300) == "1.204.300"

    def test_nothing_stays_nothing_and_words_stay_words(self):
        assert self.render("{{ n|number }}{{ n|percent }}{{ n|day }}{{ n|moment }}", n=None) == ""
        assert self.render("{{ n|number }}", n="a few") == "a few"

    def test_percent_is_rounded(self):
        assert self.render("{{ n|percent }}", n=63.6) == "64%"

    def test_a_sorted_column_keeps_other_parameters_and_starts_at_page_one(self):
        request = RequestFactory().get("/?state=draft&page=3&sort=name")
        head = self.render("{% sortable 'name' 'Member' 'name' numeric=True %}", request=request)
        assert '<th scope="col" class="num" aria-sort="ascending">' in head
        assert 'href="?state=draft&amp;sort=-name"' in head


def test_sort_header_says_which_way_it_is_sorted():
    def header(sort: str) -> str:
        request = RequestFactory().get("/")
        context = {"label": "Name", "key": "name", "sort": sort}
        return render_to_string("components/sort_header.html", context, request=request)

    assert 'aria-sort="ascending"' in header("name")
    assert "?sort=-name" in header("name")
    assert 'aria-sort="descending"' in header("-name")
    assert 'aria-sort="none"' in header("other")


def test_one_page_needs_no_pagination():
    page = Paginator(range(3), 20).page(1)
    html = render_to_string("components/pagination.html", {"page": page}, request=RequestFactory().get("/"))
    assert html.strip() == ""


class Sample(forms.Form):
    email = forms.EmailField(help_text="We write only about your reports.")
    note = forms.CharField(required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(choices=[("a", "Bank"), ("b", "Cooperative")], widget=forms.RadioSelect)
    agree = forms.BooleanField(help_text="Needed once.")


class TestFieldGroup:
    @pytest.fixture
    def html(self):
        return "".join(field.as_field_group() for field in Sample(data={"email": "x"}))

    def test_errors_and_help_are_tied_to_the_control(self, html):
        assert 'aria-describedby="id_email_helptext id_email_error"' in html
        assert 'id="id_email_helptext"' in html
        assert 'id="id_email_error"' in html
        assert 'aria-invalid="true"' in html

    def test_every_reference_has_its_target(self, html):
        ids = set(re.findall(r'\sid="([^"]+)"', html))
        for names in re.findall(r'(?:aria-describedby|for)="([^"]+)"', html):
            assert set(names.split()) <= ids

    def test_optional_fields_say_so(self, html):
        assert html.count("(optional)") == 1

    def test_label_of_a_tick_box_stands_after_it(self, html):
        assert re.search(r'<input type="checkbox"[^>]*>\s*<span>Agree</span>', html)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_page_needs_no_context(name):
    html = render_to_string(f"{name}.html")
    assert re.search(r"<h1>[^<]{10,}</h1>", html)
    assert '<html lang="en"' in html
