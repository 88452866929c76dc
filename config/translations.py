"""Compiles the catalogue, so that no machine needs gettext's own tools to run the portal."""

from pathlib import Path

import polib

LOCALES = Path(__file__).resolve().parent / "locale"


def compile_catalogues(root: Path = LOCALES) -> list[Path]:
    """Write each `django.mo` that is missing or older than its `django.po`; return those that were written."""
    return [_compile(source) for source in sorted(root.glob("*/LC_MESSAGES/*.po")) if _is_stale(source)]


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path) -> Path:
    # Through a second name: a process that starts meanwhile reads the old file or the new one, never half of it.
    unfinished = source.with_suffix(".mo.new")
    polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(unfinished))
    return unfinished.replace(source.with_suffix(".mo"))
