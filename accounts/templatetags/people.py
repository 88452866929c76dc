"""How a person looks where a name would be too long: initials on one of three grounds."""

from zlib import crc32

from django import template

register = template.Library()

HUES = "abc"


@register.filter
def initials(name: object) -> str:
    """Return up to two letters for a name: "AP" for "Ana Prado", "M" for "meridian"."""
    words = [word for word in str(name).replace("@", " ").split() if word[0].isalnum()]
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in ends).upper()


@register.filter
def hue(name: object) -> str:
    """Return "a", "b" or "c", always the same for the same name."""
    return HUES[crc32(str(name).encode()) % len(HUES)]
