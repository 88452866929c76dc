"""The tables of people and organisations, imported here for Django."""

from accounts.models.audit import AuditEntry
from accounts.models.idempotency import IdempotencyKey
from accounts.models.membership import Membership
from accounts.models.organisation import Organisation, Tier
from accounts.models.token import ApiToken
from accounts.models.user import User

__all__ = ["ApiToken", "AuditEntry", "IdempotencyKey", "Membership", "Organisation", "Tier", "User"]
