"""Pages of the demonstration alone: the mails that it sent, and a receiver of webhooks. Their texts are English."""

from pathlib import Path

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from config.demo.sent_mail import SentMail, sent_mail, sent_mails


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """List what was sent, the newest first."""
    return render(request, "demo/outbox.html", {"mails": sent_mails(_folder())})


@require_safe
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """Show one mail as text, with its links."""
    return render(request, "demo/mail.html", {"mail": _mail_or_404(key)})


# Mail programs know no style sheets, so mails carry their styles.
@csp_replace({"style-src": ["'unsafe-inline'"]})  # type: ignore[arg-type]  # it takes views with arguments all the same
@require_safe
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """Show one mail as a mail program would."""
    html = _mail_or_404(key).html
    if not html:
        raise Http404
    return HttpResponse(html)


@csrf_exempt
@require_POST
def hook(request: HttpRequest) -> HttpResponse:
    """Take a webhook, as the program of the demonstration's partner would."""
    return HttpResponse(status=204)


def _mail_or_404(key: str) -> SentMail:
    found = sent_mail(_folder(), key)
    if found is None:
        raise Http404
    return found


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)
