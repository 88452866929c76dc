"""Who may come to the policy's pages: administrators, and nobody else."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.policy.roles import May
from packages.models import PolicyVersion
from tickets.admin.desk_frame import actor_of, frame

View = Callable[..., HttpResponse]
State = PolicyVersion.State


def policy_page(*methods: str) -> Callable[[View], View]:
    """Let administrators in. Anybody else of support is refused (403)."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not actor_of(request).may(May.ADMINISTER):
                raise PermissionDenied
            if ("GET" if request.method == "HEAD" else request.method) not in methods:
                return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
            return view(request, *args, **kwargs)

        return guarded

    return guard


def person_of(request: HttpRequest) -> User:
    """Return the administrator who acts; the guard let nobody else through."""
    user = actor_of(request).user
    if user is None:
        raise PermissionDenied
    return user


def version_or_404(pk: int) -> PolicyVersion:
    return get_object_or_404(PolicyVersion.objects.select_related("by"), pk=pk)


def draft_or_404(pk: int) -> PolicyVersion:
    version = version_or_404(pk)
    if version.state != State.DRAFT:
        raise Http404
    return version


def document_of(version: PolicyVersion) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(version.document)
    return document


def whole(text: str | None, default: int = 0) -> int:
    """Return a number that a form carries; what is none counts as the default."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def page_frame(request: HttpRequest, version: PolicyVersion | None = None, **context: Any) -> dict[str, Any]:
    """Return the context of templates/admin/policy/base.html."""
    return frame(request, version=version, editable=version is not None and version.state == State.DRAFT, **context)
