"""What administrators may do, by role: one table for the console and for the data browser."""

from enum import StrEnum

from idp.users.models import StaffRole


class Permission(StrEnum):
    PEOPLE = "people"  # look at people, what happened, and what became of messages
    READ = "read"  # look at settings, applications and connectors, never at secrets
    SUPPORT = "support"  # help people in: suspend, end sessions, reset factors, sign-in links
    MANAGE = "manage"  # change settings, applications, connectors and people; see secrets
    OWN = "own"  # administrators and signing keys


GRANTED: dict[str, frozenset[Permission]] = {
    StaffRole.OWNER: frozenset(Permission),
    StaffRole.ADMIN: frozenset(Permission) - {Permission.OWN},
    StaffRole.AUDITOR: frozenset({Permission.PEOPLE, Permission.READ}),
    StaffRole.SUPPORT: frozenset({Permission.PEOPLE, Permission.SUPPORT}),
}
