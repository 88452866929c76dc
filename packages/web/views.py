"""The public page that says when support is open, what it promises and how to file; and the same for programs."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from packages.policy.severity import Severity
from packages.policy.wording import wording
from packages.queries.policies import in_force
from packages.queries.support_hours import support_hours as hours_for_programs
from packages.web.filing_guide import common_fields, filing_guide
from packages.web.hours import package_view


@require_safe
def support_hours(request: HttpRequest) -> HttpResponse:
    """Show every package and how to file, to anybody."""
    now, language = timezone.now(), get_language() or "en"
    policy = in_force(now).policy
    zone = ZoneInfo(timezone.get_current_timezone_name())
    packages = [
        package_view(policy, package, now=now, zone=zone, language=language) for package in policy.packages.values()
    ]
    context = {
        "packages": packages,
        "severities": [
            {"code": code, "name": wording(facts.name, language), "definition": wording(facts.definition, language)}
            for code, facts in ((severity.value, policy.severities[severity]) for severity in Severity)
        ],
        "common_fields": common_fields(policy, language),
        "topics": filing_guide(policy, language),
    }
    return render(request, "packages/support_hours.html", context)


@require_safe
def support_hours_json(request: HttpRequest) -> HttpResponse:
    """Give every package to programs, in the language of `Accept-Language`; fresh for a minute."""
    now = timezone.now()
    response = JsonResponse(hours_for_programs(in_force(now), at=now, language=get_language() or "en"))
    response["Cache-Control"] = "public, max-age=60"
    response["Vary"] = "Accept-Language, Cookie"
    return response
