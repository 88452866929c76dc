"""Every component in every state on one page, mounted only in the demonstration. Its texts are samples."""

from typing import Any

from crispy_forms.bootstrap import FormActions
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row, Submit
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.web.choices import Noted
from tickets.markdown import render_markdown

IMPACTS = [
    ("halted", Noted("Halted", "Messages can't be sent or received")),
    ("reduced", Noted("Severely reduced", "It works, with high impact on much of the business")),
    ("limited", Noted("Limited or none", "Everything else")),
]
YES_NO = [("yes", "Yes"), ("no", "No")]


class SampleForm(forms.Form):
    """One of every kind of field."""

    impact = forms.ChoiceField(label="Impact on your production", choices=IMPACTS, widget=forms.RadioSelect)
    workaround = forms.ChoiceField(label="Is there a workaround?", choices=YES_NO, widget=forms.RadioSelect)
    subject = forms.CharField(label="Subject")
    phone = forms.RegexField(
        r"^\+\d+$",
        label="Phone number",
        error_messages={"invalid": "Use the international form, such as +49 30 23125014"},
    )
    waba = forms.CharField(label="WABA ID", help_text="Mostly 15 to 17 digits, in the hub under Settings")
    since = forms.SplitDateTimeField(
        label="Delayed since",
        help_text="Your time zone: São Paulo",
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": "Date"}, time_attrs={"type": "time", "aria-label": "Time"}
        ),
    )
    delay = forms.IntegerField(label="Typical delay, minutes", help_text="Your best estimate", required=False)
    country = forms.ChoiceField(
        label="Country", choices=[("", "Choose a country"), ("BR", "Brazil"), ("DE", "Germany")]
    )
    provider = forms.CharField(
        label="Telekommunikationsdienstleistungsunternehmen, das die Rufnummer bisher bereitstellt",
        help_text="Wie der Name im Handelsregister steht",
    )
    text = forms.CharField(label="What happens, and what you tried", widget=forms.Textarea(attrs={"rows": 4}))
    kinds = forms.MultipleChoiceField(
        label="What is reduced",
        choices=[("media", "Media"), ("webhooks", "Webhooks"), ("interactive", Noted("Interactive", "Buttons, lists"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    consent = forms.BooleanField(label="The client has agreed in writing", help_text="Get it before you file")
    screenshot = forms.FileField(label="Screenshot", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["waba"].ask = "Only nine digits: is this the WABA ID?"  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_error_title = "Some things are missing"
        self.helper.layout = Layout(
            Fieldset("How bad is it", "impact", "workaround"),
            Fieldset(
                "What support needs to start",
                "subject",
                Row("phone", "waba"),
                Row("since", "delay"),
                Row("country", "provider"),
                *("text", "kinds", "consent", "screenshot"),
            ),
            FormActions(Submit("file", "File ticket", css_class="large")),
        )


def _row(severity: str, subject: str, note: tuple[str, str, str], tag: tuple[str, str], **state: Any) -> dict[str, Any]:
    reference, client, topic = note
    return {
        "severity": severity,
        "subject": subject,
        "reference": reference,
        "client": client,
        "topic": topic,
        "tag": tag[0],
        "tone": tag[1],
        "state": state,
    }


YOUR_TURN = ("Your turn", "turn")
ROWS = [
    _row(
        "critical",
        "Inbound messages stop after 40 s on the EU cluster",
        ("TK-7F3K9Q", "Café Nordlicht", "Messaging delays"),
        YOUR_TURN,
        state="kept",
        headline="Answered in 18 min",
        detail="of 30 min",
        percent=60,
    ),
    _row(
        "critical",
        "API not reachable from São Paulo",
        ("TK-2M8XWA", "Loja Azul", "API not reachable"),
        ("In progress", ""),
        state="late",
        headline="Late by 12 min",
        detail="was due 14:56",
        percent=100,
        escalated=True,
    ),
    _row(
        "critical",
        "Nach dem Neustart werden keine Nachrichten mehr versendet",
        ("TK-9QK2HD", "Nordkante GmbH", "Messaging stopped"),
        ("New", ""),
        state="close",
        headline="9 min left",
        detail="due 15:17",
        percent=70,
        due={"left_seconds": 540, "running": True},
    ),
    _row(
        "urgent",
        "Перенос номера остановился на третьем шаге, код не приходит",
        ("TK-4WZ6TB", "Кофе Пульс", "Number porting"),
        ("In progress", ""),
        state="running",
        headline="1 h 40 min left",
        detail="due 16:48",
        percent=17,
    ),
    _row(
        "standard",
        "Utility template rejected without a reason since Friday",
        ("TK-M3RD8C", "Loja Azul", "Templates"),
        YOUR_TURN,
        state="not_running",
        headline="Clock not running",
        detail="3 fields missing",
        percent=0,
    ),
    _row(
        "standard",
        "Geschäftsverifizierungsunterlagen seit zwölf Werktagen unbeantwortet",
        ("TK-X5LV2N", "Donaudampfschifffahrtsgesellschaft", "Business verification"),
        ("Resolved", ""),
        state="missed",
        headline="Answered in 25 h 10 min",
        detail="of 24 h",
        percent=100,
    ),
]

MESSAGES = [
    {
        "anchor": "m1",
        "author": "Ana Prado",
        "organisation": "Meridian Messaging",
        "at": "14:08",
        "body_html": render_markdown(
            "The old provider switched off two-step verification at noon. Step 3 asks for the code, "
            "and none arrives by SMS or by call, on four tries.\n\n```\nPOST /106540318827745/register\n"
            '{"error":{"code":133016,"message":"Account register deregister rate limit exceeded"}}\n```'
        ),
        "files": [{"name": "delivery-times.png", "size": "184 kB", "url": "#"}],
    },
    {
        "anchor": "m2",
        "author": "Lena Fischer",
        "at": "14:40",
        "is_note": True,
        "body_html": render_markdown("Same limit as last week. Asked the platform, case 88 214 006."),
    },
    {
        "anchor": "m3",
        "author": "Lena Fischer",
        "at": "14:54",
        "tag": "First response, in 46 min",
        "tag_tone": "kept",
        "body_html": render_markdown(
            "Hi Ana, I can see the four attempts: they count against a limit of the platform that resets "
            "after 72 hours. It opens again by itself.\n\nPlease don't try again until I write, each attempt starts "
            "the 72 hours anew."
        ),
    },
]

STEPS = [
    {"text": "You asked Marta Klein, your growth manager", "state": "done", "note": "15:02"},
    {"text": "Marta decides", "state": "now", "note": "by 16:02, reminder at 15:47"},
    {"text": "A support lead acknowledges", "state": "next"},
    {"text": "Concluded", "state": "next"},
]

AHEAD = [
    {"kind": "open", "width_percent": 29.0},
    {"kind": "closed", "width_percent": 50.0, "title": "Closed from 22:00 to 02:00"},
    {"kind": "open", "width_percent": 21.0},
]
UNDER_WAY = [
    {"kind": "open", "width_percent": 30.0, "used_percent": 100},
    {"kind": "closed", "width_percent": 45.0},
    {"kind": "open", "width_percent": 25.0, "used_percent": 40, "is_now": True},
]


def _week() -> list[dict[str, Any]]:
    weekday = {"windows": [{"start_percent": 8.33, "width_percent": 83.33}], "text": "02:00 to 22:00"}
    days: list[dict[str, Any]] = [
        {"name": name, **weekday} for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    ]
    days[1] |= {"is_today": True, "now_percent": 61.5}
    days[2] |= {"windows": [], "text": "closed, holiday"}
    weekend = {"windows": [{"start_percent": 37.5, "width_percent": 33.33}], "text": "09:00 to 17:00"}
    return [*days, {"name": "Saturday", **weekend}, {"name": "Sunday", "windows": [], "text": "closed"}]


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component; `?theme=dark` and `?form=empty` show it otherwise."""
    filled = {
        "impact": "halted",
        "subject": "Outbound messages take 14 minutes",
        "phone": "030 23125 014",
        "waba": "104996122",
    }
    form = SampleForm() if request.GET.get("form") == "empty" else SampleForm(filled)
    context = {
        "form": form,
        "rows": ROWS,
        "conversation": MESSAGES,
        "steps": STEPS,
        "ahead": AHEAD,
        "under_way": UNDER_WAY,
        "kept": [{"kind": "open", "width_percent": 100.0, "used_percent": 38}],
        "late": [{"kind": "open", "width_percent": 100.0, "used_percent": 100}],
        "days": _week(),
        "due": {"left_seconds": 4320, "close_seconds": 1440, "running": True},
        "tones": ["", "turn", "kept", "close", "late", "outline"],
        "severities": ["critical", "urgent", "standard"],
        "theme": request.GET.get("theme", "auto"),
    }
    return render(request, "components/gallery.html", context)
