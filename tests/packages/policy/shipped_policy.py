"""The policy as shipped, loaded and parsed once for the tests that look at it."""

from pathlib import Path
from typing import Any

import yaml

import packages
from packages.policy.document import Policy, parse

DOCUMENT: dict[str, Any] = yaml.safe_load(
    Path(packages.__file__).with_name("default_policy.yaml").read_text(encoding="utf-8")
)
POLICY: Policy = parse(DOCUMENT)
