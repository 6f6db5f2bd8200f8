from typing import Any

from django.contrib.auth.backends import ModelBackend

from idp.users.roles import GRANTED, Permission

# What one looks at to help somebody, as in the console; every other model belongs to the settings.
ABOUT_PEOPLE = frozenset({
    "audit.event", "messaging.pendingmessage", "messaging.sentmessage", "mfa.backupcode", "mfa.habit", "mfa.knownbrowser", "mfa.passkey",
    "mfa.totpdevice", "mfa.trusteddevice", "organizations.membership", "organizations.organization", "signin.session", "tokens.consent",
    "tokens.grant", "users.user", "verification.lockout", "verification.onetimetoken", "verification.verificationcode",
})  # fmt: skip
_APPS_ABOUT_PEOPLE = frozenset(label.partition(".")[0] for label in ABOUT_PEOPLE)


class StaffBackend(ModelBackend):
    """Password sign-in to console and admin. People who are not staff get the same answer as a wrong password.

    In the data browser everybody looks at what their role may look at in the console, and nobody changes a row by hand; what
    its actions do asks for `staff.support` and the like, a permission of the console. Owners, Django's superusers, are asked
    nothing: for them too the pages allow no more.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.is_staff) and super().user_can_authenticate(user)

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        granted = _granted(user_obj)
        app, _, what = perm.partition(".")
        if app == "staff":
            return what in granted
        if not what.startswith("view_"):
            return False
        about_people = f"{app}.{what.removeprefix('view_')}" in ABOUT_PEOPLE
        return (Permission.PEOPLE if about_people else Permission.READ) in granted

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        granted = _granted(user_obj)
        return Permission.READ in granted or (Permission.PEOPLE in granted and app_label in _APPS_ABOUT_PEOPLE)


def _granted(user: Any) -> frozenset[Permission]:
    return GRANTED.get(user.staff_role, frozenset()) if user.is_active else frozenset()
