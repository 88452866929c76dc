"""What people write comes out as HTML that can do nothing but be read."""

import pytest

from tickets.markdown import render_markdown

FILE = "/files/123e4567-e89b-12d3-a456-426614174000/"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and `code`", "<p><strong>bold</strong> and <code>code</code></p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("# Heading", "<p><strong>Heading</strong></p>\n"),
        ("~~gone~~", "<p><s>gone</s></p>\n"),
        ("```json\n{}\n```", "<pre><code>{}\n</code></pre>\n"),
        (
            "see https://example.com/a?b=1.",
            '<p>see <a href="https://example.com/a?b=1" rel="noopener nofollow">https://example.com/a?b=1</a>.</p>\n',
        ),
        (
            "[it](https://example.com)",
            '<p><a href="https://example.com" rel="noopener nofollow">it</a></p>\n',
        ),
        ("`https://example.com`", "<p><code>https://example.com</code></p>\n"),
        (f"![shot]({FILE})", f'<p><img src="{FILE}" alt="shot" loading="lazy"></p>\n'),
        (
            "![shot](https://example.com/pixel.png)",
            '<p><a href="https://example.com/pixel.png" rel="noopener nofollow">shot</a></p>\n',
        ),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>\n"),
        ("[it]: /x\n\n[it] [it]", "<p>[it]: /x</p>\n<p>[it] [it]</p>\n"),  # or it could be named a thousand times
    ],
)
def test_markdown_becomes(written, shown):
    assert render_markdown(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:msgbox(1))",
        '![x]("onerror="alert(1))',
        f'![" onerror="alert(1)]({FILE})',
        "<javascript:alert(1)>",
        '[x](https://example.com "\\" onmouseover=\\"alert(1)")',
        'https://example.com/"onmouseover=alert(1)',
        "<svg><script>alert(1)</script></svg>",
        "```<script>\nalert(1)\n```",
        "<iframe src=//example.com></iframe>",
        "|a|\n|-|\n|<style>*{}</style>|",
        '<a href="jav&#x09;ascript:alert(1)">x</a>',
    ],
)
def test_nothing_that_runs_gets_through(written):
    from html.parser import HTMLParser

    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append((tag, dict(attrs)))

    Reader().feed(render_markdown(written))

    for tag, attributes in found:
        assert tag in {"p", "a", "img", "code", "pre", "strong", "br", "table", "thead", "tbody", "tr", "th", "td"}
        assert set(attributes) <= {"href", "rel", "title", "src", "alt", "loading"}
        assert attributes.get("href", "https://").startswith(("https://", "http://", "%22"))
        assert attributes.get("src", FILE) == FILE
