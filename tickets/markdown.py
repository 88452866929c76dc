"""What people write, as HTML that can be shown: Markdown without raw HTML, cleaned once more behind it.

Pages, desk and mails ask the same function, so that none of them shows what another would not.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_TAGS = {
    "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "a", "ul", "ol", "li", "img",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "loading"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_OUR_FILE = re.compile(r"/files/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/")
# A bare address ends before the punctuation of the sentence around it.
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]}]")


def render_markdown(text: str) -> SafeString:
    """Return what a person wrote as safe HTML.

    Only files of this portal are shown as pictures; any other picture becomes a link, as showing it would tell its host
    who reads. A heading becomes a bold paragraph: the page has its own outline.
    """
    html = nh3.clean(
        _markdown().render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
    )
    return mark_safe(html)  # noqa: S308  cleaned on the line above


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.disable("reference")  # an address written once and named ten thousand times makes a page of megabytes
    parser.core.ruler.push("bare_addresses", _link_addresses)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("heading_open", lambda *_: "<p><strong>")
    parser.add_render_rule("heading_close", lambda *_: "</strong></p>\n")
    return parser


def _image(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    source = str(token.attrGet("src") or "")
    words = renderer.renderInlineAsText(token.children, options, env)
    if _OUR_FILE.fullmatch(source):
        return f'<img src="{_escaped(source)}" alt="{_escaped(words)}" loading="lazy">'
    return f'<a href="{_escaped(source)}">{_escaped(words or source)}</a>'


def _escaped(text: str) -> str:
    return nh3.clean_text(text)


def _link_addresses(state: StateCore) -> None:
    """Make links of bare addresses; those within a link or within code stay as they are."""
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        children: list[Token] = []
        depth = 0
        for token in block.children:
            depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            children.extend([token] if depth or token.type != "text" else _with_links(token))
        block.children = children


def _with_links(token: Token) -> list[Token]:
    pieces: list[Token] = []
    after = 0
    for found in _ADDRESS.finditer(token.content):
        pieces += _text(token.content[after : found.start()])
        pieces += [Token("link_open", "a", 1, attrs={"href": found[0]}), *_text(found[0]), Token("link_close", "a", -1)]
        after = found.end()
    return [*pieces, *_text(token.content[after:])] if pieces else [token]


def _text(content: str) -> list[Token]:
    return [Token("text", "", 0, content=content)] if content else []
