"""Parts of pages: drawn once for what is the same, and never for what only looks so."""

from django.template import engines
from django.utils import translation
from django.utils.safestring import mark_safe


def drawn(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


def test_what_is_safe_is_not_taken_for_what_is_to_be_escaped():
    tag = '{% part "tag" text=text %}'

    assert "<b>x</b>" in drawn(tag, text=mark_safe("<b>x</b>"))
    assert "<b>x</b>" not in drawn(tag, text="<b>x</b>")
    assert "<b>x</b>" in drawn(tag, text=mark_safe("<b>x</b>"))


def test_true_is_not_taken_for_one():
    tag = '{% part "tag" text=text %}'

    assert ">1<" in drawn(tag, text=1)
    assert ">True<" in drawn(tag, text=True)


def test_each_language_has_its_own():
    severity = '{% part "severity" severity="urgent" %}'
    with translation.override("en"):
        assert "Urgent" in drawn(severity)
    with translation.override("de"):
        assert "Dringend" in drawn(severity)


def test_a_part_knows_nothing_of_the_page_around_it():
    assert "is-late" not in drawn('{% part "tag" text="Over" %}', tone="late", icon="clock")


def test_somebody_who_is_renamed_has_new_initials_at_once():
    class Person:
        name = "Ana Prado"

        def __str__(self) -> str:
            return self.name

    person = Person()
    assert ">AP<" in drawn('{% part "avatar" person=person %}', person=person)
    person.name = "Ana Moreno"
    assert ">AM<" in drawn('{% part "avatar" person=person %}', person=person)
