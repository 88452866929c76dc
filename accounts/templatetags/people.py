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


# What a browser calls itself contains the names of older ones, so the order matters.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: object) -> str:
    """Return a browser and its system in a word each: "Firefox, Windows"; what it calls itself, if that is unknown."""
    text = str(user_agent)
    known = [next((name for mark, name in names if mark in text), "") for names in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, known)) or text[:60]
