"""The catalogue is compiled where it changed, without gettext."""

import gettext
import os

from config.translations import compile_catalogues

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "File ticket"
msgstr "Ticket einreichen"

msgid "%(count)s ticket"
msgid_plural "%(count)s tickets"
msgstr[0] "%(count)s Ticket"
msgstr[1] "%(count)s Tickets"

#, fuzzy
msgid "Close"
msgstr "Schliessen?"
"""


def test_a_catalogue_is_compiled_when_it_is_newer_than_what_was_compiled(tmp_path):
    source = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE, encoding="utf-8")

    assert compile_catalogues(tmp_path) == [source.with_suffix(".mo")]
    assert compile_catalogues(tmp_path) == []

    later = source.stat().st_mtime + 5
    os.utime(source, (later, later))
    assert compile_catalogues(tmp_path) == [source.with_suffix(".mo")]


def test_a_compiled_catalogue_speaks_and_leaves_doubtful_words_out(tmp_path):
    source = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE, encoding="utf-8")
    compile_catalogues(tmp_path)

    words = gettext.translation("django", tmp_path, ["de"])

    assert words.gettext("File ticket") == "Ticket einreichen"
    assert words.ngettext("%(count)s ticket", "%(count)s tickets", 2) == "%(count)s Tickets"
    assert words.gettext("Close") == "Close"
