"""What the admin's own forms change goes to the record: who, what, from, to."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import BaseModelForm, BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.utils import timezone

from accounts.actions import audit
from accounts.models import User


class Audited(admin.ModelAdmin):
    """Records each object that a form adds, changes or deletes, its inlines' too, in the form's own transaction."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        _record(request, obj, form, "changed" if change else "added")

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        audit.record(_verb(obj, "deleted"), obj, by=_by(request), now=timezone.now())
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseModelFormSet, change: bool) -> None:
        now = timezone.now()
        gone = [one.instance for one in formset.deleted_forms if one.instance.pk]
        for obj in gone:
            audit.record(_verb(obj, "deleted"), obj, by=_by(request), now=now)
        super().save_formset(request, form, formset, change)
        for one in formset.forms:
            if one.has_changed() and one.instance.pk and one.instance not in gone:
                is_new = one.instance in formset.new_objects
                _record(request, one.instance, one, "added" if is_new else "changed")


class LabelledInline(admin.TabularInline):
    """A table whose controls have a name for a screen reader too: the column's."""

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and field.widget is not None:
            inner: Any = getattr(field.widget, "widget", field.widget)  # the admin wraps a choice of objects
            inner.attrs.setdefault("aria-label", str(field.label))
        return field


def instant(name: str, words: str) -> Callable[[Any, Any], datetime | None]:
    """Return a method that shows an instant that the database sets: it is empty on what is not saved yet."""

    @admin.display(description=words)
    def value(_: Any, row: Any) -> datetime | None:
        return getattr(row, name) if row.pk else None

    return value


class ReadOnly(admin.ModelAdmin):
    """Shows rows that other parts of the portal write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def _record(request: HttpRequest, obj: models.Model, form: BaseModelForm, what: str) -> None:
    names = [name for name in form.changed_data if name in form.cleaned_data]
    after = {name: _plain(form.cleaned_data[name]) for name in names}
    before = {name: _plain(form.initial.get(name)) for name in names} if what == "changed" else {}
    if names or what == "added":
        audit.record(_verb(obj, what), obj, by=_by(request), now=timezone.now(), before=before, after=after)


def _verb(obj: models.Model, what: str) -> str:
    return f"{obj._meta.model_name}.{what}"


def _by(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin lets nobody else in
    return request.user


def _plain(value: Any) -> Any:
    """Return a form's value as JSON can hold it; an object by its key, several by their names."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, models.QuerySet | list):
        return sorted(str(one) for one in value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
