"""A fragment that a page asks for while a person types: it must never take the page away from under them."""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policy.roles import May
from accounts.web.guards import View, requires


def while_typing(view: View) -> View:
    """Let in who may file. When the session ended it is 401: a way to the sign-in would lose what was just typed."""
    guarded = requires(May.FILE)(view)

    @require_POST
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponse(_("You are signed out."), status=401, content_type="text/plain; charset=utf-8")
        return guarded(request, *args, **kwargs)

    return answered
