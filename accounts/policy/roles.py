"""What each role may do: the one truth, asked by pages, API, admin and tasks.

Source: product description, "Who uses it".
"""

from enum import StrEnum


class Role(StrEnum):
    """What a person is. An organisation's member is a client or a partner by the kind of their organisation."""

    MEMBER = "member"
    GROWTH_MANAGER = "growth_manager"
    AGENT = "agent"
    LEAD = "lead"
    ADMINISTRATOR = "administrator"


class Kind(StrEnum):
    """What an organisation is."""

    CLIENT = "client"
    PARTNER = "partner"


class May(StrEnum):
    """The rights that a role can have. On which tickets is another question: `visible_to` answers it."""

    FILE = "file"  # file, follow, answer, resolve, reopen
    ASK_ESCALATION = "ask_escalation"
    MANAGE_ORGANISATION = "manage_organisation"  # members, tokens, webhooks
    DECIDE_ESCALATION = "decide_escalation"
    TRIAGE = "triage"
    LEAD = "lead"  # acknowledge and conclude escalations, pass the guards, reassign in bulk, reports
    ADMINISTER = "administer"  # policy, organisations, people, retention


STAFF = frozenset({Role.AGENT, Role.LEAD, Role.ADMINISTRATOR})

_TRIAGE = frozenset({May.TRIAGE})
_LEAD = _TRIAGE | {May.LEAD}
_RIGHTS: dict[Role, frozenset[May]] = {
    Role.MEMBER: frozenset({May.FILE}),
    Role.GROWTH_MANAGER: frozenset({May.DECIDE_ESCALATION}),
    Role.AGENT: _TRIAGE,
    Role.LEAD: _LEAD,
    Role.ADMINISTRATOR: _LEAD | {May.ADMINISTER},
}


def rights(role: Role, *, kind: Kind | None = None, is_admin: bool = False) -> frozenset[May]:
    """Return what a person of this role may do; `kind` and `is_admin` speak of a member's organisation.

    A member without an organisation may do nothing.
    """
    if role is not Role.MEMBER:
        return _RIGHTS[role]
    if kind is None:
        return frozenset()
    granted = set(_RIGHTS[Role.MEMBER])
    if kind is Kind.PARTNER:
        granted.add(May.ASK_ESCALATION)
    if is_admin:
        granted.add(May.MANAGE_ORGANISATION)
    return frozenset(granted)
