"""The desk's forms of an incident: the same text in five languages, English always."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from packages.models import Topic
from packages.policy.wording import Text, wording
from packages.queries.policies import in_force
from tickets.actions.conversation import MOST
from tickets.actions.incidents import Declared
from tickets.models import Incident

THEN = (("", "support goes on"), ("waiting_partner", "they wait for the partner"), ("resolved", "they are resolved"))


class InLanguages(forms.Form):
    """Adds one field a language for each of `said`: name, label, whether it is a title."""

    said: tuple[tuple[str, str, bool], ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, language in settings.LANGUAGES:
            for name, label, is_title in self.said:
                widget: Any = forms.TextInput() if is_title else forms.Textarea(attrs={"rows": 4})
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=f"{label}, {language}", required=code == "en", widget=widget,
                    max_length=120 if is_title else MOST,
                )  # fmt: skip

    def spoken(self, name: str) -> Text:
        """Return what was entered by language, without those left empty."""
        texts = {code: self.cleaned_data[f"{name}_{code}"].replace("\r\n", "\n") for code, _ in settings.LANGUAGES}
        return {code: text for code, text in texts.items() if text}

    @property
    def english(self) -> list[Any]:
        return [self[name] for name in self.fields if name.endswith("_en")]

    @property
    def others(self) -> list[list[Any]]:
        """The other languages' fields, a list a language."""
        return [
            [self[f"{name}_{code}"] for name, _label, _is_title in self.said]
            for code, _ in settings.LANGUAGES
            if code != "en"
        ]

    @property
    def opens_others(self) -> bool:
        return any(one.errors or one.value() for language in self.others for one in language)


class IncidentForm(InLanguages):
    said = (("title", "Title", True), ("text", "What is known, and what to do meanwhile", False))
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.order_by("pk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="It is shown above tickets of these. None: above all tickets.",
    )

    def __init__(self, *args: Any, incident: Incident | None = None, **kwargs: Any) -> None:
        if incident is not None:
            said = {"title": incident.titles, "text": incident.texts}
            initial = {f"{name}_{code}": text for name, texts in said.items() for code, text in texts.items()}
            kwargs["initial"] = {**initial, "topics": list(incident.topics.all())}
        super().__init__(*args, **kwargs)
        named = in_force(timezone.now()).policy.topics
        topics: Any = self.fields["topics"]
        topics.label_from_instance = lambda one: wording(named[one.code].name, "en") if one.code in named else one.code

    @property
    def declared(self) -> Declared:
        return Declared(self.spoken("title"), self.spoken("text"), list(self.cleaned_data["topics"]))


class OutcomeForm(InLanguages):
    said = (("outcome", "What it was", False),)


class AnswerForm(InLanguages):
    said = (("answer", "Answer", False),)
    not_answer = forms.BooleanField(
        label="Not an answer yet", required=False, help_text="The clocks run on; without this tick it is the first "
        "response of those that have none.",
    )  # fmt: skip
    then = forms.ChoiceField(label="And then", choices=THEN, required=False)
