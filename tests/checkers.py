"""The W3C's checker of HTML, where this machine has it: a jar that npm brings, run by Java."""

import os
import shutil
from pathlib import Path

# Where the Makefile lets npm put it.
JAR = Path(__file__).resolve().parents[1] / ".venv/checker/node_modules/vnu-jar/build/dist/vnu.jar"


def html_checker() -> list[str] | None:
    """Return the command that checks HTML, to be followed by options and files; None if it cannot run here."""
    java, jar = shutil.which("java"), Path(os.environ.get("VNU_JAR") or JAR)
    return [java, "-jar", str(jar)] if java and jar.exists() else None
