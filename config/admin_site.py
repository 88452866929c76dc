"""The admin's site: Django's own, with support's desk as views of it.

Its front page is support's dashboard; the stock index is for administrators. Signing in is the portal's, so that the
second factor holds here too.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models.base import ModelBase
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import URLPattern, path
from django_htmx.http import HttpResponseClientRedirect

from accounts.policy.roles import May

View = Callable[..., Any]
OURS = frozenset({"accounts", "packages", "tickets"})


class PortalAdminSite(AdminSite):
    site_header = "Partner Support"
    site_title = "Partner Support"
    index_title = "Administration"
    site_url = None

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register models of ours only: what packages bring (sessions, second factors, groups) is nobody's to edit."""
        models: Any = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        ours = [model for model in models if model._meta.app_label in OURS]
        super().register(ours, admin_class, **options)

    def get_urls(self) -> list[Any]:
        from tickets.admin.desk_urls import urlpatterns  # the site is made before the apps are loaded

        desk = [self._guarded(pattern) for pattern in urlpatterns]
        administration = path("administration/", self.admin_view(self.administration), name="administration")
        return [*desk, administration, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show support's dashboard."""
        from tickets.admin.dashboard import dashboard

        return dashboard(request)

    def administration(self, request: HttpRequest) -> Any:
        """Show what the admin's stock front page shows, to administrators."""
        if not request.actor.may(May.ADMINISTER):  # type: ignore[attr-defined]
            raise PermissionDenied
        return super().index(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next") or resolve_url("admin:index"))

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Let support in. A visitor signs in first; for anybody else there is no admin (404)."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _sign_in_first(request)
            if not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return guarded

    def desk_view(self, view: View) -> View:
        """Let in who may triage, for a view of the desk."""

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.actor.may(May.TRIAGE):  # type: ignore[attr-defined]
                raise Http404
            return view(request, *args, **kwargs)

        return self.admin_view(guarded)

    def _guarded(self, pattern: URLPattern) -> URLPattern:
        """Guard a route of the desk here, so that none can be forgotten."""
        return URLPattern(pattern.pattern, self.desk_view(pattern.callback), pattern.default_args, pattern.name)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    htmx = getattr(request, "htmx", None)
    if htmx:
        # A fragment can't hold the sign-in page: the whole page goes there, and comes back to itself.
        return HttpResponseClientRedirect(redirect_to_login(htmx.current_url_abs_path or "/admin/").url)
    return redirect_to_login(request.get_full_path())
