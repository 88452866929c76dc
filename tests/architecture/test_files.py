"""What every file keeps to: one idea a file, nothing inline that the browser is told to refuse, no leftovers."""

import re

from .source_files import ROOT, files

MOST_LINES = 400
INLINE = re.compile(
    r"""<style\b|<script(?![^>]*\b(?:src=|type="application/json"))[^>]*>"""
    r"""|\sstyle\s*=\s*["']|\son[a-z]+\s*=\s*["']|javascript:""",
    re.I,
)
REMOTE = re.compile(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", re.I)
# Mail programs know no style sheets; the API's page comes from a package.
MAY_BE_INLINE = ("templates/email/",)
LEFTOVERS = re.compile(r"#\s*(?:TODO|FIXME|XXX|HACK)\b|\bbreakpoint\(\)|console\.log\(|\bdebugger;")


def test_no_file_is_longer_than_a_person_can_hold_in_mind():
    long = {
        str(path): lines
        for path in files(".py", ".html", ".js", ".css")
        if (lines := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }

    assert long == {}


def test_templates_have_no_inline_style_script_or_handler():
    wrong = [
        f"{path}:{number} {line.strip()[:80]}"
        for path in files(".html", under="templates")
        if not str(path).startswith(MAY_BE_INLINE)
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), start=1)
        if INLINE.search(line)
    ]

    assert wrong == []


def test_no_page_asks_another_machine():
    wrong = [
        f"{path}:{number} {line.strip()[:80]}"
        for path in [*files(".html", under="templates"), *files(".css", ".js", under="static")]
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), start=1)
        if REMOTE.search(line) and "<a " not in line and "http://www.w3.org/" not in line
    ]

    assert wrong == []


def test_nothing_unfinished_is_left_in_the_source():
    wrong = [
        f"{path}:{number} {line.strip()[:80]}"
        for path in files(".py", ".js")
        if path.name != "test_files.py"
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), start=1)
        if LEFTOVERS.search(line)
    ]

    assert wrong == []


def test_colours_stand_in_one_file_only():
    colour = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(", re.I)
    wrong = [
        f"{path}:{number} {line.strip()[:80]}"
        for path in files(".css", under="static/css")
        if path.name not in {"tokens.css", "print.css"}
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), start=1)
        if colour.search(line)
    ]

    assert wrong == []
