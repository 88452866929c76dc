"""Texts of the policy in the reader's language, English where one is missing."""

from collections.abc import Mapping

LANGUAGES = ("en", "pt-br", "de", "es", "ru")

Text = Mapping[str, str]


def wording(text: Text, language: str) -> str:
    """Return `text` in `language` ("pt-br"); in English where that is missing."""
    return text.get(language) or text.get("en", "")
