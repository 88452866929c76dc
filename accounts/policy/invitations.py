"""How long an invitation holds."""

from datetime import timedelta

HOLDS_FOR = timedelta(days=14)
