"""The README shows the pictures that `make screenshots` writes, and they stay small."""

import re
from pathlib import Path

from django.conf import settings

from tests.screenshots import README, SHOWN

MOST_BYTES = 200 * 1024


def test_the_readme_shows_the_pictures_that_the_demonstration_gives():
    text = (Path(settings.BASE_DIR) / "README.md").read_text()

    shown = re.findall(r"!\[[^\]]+\]\(tests/pictures/([\w.-]+)\)", text)

    assert sorted(shown) == sorted(SHOWN.values()) == sorted(path.name for path in README.iterdir())
    assert [path.name for path in README.iterdir() if path.stat().st_size > MOST_BYTES] == []
