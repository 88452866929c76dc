"""Prepared answers, for leads and administrators: written in five languages, switched off and never deleted."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.admin.auditing import Audited
from accounts.models import AuditEntry
from packages.policy.wording import wording
from packages.queries.policies import in_force
from tickets.actions.conversation import MOST
from tickets.models import PreparedAnswer
from tickets.policy.placeholders import PLACEHOLDERS, unknown_names

_HELP = "Placeholders: " + "; ".join(f"{{{name}}} {what}" for name, what in PLACEHOLDERS.items()) + "."
HISTORY_SHOWN = 100


class LongText(forms.CharField):
    """Keeps the ends of lines as they are stored, not as browsers send them: else every text would count as changed."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


def _text(label: str, *, required: bool = False, help_text: str = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 8, "cols": 80})
    return LongText(label=label, required=required, max_length=MOST, help_text=help_text, widget=area)


class PreparedAnswerForm(forms.ModelForm):
    """One text area a language instead of the document that is stored."""

    text_en = _text("English", required=True, help_text=_HELP)
    text_pt_br = _text("Português (Brasil)", help_text="Left empty, English is offered instead.")
    text_de = _text("Deutsch")
    text_es = _text("Español")
    text_ru = _text("Русский")

    class Meta:
        model = PreparedAnswer
        fields = ("name", "topics", "is_receipt", "is_active")
        widgets = {"topics": forms.CheckboxSelectMultiple}
        help_texts = {
            "topics": "It is offered first on tickets of these. None: on all tickets.",
            "is_receipt": "It only says that the ticket has arrived: sent with it, a message is no first response, and "
            "the clock runs on.",
            "is_active": "Out of use, it is offered to nobody. Messages that were written with it keep their text.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        answer = kwargs.get("instance")
        if answer is not None:
            texts = {name: answer.texts.get(language, "") for name, language in _LANGUAGES.items()}
            kwargs["initial"] = {**texts, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        named = in_force(timezone.now()).policy.topics
        topics: Any = self.fields["topics"]
        topics.label_from_instance = lambda one: wording(named[one.code].name, "en") if one.code in named else one.code

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        for name in _LANGUAGES:
            if unknown := unknown_names(facts.get(name, "")):
                known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
                wrong = ", ".join(f"{{{one}}}" for one in unknown)
                self.add_error(name, f"There is no placeholder {wrong}. Those that there are: {known}.")
        return facts

    def _post_clean(self) -> None:
        texts = {language: self.cleaned_data.get(name, "").strip() for name, language in _LANGUAGES.items()}
        self.instance.texts = {language: text for language, text in texts.items() if text}
        super()._post_clean()  # type: ignore[misc]


_LANGUAGES = {
    name: name.removeprefix("text_").replace("_", "-")
    for name in PreparedAnswerForm.base_fields
    if name.startswith("text_")
}
_NAMES = {name: str(field.label) for name, field in PreparedAnswerForm.base_fields.items()}


@admin.register(PreparedAnswer)
class PreparedAnswerAdmin(Audited):
    form = PreparedAnswerForm
    list_display = ("name", "for_topics", "languages", "is_receipt", "is_active")
    list_filter = ("is_active", "is_receipt", "topics")
    search_fields = ("name", "texts")
    ordering = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "topics", "is_receipt", "is_active")}),
        ("What it says", {"fields": tuple(_LANGUAGES)}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[PreparedAnswer]:
        return super().get_queryset(request).prefetch_related("topics")

    @admin.display(description="topics")
    def for_topics(self, answer: PreparedAnswer) -> str:
        return ", ".join(one.code for one in answer.topics.all()) or "all"

    @admin.display(description="languages")
    def languages(self, answer: PreparedAnswer) -> str:
        return ", ".join(language for language in _LANGUAGES.values() if answer.texts.get(language))

    def has_delete_permission(self, request: HttpRequest, obj: PreparedAnswer | None = None) -> bool:
        return False  # messages name it; it is switched off instead

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show who changed what, from and to: the audit record, which says more than the admin's own."""
        answer = self.get_object(request, object_id)
        if answer is None:
            raise Http404
        if not self.has_view_or_change_permission(request, answer):
            raise PermissionDenied
        entries = AuditEntry.objects.filter(object_type=answer._meta.label_lower, object_id=str(answer.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of “{answer}”",
            "answer": answer,
            "opts": self.opts,
            "entries": [_entry(one) for one in entries.select_related("actor").order_by("-at", "-pk")[:HISTORY_SHOWN]],
        }
        return render(request, "admin/prepared_history.html", context)


def _entry(entry: AuditEntry) -> dict[str, Any]:
    names = [name for name in ("name", "topics", "is_receipt", "is_active", *_LANGUAGES) if name in entry.after]
    return {
        "at": entry.at,
        "who": str(entry.actor) if entry.actor else "the portal",
        "verb": entry.verb.rpartition(".")[2],
        "changes": [
            {"name": _NAMES[name], "before": _said(entry.before.get(name)), "after": _said(entry.after[name])}
            for name in names
        ],
    }


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "all"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or "–"
