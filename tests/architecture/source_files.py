"""The files of the product, for the tests that read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "packages", "tickets")
NOT_OURS = {".venv", ".git", "var", "staticfiles", "vendor", "node_modules", "migrations", "locale", "__pycache__"}


def files(*suffixes: str, under: str = ".") -> Iterator[Path]:
    """Yield our own files with these suffixes, relative to the root, in order."""
    for path in sorted((ROOT / under).rglob("*")):
        relative = path.relative_to(ROOT)
        if path.suffix in suffixes and not NOT_OURS.intersection(relative.parts):
            yield relative


def imported_modules(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything that a Python file imports, inside functions too."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.lineno, node.module
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
