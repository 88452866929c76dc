import pytest

from accounts.templatetags.people import hue, initials


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ana Prado", "AP"),
        ("Ana Luísa de Prado", "AP"),
        ("meridian", "M"),
        ("Ольга Миронова", "ОМ"),
        ("ana@meridian.example", "AM"),
        ("(former member)", "M"),
        ("", ""),
    ],
)
def test_initials_are_of_the_first_and_the_last_name(name, expected):
    assert initials(name) == expected


def test_hue_is_the_same_for_the_same_name():
    assert {hue("Ana Prado"), hue("Ana Prado")} == {hue("Ana Prado")}
    assert {hue(f"Person {number}") for number in range(50)} == set("abc")
