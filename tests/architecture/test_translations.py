"""Every message of the portal says the same in all five languages."""

import re
import shutil
import subprocess
import sys

import polib
import pytest
from django.conf import settings
from django.utils.translation import to_locale

from .source_files import ROOT

LOCALES = [to_locale(code) for code, _ in settings.LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}|%[sd]")


def catalogue(locale: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "config" / "locale" / locale / "LC_MESSAGES" / "django.po"), encoding="utf-8")


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Everything that the source marks for translation, as context and text, collected anew from a copy."""
    if shutil.which("xgettext") is None:
        pytest.skip("gettext is not installed, so new messages can't be found: apt-get install gettext")
    copy = tmp_path_factory.mktemp("source")
    for name in ("accounts", "packages", "tickets", "config", "templates", "manage.py"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "*.po"))
        else:
            shutil.copy(source, copy / name)
    (copy / "static").mkdir()
    (copy / "config" / "locale").mkdir(exist_ok=True)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "de", "--no-location", "--verbosity", "0"],
        cwd=copy,
        check=True,
        capture_output=True,
        env={"DEBUG": "1", "PATH": "/usr/bin:/bin"},
    )
    found = polib.pofile(str(copy / "config/locale/de/LC_MESSAGES/django.po"), encoding="utf-8")
    return {(entry.msgctxt or "", entry.msgid) for entry in found if not entry.obsolete}


@pytest.mark.slow
@pytest.mark.parametrize("locale", LOCALES)
def test_every_message_is_translated(locale: str, messages: set[tuple[str, str]]):
    translated = {
        (entry.msgctxt or "", entry.msgid)
        for entry in catalogue(locale)
        if entry.translated() and not entry.obsolete and "fuzzy" not in entry.flags
    }

    assert sorted(messages - translated) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_keeps_the_placeholders_of_its_message(locale: str):
    wrong = []
    for entry in catalogue(locale):
        if entry.obsolete or not entry.translated():
            continue
        expected = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            found = set(PLACEHOLDER.findall(text))
            # A plural form may leave its number out ("one ticket"), but never name another one.
            if not found <= expected or (not entry.msgid_plural and found != expected):
                wrong.append(f"{entry.msgid!r}: {text!r}")

    assert wrong == []
