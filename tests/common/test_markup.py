"""Words of people become prose and nothing else, whatever is put into them."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_portal.common.markup import SCHEMES, TAGS, paragraphs, rendered

POLYGLOTS = (
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>"
    "\\x3csVg/<sVg/oNloAd=alert()//>\\x3e",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:msgbox)",
    "<javascript:alert(1)>",
    "![a](https://example.org/pixel.png)",
    "![a](javascript:alert(1))",
    '[a](https://example.org "onmouseover=alert(1)")',
    '[a](https://example.org/"onmouseover="alert(1))',
    "<a href='javascript:alert(1)'>a</a>",
    '<a href="https://example.org" onclick="alert(1)" style="x" class="y" target="_top">a</a>',
    "<iframe src=//example.org></iframe><object data=x></object><embed src=x>",
    "<style>*{background:url(https://example.org)}</style>",
    "<link rel=stylesheet href=//example.org/x.css><base href=//example.org>",
    "<form action=//example.org><input name=csrf><button>Send</button></form>",
    "<meta http-equiv=refresh content='0;url=//example.org'>",
    '<math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '"><script src=//example.org></script>',
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><%= 1 %>{{ 7*7 }}{% load i18n %}",
    "> " * 500 + "deep",
    "- " * 500 + "deep",
    "[" * 1000,
    "*a **b " * 300,
)


class Strict(HTMLParser):
    """Collects every tag and attribute; comments and declarations are faults."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data):
        self.faults.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def check(html: str) -> None:
    reader = Strict()
    reader.feed(html)
    reader.close()
    assert not reader.faults
    for tag, attributes in reader.tags:
        assert tag in TAGS
        assert attributes.keys() <= ({"href", "rel"} if tag == "a" else set())
        if "href" in attributes:
            assert (attributes["href"] or "").split(":")[0].lower() in SCHEMES


@pytest.mark.parametrize("text", POLYGLOTS)
def test_nothing_but_prose_comes_out(text: str) -> None:
    for heading in (2, 3, 4):
        check(rendered(text, heading=heading))
    check(rendered(f"Before {text} after\n\n{text}"))


SIGNS = (
    *("<", ">", "script", "a href=", "javascript:", "[x](", ")", '"', "'", "&#x3a;", "\n", "*", "-", " "),
    *("svg", "/", "onload=", "<!--", "-->", "`", "x", "&lt;", "![", "]", "//", "https:"),
)


@given(st.lists(st.sampled_from(SIGNS), max_size=40).map("".join))
def test_no_mixture_of_signs_gets_through(text: str) -> None:
    check(rendered(text))
    addresses = [run.address for one in paragraphs(text) for run in one.runs if run.address]
    assert all(address.split(":")[0].lower() in SCHEMES for address in addresses)


def test_prose_is_kept() -> None:
    html = rendered(
        "# Title\n\nSome **bold** and *slanted* words, [a link](https://example.org/?a=1&b=2).\n\n- one\n- two"
    )
    assert html == (
        "<h3>Title</h3>\n<p>Some <strong>bold</strong> and <em>slanted</em> words, "
        '<a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow">a link</a>.</p>\n'
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
    )


def test_words_between_tags_stay_and_scripts_go() -> None:
    assert "kept" in rendered("<b>kept</b> <script>gone()</script>")
    assert "gone" not in rendered("<div><script>gone()</script></div>")


def test_headings_have_one_level() -> None:
    assert re.findall(r"<h\d>", rendered("# a\n\n###### b\n\nc\n===", heading=2)) == ["<h2>"] * 3
    with pytest.raises(ValueError, match="level 1"):
        rendered("x", heading=1)


def test_parts_say_the_same_as_the_markup() -> None:
    found = paragraphs(
        "## Title\n\nA **bold *both*** b\n\n- one\n  1. deep\n\n> said\n\n[l](mailto:a@example.org)"
    )
    assert [(one.kind, one.depth, one.text) for one in found] == [
        ("heading", 0, "Title"),
        ("text", 0, "A bold both b"),
        ("bullet", 1, "one "),
        ("number", 2, "deep"),
        ("quote", 0, "said"),
        ("text", 0, "l"),
    ]
    assert [(run.bold, run.italic) for run in found[1].runs] == [
        (False, False),
        (True, False),
        (True, True),
        (False, False),
    ]
    assert found[-1].runs[0].address == "mailto:a@example.org"
