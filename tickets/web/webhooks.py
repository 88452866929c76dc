"""An organisation's webhooks, for its admins: add an address, see what was sent and how it went, send it again."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.policy.roles import May
from accounts.web.choices import Noted
from accounts.web.forms import PortalForm
from accounts.web.guards import actor_of, members, requires
from tickets.actions import webhooks as actions
from tickets.models import WebhookEndpoint
from tickets.policy.webhook_addresses import LONGEST, BadAddress, read_address
from tickets.policy.webhook_kinds import Group
from tickets.queries.webhooks import delivery_or_404, endpoint_or_404, log_of
from tickets.webhook_words import GROUPS, address_problem

ROWS = 25  # of a page of the log


class EndpointForm(PortalForm):
    """Where to, and which events."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST,
        help_text=gettext_lazy("Begins with https:// and can be reached from the internet"),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=[(group.value, Noted(name, note)) for group, (name, note) in GROUPS.items()],
        initial=[group.value for group in Group],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )

    layout = ("url", "groups")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            # The shape alone: what it leads to is looked up when everything else is right.
            read_address(url, local=settings.WEBHOOKS_TO_LOCAL)
        except BadAddress as error:
            raise forms.ValidationError(address_problem(error.code)) from error
        return url


@members
@requires(May.MANAGE_ORGANISATION)
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Add an endpoint. The answer to the POST itself shows the secret: it is kept sealed, and shown this once."""
    form = EndpointForm(request.POST or None)
    if form.is_valid():
        organisation = actor_of(request).organisation
        assert organisation is not None  # the guard says so
        by, now = _admin(request), timezone.now()
        try:
            made, text = actions.add_endpoint(organisation, **form.cleaned_data, by=by, now=now)
        except BadAddress as error:
            form.add_error("url", address_problem(error.code))
        else:
            return render(request, "tickets/webhook_secret_shown.html", {"endpoint": made, "secret": text})
    return render(request, "tickets/webhook_form.html", {"form": form})


@members
@requires(May.MANAGE_ORGANISATION)
def endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an endpoint with its log; a POST names what to do as `do`."""
    actor, now = actor_of(request), timezone.now()
    found = endpoint_or_404(actor, pk)
    if request.method == "POST":
        _do(request, found, request.POST.get("do", ""))
        return redirect("webhook", pk=found.pk)
    place = request.GET.get("page", "")
    page = int(place) if place.isascii() and place.isdigit() and 0 < len(place) < 5 else 1
    page = max(page, 1)
    rows = list(log_of(found, actor)[(page - 1) * ROWS : page * ROWS + 1])
    context = {
        "endpoint": found,
        "rows": rows[:ROWS],
        "both_sign": found.old_secret_until is not None and now < found.old_secret_until,
        "now": now,
        "previous_url": f"?page={page - 1}" if page > 1 else "",
        "next_url": f"?page={page + 1}" if len(rows) > ROWS else "",
    }
    return render(request, "tickets/webhook.html", context)


def _do(request: HttpRequest, found: WebhookEndpoint, do: str) -> None:
    by, now = _admin(request), timezone.now()
    if do == "test":
        if actions.send_test(found, now=now):
            messages.success(request, _("A test is on its way. Reload the page to see how it went."))
        else:
            messages.info(request, _("A test is on its way already, or the endpoint is switched off."))
    elif do == "switch_off":
        actions.switch_off(found, by=by, now=now)
        messages.success(request, _("The endpoint is switched off: nothing is sent to it."))
    elif do == "switch_on":
        actions.switch_on(found, by=by, now=now)
        messages.success(request, _("The endpoint is on again. Send a test to see whether it answers."))
    elif do == "end_old_secret":
        actions.end_old_secret(found, by=by, now=now)
        messages.success(request, _("The new secret alone signs from now on."))


@members
@requires(May.MANAGE_ORGANISATION)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the address or the events."""
    found = endpoint_or_404(actor_of(request), pk)
    form = EndpointForm(request.POST or None, initial={"url": found.url, "groups": found.groups})
    if form.is_valid():
        try:
            actions.change_endpoint(found, **form.cleaned_data, by=_admin(request), now=timezone.now())
        except BadAddress as error:
            form.add_error("url", address_problem(error.code))
        else:
            messages.success(request, _("Saved."))
            return redirect("webhook", pk=found.pk)
    return render(request, "tickets/webhook_form.html", {"form": form, "endpoint": found})


@members
@requires(May.MANAGE_ORGANISATION)
@never_cache
def secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to replace the secret; the answer to the POST shows the new one, once."""
    found = endpoint_or_404(actor_of(request), pk)
    if request.method != "POST":
        return render(request, "tickets/webhook_secret.html", {"endpoint": found})
    try:
        found, text = actions.replace_secret(found, by=_admin(request), now=timezone.now())
    except actions.BothSign:
        messages.error(
            request, _("The secret was replaced lately, and the old one still signs. End the old one first.")
        )
        return redirect("webhook", pk=found.pk)
    return render(request, "tickets/webhook_secret_shown.html", {"endpoint": found, "secret": text})


@members
@requires(May.MANAGE_ORGANISATION)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to remove an endpoint, and remove it."""
    found = endpoint_or_404(actor_of(request), pk)
    if request.method != "POST":
        return render(request, "tickets/webhook_remove.html", {"endpoint": found})
    actions.remove_endpoint(found, by=_admin(request), now=timezone.now())
    messages.success(request, _("The endpoint is removed."))
    return redirect("organisation")


@require_POST
@members
@requires(May.MANAGE_ORGANISATION)
def again(request: HttpRequest, pk: int, delivery: UUID) -> HttpResponse:
    """Send a delivery once more, under its id."""
    actor = actor_of(request)
    found = endpoint_or_404(actor, pk)
    if actions.send_again(delivery_or_404(actor, found, delivery), now=timezone.now()):
        messages.success(request, _("It is sent again, under the same webhook-id."))
    else:
        messages.info(request, _("It waits to be sent already, or the endpoint is switched off."))
    return redirect("webhook", pk=found.pk)


def _admin(request: HttpRequest) -> User:
    user = actor_of(request).user
    assert user is not None  # a person is signed in
    return user
