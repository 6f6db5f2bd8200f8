from typing import Any

from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from idp.lib.middleware import BrowserAuthentication
from idp.users import staff_sessions


class StaffAuthentication(BrowserAuthentication):
    """`request.user` is the administrator whose session of the console is open; `request.staff_session` is its row."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """A request that nobody made by hand (`unattended`) leaves the session as old as it is."""
        row = getattr(request, "staff_session", None)
        if row is not None and not getattr(request, "unattended", False) and response.status_code < 500:
            staff_sessions.touch(row)
        return response


def _user_of(request: HttpRequest) -> Any:
    user: Any = get_user(request)
    if not user.is_authenticated:
        return user
    row = staff_sessions.find(request.session, user)
    if row is None:  # ended from elsewhere: nothing of it is left in this browser either
        request.session.flush()
        return AnonymousUser()
    request.staff_session = row  # type: ignore[attr-defined]
    return user
