from typing import Any

from django.contrib.auth.backends import ModelBackend


class StaffBackend(ModelBackend):
    """Password sign-in to console and admin. People who are not staff get the same answer as a wrong password."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.is_staff) and super().user_can_authenticate(user)
