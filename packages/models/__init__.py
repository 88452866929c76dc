"""The tables of the policy, imported here for Django."""

from packages.models.identity import Package, Topic
from packages.models.subscription import Subscription
from packages.models.version import PolicyVersion

__all__ = ["Package", "PolicyVersion", "Subscription", "Topic"]
