"""What is selected in the queue, and what was typed beside it, kept until the queue is shown again."""

from typing import Any

from django.http import HttpRequest

_KEY = "desk-selection"
_TYPED = ("do", "assignee", "severity", "cause", "reason", "incident")
MOST = 2000  # characters of what was typed


def keep(request: HttpRequest, *, typed: bool = False) -> None:
    """Keep what is selected; with `typed`, what was chosen and written beside it, as `do` led to nothing."""
    entered = {name: request.POST.get(name, "")[:MOST] for name in _TYPED} if typed else {}
    references = [value.partition(":")[0][:12] for value in request.POST.getlist("selected")[:100]]
    request.session[_KEY] = {"selected": references, **entered}


def take(request: HttpRequest) -> dict[str, Any]:
    """Return what was kept, once: `selected` are references; what was typed stands under its field's name."""
    kept: dict[str, Any] = request.session.pop(_KEY, None) or {"selected": []}
    return kept
