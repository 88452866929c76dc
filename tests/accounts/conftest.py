"""Moving the clock."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine


@pytest.fixture
def time_machine_at() -> Callable[..., AbstractContextManager[object]]:
    """Return a way to be so much later than now."""

    def later(**length: float) -> AbstractContextManager[object]:
        return time_machine.travel(datetime.now(UTC) + timedelta(**length), tick=True)

    return later
