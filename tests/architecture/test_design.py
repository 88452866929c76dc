"""What no eye should have to check: contrast, stray colours, inline styles, missing icons."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()
PAIRS = {
    name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS)
}
TEXT_ON = {
    "text": ["page", "surface", "raised", "hover", "line-soft", "link-soft", "close-soft"],
    "text-2": ["page", "surface", "raised", "hover", "line-soft", "link-soft", "close-soft"],
    "text-3": ["page", "surface", "raised", "hover", "line-soft", "link-soft", "close-soft"],
    "link": ["page", "surface", "raised", "link-soft", "close-soft"],
    "late": ["page", "surface", "raised", "hover", "late-soft", "link-soft"],
    "close": ["page", "surface", "hover", "close-soft", "link-soft"],
    "kept": ["page", "surface", "hover", "kept-soft", "link-soft"],
    "slate": ["surface", "slate-soft"],
    "on-action": ["action", "action-hover"],
}
SHAPE_ON = {"line-field": ["page", "surface"], "time-open": ["surface"], "time-gone": ["surface"], "meter": ["surface"]}


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`. Source: WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("on", "least"), [(TEXT_ON, 4.5), (SHAPE_ON, 3.0)], ids=["text", "shapes"])
def test_tokens_contrast_with_the_grounds_they_stand_on(on, least, theme):
    pairs = [(front, ground) for front, grounds in on.items() for ground in grounds]

    low = {pair: round(contrast(*(PAIRS[name][theme] for name in pair)), 2) for pair in pairs}

    assert {pair: ratio for pair, ratio in low.items() if ratio < least} == {}


def test_htmx_is_told_by_data_attributes_which_are_valid_html():
    plain = [path.name for path in TEMPLATES if re.search(r"""[\s"']hx-[a-z-]+=""", path.read_text())]

    assert plain == []


def test_styles_use_only_tokens_that_exist():
    defined = {name for style in STYLES for name in re.findall(r"(--[\w-]+):", style.read_text())}

    used = {name for style in STYLES for name in re.findall(r"var\((--[\w-]+)", style.read_text())}

    assert used - defined == set()


def test_colours_stand_only_in_the_tokens():
    stray = [
        (style.name, line.strip())
        for style in STYLES
        if style.name != "tokens.css"
        for line in style.read_text().splitlines()
        if re.search(r":[^;{]*(#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\()", line)
    ]

    assert stray == []


def test_templates_carry_no_inline_style_script_or_handler():
    # E-mail has no style sheets: its readers strip them, so its styles stand on the elements.
    pages = [page for page in TEMPLATES if "email" not in page.parts]
    inline = [
        (str(page.relative_to(ROOT)), match)
        for page in pages
        for match in re.findall(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\bsrc=)[^>]*>", page.read_text())
        if "application/json" not in match
    ]

    assert inline == []


def test_every_icon_that_a_template_names_is_in_the_sprite():
    sprite = (ROOT / "static" / "vendor" / "icons.svg").read_text()
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))

    named = {
        name
        for page in TEMPLATES
        for name in re.findall(r'(?:_icon\.html" with name=|icon=|icon\|default:)"([\w-]+)"', page.read_text())
    }

    assert named - known == set()


def test_files_of_style_and_behaviour_stay_small():
    scripts = sorted((ROOT / "static" / "js").glob("*.js"))

    long = {path.name for path in [*STYLES, *scripts] if len(path.read_text().splitlines()) > 400}

    assert long == set()
