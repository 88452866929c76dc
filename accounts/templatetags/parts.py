"""Parts of pages that follow from what they are given alone: an icon, a tag, a severity, a person's initials."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# Of these, what is the same draws the same.
_PLAIN = (str, bool, int, float, type(None))


@register.tag
def part(parser: Parser, token: Token) -> "PartNode":
    """Draw a component: `{% part "icon" name="clock" small=True %}` is `components/_icon.html`, given that and no more.

    What is drawn is kept: most of a page's time would go into drawing a few dozen icons and tags anew for each of its
    rows. So a part may read what it is given and the language, and nothing else.
    """
    _, name, *given = token.split_contents()
    return PartNode(name.strip("\"'"), token_kwargs(given, parser))


class PartNode(template.Node):
    def __init__(self, name: str, given: dict[str, FilterExpression]) -> None:
        self.path = f"components/_{name}.html"
        self.names, self.values = tuple(given), tuple(given.values())

    def render(self, context: template.Context) -> SafeString:
        values = tuple(_plain(value.resolve(context)) for value in self.values)
        # The types tell what is safe from what is to be escaped, and True from 1.
        types = tuple(map(type, values))
        draw = _draw.__wrapped__ if settings.DEBUG else _draw
        return draw(self.path, get_language(), self.names, values, types)


@lru_cache(maxsize=4096)
def _draw(path: str, _language: str | None, names: tuple[str, ...], values: tuple[Any, ...], _types: Any) -> SafeString:
    return SafeString(get_template(path).render(dict(zip(names, values, strict=True))))


def _plain(value: Any) -> Any:
    return value if isinstance(value, _PLAIN) else str(value)
