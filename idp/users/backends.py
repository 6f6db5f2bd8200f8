from typing import Any

from django.contrib.auth.backends import ModelBackend

from idp.users.models import StaffRole

_LOOKS = (StaffRole.OWNER, StaffRole.ADMIN, StaffRole.AUDITOR)  # owners are Django's superusers besides


class StaffBackend(ModelBackend):
    """Password sign-in to console and admin. People who are not staff get the same answer as a wrong password."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.is_staff) and super().user_can_authenticate(user)

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """In the data browser owners may what its pages allow, administrators and read-only look, support nothing."""
        if not user_obj.is_active or user_obj.staff_role not in _LOOKS:
            return False
        return perm.partition(".")[2].startswith("view_")

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return bool(user_obj.is_active and user_obj.staff_role in _LOOKS)
