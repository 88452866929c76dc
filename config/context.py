"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    return {"actor": getattr(request, "actor", None)}
