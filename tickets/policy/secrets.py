"""Finds keys and tokens in what people paste, so that none is stored.

Source: field formats, "A secret is never asked for".
"""

import re
from collections.abc import Mapping

MASK = "***"

# Each pattern's group 1 is what stays in front of the secret.
_PATTERNS = (
    re.compile(r"(\bD360-API-KEY\b[\"']?\s*[:=]\s*[\"']?)(?!\*)[^\s\"',;&]{6,}", re.IGNORECASE),
    re.compile(
        r"(\bAuthorization\b[\"']?\s*[:=]\s*[\"']?(?:Bearer|Basic|Token)\s+)(?!\*)[^\s\"',;]{6,}", re.IGNORECASE
    ),
    re.compile(r"(\bBearer\s+)(?!\*)[A-Za-z0-9._~+/=-]{16,}"),
    re.compile(r"()\bEAA[A-Za-z0-9]{17,}"),
    re.compile(r"()\bpsp_[A-Za-z0-9_-]{20,}"),
    re.compile(
        r"((?:\baccess[_-]?token|\bapi[_-]?key|\bclient[_-]?secret|\bapp[_-]?secret|\bpassword)[\"']?\s*[:=]\s*[\"']?)"
        r"(?!\*)[^\s\"',;&]{6,}",
        re.IGNORECASE,
    ),
    re.compile(
        r"([?&](?:access_token|token|key|api_key|apikey|secret|sig|signature)=)(?!\*)[^\s&#\"']{4,}", re.IGNORECASE
    ),
)


def has_secret(text: str) -> bool:
    """Does the text hold something that looks like a key or a token?"""
    return any(pattern.search(text) for pattern in _PATTERNS)


def masked(text: str) -> str:
    """Return the text with every such thing replaced by ***."""
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\1{MASK}", text)
    return text


def masked_by_name(texts: Mapping[str, str]) -> tuple[dict[str, str], frozenset[str]]:
    """Return the texts with every secret replaced, and the names of those that had one."""
    safe = {name: masked(text) for name, text in texts.items()}
    return safe, frozenset(name for name, text in safe.items() if text != texts[name])
